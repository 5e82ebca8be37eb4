namespace Multus.Actors.Annotations;

/// <summary>Log events 1500–1599.</summary>
internal static partial class AnnotationsLog
{
    [LoggerMessage(1500, LogLevel.Warning,
        "network-status of pod {Namespace}/{Pod} could not be written, {Failures} times in a row; next try in {Seconds} s")]
    public static partial void WillRetry(ILogger log, string @namespace, string pod, int failures, double seconds, Exception crash);

    [LoggerMessage(1501, LogLevel.Warning, "network-status of pod {Namespace}/{Pod} cannot be written and is given up")]
    public static partial void Refused(ILogger log, string @namespace, string pod, Exception crash);
}
