namespace Multus.Actors.StaleSandboxes;

/// <summary>Log events 1750–1799.</summary>
internal static partial class StaleSandboxesLog
{
    [LoggerMessage(
        1750,
        LogLevel.Warning,
        "sandbox {Sandbox} seems to have vanished without a DEL ({Why}); if it is still so in {Seconds} s it is "
            + "detached"
    )]
    public static partial void Noted(ILogger log, string sandbox, string why, double seconds);

    [LoggerMessage(1751, LogLevel.Warning, "sandbox {Sandbox} has vanished without a DEL ({Why}); it is detached")]
    public static partial void Vanished(ILogger log, string sandbox, string why);

    [LoggerMessage(
        1752,
        LogLevel.Warning,
        "sandbox {Sandbox} has vanished without a DEL and could not be detached; its DEL is repeated: {Error}"
    )]
    public static partial void NotDetached(ILogger log, string sandbox, string error);

    [LoggerMessage(1753, LogLevel.Warning, "vanished sandboxes were not looked for; next try in {Seconds} s: {Reason}")]
    public static partial void NotLooked(ILogger log, double seconds, string reason);
}
