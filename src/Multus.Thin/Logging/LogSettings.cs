namespace Multus.Thin.Logging;

/// <summary>Upstream's keys, and the daemon's.</summary>
/// <param name="File">Key <c>logFile</c>: lines are added to this file; empty: to none.</param>
/// <param name="Level">Key <c>logLevel</c>, one of <see cref="Levels"/>.</param>
/// <param name="ToStderr">Key <c>logToStderr</c>: what the runtime puts into its own log.</param>
internal sealed record LogSettings(string File, string Level, bool ToStderr)
{
    /// <summary>info, as the TKE dialect has it, is verbose.</summary>
    public static readonly IReadOnlyCollection<string> Levels = ["debug", "verbose", "info", "error", "panic"];

    public LogLevel Least =>
        Level switch
        {
            "debug" => LogLevel.Debug,
            "error" => LogLevel.Error,
            "panic" => LogLevel.Critical,
            _ => LogLevel.Information,
        };
}
