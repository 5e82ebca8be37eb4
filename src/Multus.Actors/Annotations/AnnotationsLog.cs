namespace Multus.Actors.Annotations;

/// <summary>Log events 1500–1599.</summary>
internal static partial class AnnotationsLog
{
    [LoggerMessage(
        EventId = 1500,
        Message = "network-status of pod {Namespace}/{Pod} could not be written, {Failures} times in a row; next "
            + "try in {Seconds} s: {Reason}"
    )]
    public static partial void WillRetry(
        ILogger log,
        LogLevel level,
        string @namespace,
        string pod,
        int failures,
        double seconds,
        string reason,
        Exception? crash
    );

    [LoggerMessage(
        1501,
        LogLevel.Warning,
        "network-status of pod {Namespace}/{Pod} cannot be written and is given up: {Reason}"
    )]
    public static partial void Refused(ILogger log, string @namespace, string pod, string reason);

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

    [LoggerMessage(1506, LogLevel.Information, "{Count} network-statuses are left to be written from before the start")]
    public static partial void Recovered(ILogger log, int count);
}
