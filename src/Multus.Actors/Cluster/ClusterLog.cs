namespace Multus.Actors.Cluster;

/// <summary>Log events 1400–1499.</summary>
internal static partial class ClusterLog
{
    [LoggerMessage(
        1400,
        LogLevel.Information,
        "pods and networks are read from {Source}: {Pods} pods, {Networks} networks"
    )]
    public static partial void Synced(ILogger log, string source, int pods, int networks);

    [LoggerMessage(1401, LogLevel.Warning, "{Source} cannot be followed for now: {Reason}")]
    public static partial void Disconnected(ILogger log, string source, string reason);

    [LoggerMessage(EventId = 1402, Message = "could not read {What} from {Source}: {Reason}")]
    public static partial void ReadFailed(
        ILogger log,
        LogLevel level,
        string what,
        string source,
        string reason,
        Exception? crash
    );

    [LoggerMessage(
        1403,
        LogLevel.Warning,
        "{Source} does not answer; what fails for that reason is not logged until it does: {Reason}"
    )]
    public static partial void NoAnswer(ILogger log, string source, string reason);

    [LoggerMessage(
        1404,
        LogLevel.Information,
        "{Source} answers again after {Seconds:0.0} s, in which {Failures} requests failed"
    )]
    public static partial void AnswersAgain(ILogger log, string source, double seconds, long failures);
}
