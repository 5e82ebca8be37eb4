namespace Multus.Actors.Garbage;

/// <summary>Log events 1700–1799.</summary>
internal static partial class GarbageLog
{
    [LoggerMessage(
        1700,
        LogLevel.Information,
        "GC begins: sandboxes that are not in the runtime's list of {Listed} attachments are detached (request "
            + "{Request})"
    )]
    public static partial void Begun(ILogger log, int listed, string request);

    [LoggerMessage(
        1709,
        LogLevel.Information,
        "GC: {Detached} sandboxes were detached that the runtime does not list (request {Request})"
    )]
    public static partial void StaleDone(ILogger log, int detached, string request);

    [LoggerMessage(
        1701,
        LogLevel.Information,
        "GC: sandbox {Sandbox} is detached: the runtime does not list it (request {Request})"
    )]
    public static partial void Detached(ILogger log, string sandbox, string request);

    [LoggerMessage(1702, LogLevel.Information, "GC: sandbox {Sandbox} is left alone: it is being worked on")]
    public static partial void LeftAlone(ILogger log, string sandbox);

    [LoggerMessage(1703, LogLevel.Warning, "GC failed in part (request {Request}): {Error}")]
    public static partial void Failed(ILogger log, string request, string error);

    [LoggerMessage(
        1704,
        LogLevel.Information,
        "GC: plugins of network {Network} keep {Count} attachments (request {Request})"
    )]
    public static partial void Collecting(ILogger log, string network, int count, string request);

    [LoggerMessage(
        1705,
        LogLevel.Warning,
        "GC: the runtime lists {Count} attachments of sandboxes that are not known here; their usual interface "
            + "names are kept in every network (request {Request})"
    )]
    public static partial void Unknown(ILogger log, int count, string request);

    [LoggerMessage(1706, LogLevel.Warning, "GC: {Path} is passed over: {Reason}")]
    public static partial void NetworkUnreadable(ILogger log, string path, string reason);

    [LoggerMessage(
        1707,
        LogLevel.Information,
        "GC: network {Network} is forgotten: nothing is attached to it any more (request {Request})"
    )]
    public static partial void Forgotten(ILogger log, string network, string request);

    [LoggerMessage(1708, LogLevel.Information, "GC is switched off by disableGC (request {Request})")]
    public static partial void Disabled(ILogger log, string request);
}
