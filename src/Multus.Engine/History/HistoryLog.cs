namespace Multus.Engine.History;

/// <summary>Log event 1760.</summary>
public static partial class HistoryLog
{
    [LoggerMessage(
        1760,
        LogLevel.Warning,
        "what is done to sandboxes cannot be noted in {Folder}, multusctl explain will not know it: {Reason}"
    )]
    public static partial void NotWritten(ILogger log, string folder, string reason);
}
