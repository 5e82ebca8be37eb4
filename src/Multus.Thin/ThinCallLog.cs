namespace Multus.Thin;

/// <summary>Log events 2200–2299; 2202–2205 are of stored DELs. What an operation says is the engine's.</summary>
internal static partial class ThinCallLog
{
    [LoggerMessage(2200, LogLevel.Warning, "an event about pod {Namespace}/{Pod} could not be posted: {Reason}")]
    public static partial void EventLost(ILogger log, string @namespace, string pod, string reason);

    [LoggerMessage(
        2201,
        LogLevel.Warning,
        "killed process {Pid} and its group: a plugin that an earlier multus, which was killed, has left running "
            + "({Marker})"
    )]
    public static partial void OrphanKilled(ILogger log, int pid, string marker);

    [LoggerMessage(2206, LogLevel.Warning, "{Signal}: the call is given up")]
    public static partial void ToldToStop(ILogger log, string signal);

    [LoggerMessage(2207, LogLevel.Warning, "{Path} could not be removed: {Reason}")]
    public static partial void MarkLeft(ILogger log, string path, string reason);

    [LoggerMessage(
        2208,
        LogLevel.Information,
        "{Path} is renamed to .old: it is in the runtime's configuration, which no longer follows it"
    )]
    public static partial void NetworkRenamed(ILogger log, string path);

    [LoggerMessage(2209, LogLevel.Warning, "{Path} could not be renamed to {Name}: {Reason}")]
    public static partial void NetworkNotRenamed(ILogger log, string path, string name, string reason);

    [LoggerMessage(2210, LogLevel.Information, "{Path} has its name again: the runtime's configuration is removed")]
    public static partial void NetworkBack(ILogger log, string path);
}
