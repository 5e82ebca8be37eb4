namespace Multus.Host.Commands;

/// <summary>What a part of the daemon logs, as steps of a command.</summary>
/// <param name="report">Gets them.</param>
internal sealed class ReportLog(CommandReport report) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (IsEnabled(logLevel))
            report.Say(formatter(state, exception) + (exception is null ? "" : $": {exception.Message}"));
    }
}
