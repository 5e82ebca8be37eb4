namespace Multus.Engine.Installation;

/// <summary>Log events 2300–2399.</summary>
internal static partial class RuntimeConfigLog
{
    [LoggerMessage(
        2300,
        LogLevel.Information,
        "{Path} is written: the container runtime calls Multus, with cluster network {Network}"
    )]
    public static partial void Written(ILogger log, string path, string network);

    [LoggerMessage(2301, LogLevel.Warning, "{Path} {What} and is put back")]
    public static partial void PutBack(ILogger log, string path, string what);

    [LoggerMessage(
        2302,
        LogLevel.Error,
        "{Path} was put back {Times} times within a minute: somebody insists. {Culprits}"
    )]
    public static partial void GivenUp(ILogger log, string path, int times, string culprits);

    [LoggerMessage(2303, LogLevel.Warning, "The cluster network of new pods was {Before} and is {Now}")]
    public static partial void NetworkChanged(ILogger log, string before, string now);

    [LoggerMessage(2304, LogLevel.Warning, "Passed over as cluster network: {Files}")]
    public static partial void PassedOver(ILogger log, string files);

    [LoggerMessage(2305, LogLevel.Warning, "{Path} had cniVersion {Before} and was given {Version}")]
    public static partial void VersionForced(ILogger log, string path, string before, string version);

    [LoggerMessage(2306, LogLevel.Warning, "Runtime configuration: {Trouble}")]
    public static partial void Trouble(ILogger log, string trouble);

    [LoggerMessage(2307, LogLevel.Information, "Runtime configuration: {Path} is as it has to be again")]
    public static partial void Well(ILogger log, string path);

    [LoggerMessage(2308, LogLevel.Warning, "{Path} is removed: {Marker} says that the node was given back")]
    public static partial void Uninstalled(ILogger log, string path, string marker);

    [LoggerMessage(2309, LogLevel.Information, "{Path} is removed, as removeConfigOnExit says")]
    public static partial void RemovedAtExit(ILogger log, string path);

    [LoggerMessage(2310, LogLevel.Error, "{Path} cannot be kept")]
    public static partial void Crashed(ILogger log, string path, Exception bug);

    [LoggerMessage(2311, LogLevel.Warning, "{Path} is removed: an earlier Multus has generated it")]
    public static partial void RivalRemoved(ILogger log, string path);
}
