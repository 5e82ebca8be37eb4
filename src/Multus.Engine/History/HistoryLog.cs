namespace Multus.Engine.History;

/// <summary>Log events 1760 to 1762.</summary>
public static partial class HistoryLog
{
    [LoggerMessage(
        1760,
        LogLevel.Warning,
        "what is done to sandboxes cannot be noted in {Folder}, multusctl explain will not know it: {Reason}"
    )]
    public static partial void NotWritten(ILogger log, string folder, string reason);

    [LoggerMessage(
        1761,
        LogLevel.Warning,
        "{Count} operations of sandboxes were not noted, multusctl explain will not know them"
    )]
    public static partial void Dropped(ILogger log, long count);

    [LoggerMessage(1762, LogLevel.Error, "an operation of a sandbox could not be put into words")]
    public static partial void NotMade(ILogger log, Exception bug);
}
