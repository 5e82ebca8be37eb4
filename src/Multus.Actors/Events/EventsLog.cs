namespace Multus.Actors.Events;

/// <summary>Log events 1900–1999.</summary>
internal static partial class EventsLog
{
    [LoggerMessage(
        EventId = 1900,
        Message = "an event of pod {Namespace}/{Pod} could not be posted and is dropped; no event is posted for "
            + "{Seconds} s: {Reason}"
    )]
    public static partial void Failed(
        ILogger log,
        LogLevel level,
        string @namespace,
        string pod,
        double seconds,
        string reason,
        Exception? crash
    );

    [LoggerMessage(
        1901,
        LogLevel.Warning,
        "{Queued} events wait to be posted, which is as many as may: others are dropped until there is room"
    )]
    public static partial void Full(ILogger log, int queued);
}
