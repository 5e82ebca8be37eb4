namespace Multus.Engine.Detach;

/// <summary>Log events 2202–2205.</summary>
internal static partial class StoredDeleteLog
{
    [LoggerMessage(2202, LogLevel.Information, "stored DEL {Name} of sandbox {Sandbox} carried out")]
    public static partial void Done(ILogger log, string name, string sandbox);

    [LoggerMessage(2203, LogLevel.Warning, "stored DEL {Name} failed, and stays stored: {Reason}")]
    public static partial void Failed(ILogger log, string name, string reason);

    [LoggerMessage(2204, LogLevel.Error, "stored DEL {Name} is none, and was set aside as {Path}: {Reason}")]
    public static partial void SetAside(ILogger log, string name, string path, string reason);

    [LoggerMessage(2205, LogLevel.Warning, "the stored DELs in {Folder} cannot be read: {Reason}")]
    public static partial void Unreadable(ILogger log, string folder, string reason);
}
