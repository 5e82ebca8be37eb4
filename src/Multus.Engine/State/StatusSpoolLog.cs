namespace Multus.Engine.State;

/// <summary>Log events 1502–1505, of those of the statuses.</summary>
internal static partial class StatusSpoolLog
{
    [LoggerMessage(
        1502,
        LogLevel.Warning,
        "network-status of pod {Namespace}/{Pod} could not be kept in {Folder}, a restart of the daemon loses it: "
            + "{Reason}"
    )]
    public static partial void NotKept(ILogger log, string @namespace, string pod, string folder, string reason);

    [LoggerMessage(1503, LogLevel.Warning, "what is left to be written in {Folder} could not be read: {Reason}")]
    public static partial void NotLoaded(ILogger log, string folder, string reason);

    [LoggerMessage(1504, LogLevel.Warning, "{Path} is no network-status that waits to be written; it is removed")]
    public static partial void Damaged(ILogger log, string path);

    [LoggerMessage(1505, LogLevel.Warning, "{Path} could not be removed: {Reason}")]
    public static partial void NotForgotten(ILogger log, string path, string reason);
}
