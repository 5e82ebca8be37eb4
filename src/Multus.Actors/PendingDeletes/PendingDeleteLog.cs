namespace Multus.Actors.PendingDeletes;

/// <summary>Log events 1600–1699.</summary>
internal static partial class PendingDeleteLog
{
    [LoggerMessage(1600, LogLevel.Information, "stored DEL of sandbox {Sandbox} carried out")]
    public static partial void Done(ILogger log, string sandbox);

    [LoggerMessage(
        1601,
        LogLevel.Warning,
        "stored DEL {Name} failed, {Failures} times so far; next try in {Seconds} s: {Reason}"
    )]
    public static partial void Failed(ILogger log, string name, int failures, double seconds, string reason);

    [LoggerMessage(
        1602,
        LogLevel.Error,
        "stored DEL {Name} is no valid DEL and can never be carried out; it is kept as {Kept}: {Reason}"
    )]
    public static partial void SetAside(ILogger log, string name, string kept, string reason);

    [LoggerMessage(
        1605,
        LogLevel.Error,
        "stored DEL {Name} is given up after {Tries} tries: the network namespace of sandbox {Sandbox} is gone, "
            + "and what is left cannot be undone without it. multus-daemon pending retry {Name} has it tried "
            + "again, multus-daemon pending drop {Name} forgets it. What may have stayed behind: {Left}"
    )]
    public static partial void GivenUp(ILogger log, string name, int tries, string sandbox, string left);

    [LoggerMessage(1603, LogLevel.Error, "the folder of stored DELs, {Folder}, cannot be read")]
    public static partial void FolderUnreadable(ILogger log, string folder, Exception crash);

    [LoggerMessage(
        1604,
        LogLevel.Warning,
        "the folder of stored DELs, {Folder}, cannot be watched; it is looked into every {Seconds} s: {Reason}"
    )]
    public static partial void NotWatched(ILogger log, string folder, double seconds, string reason);
}
