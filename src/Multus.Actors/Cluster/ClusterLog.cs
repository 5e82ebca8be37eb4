namespace Multus.Actors.Cluster;

/// <summary>Log events 1400–1499.</summary>
internal static partial class ClusterLog
{
    [LoggerMessage(1400, LogLevel.Information, "{Source} is read: {Pods} pods, {Networks} networks")]
    public static partial void Synced(ILogger log, string source, int pods, int networks);

    [LoggerMessage(1401, LogLevel.Warning, "{Source} cannot be followed for now: {Reason}")]
    public static partial void Disconnected(ILogger log, string source, string reason);

    [LoggerMessage(1402, LogLevel.Warning, "could not read {What} from {Source}")]
    public static partial void ReadFailed(ILogger log, string what, string source, Exception crash);
}
