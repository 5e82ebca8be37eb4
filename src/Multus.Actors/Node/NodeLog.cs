namespace Multus.Actors.Node;

/// <summary>Log events 1000–1099.</summary>
internal static partial class NodeLog
{
    [LoggerMessage(1000, LogLevel.Information, "ready: all parts of the node have started")]
    public static partial void Ready(ILogger log);

    [LoggerMessage(1001, LogLevel.Error, "a part of the node crashed; it is restarted")]
    public static partial void PartCrashed(ILogger log, Exception crash);

    [LoggerMessage(1002, LogLevel.Critical, "the part {Part} of the node failed for good")]
    public static partial void PartGone(ILogger log, string part);

    [LoggerMessage(
        1003,
        LogLevel.Warning,
        "requests were still under way {Seconds} s after the stop signal; what they attached stays on record for "
            + "their DEL"
    )]
    public static partial void NotDrained(ILogger log, double seconds);

    [LoggerMessage(1004, LogLevel.Debug, "stopping: {Part} has ended")]
    public static partial void PartEnded(ILogger log, string part);

    [LoggerMessage(1005, LogLevel.Warning, "stopping: {Part} did not finish within {Seconds} s what it had begun")]
    public static partial void PartNotFinished(ILogger log, string part, double seconds);
}
