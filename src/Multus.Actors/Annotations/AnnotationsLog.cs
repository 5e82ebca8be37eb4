namespace Multus.Actors.Annotations;

/// <summary>Log events 1500–1599, but for those of the spool, 1502–1505.</summary>
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

    [LoggerMessage(1506, LogLevel.Information, "{Count} network-statuses are left to be written from before the start")]
    public static partial void Recovered(ILogger log, int count);
}
