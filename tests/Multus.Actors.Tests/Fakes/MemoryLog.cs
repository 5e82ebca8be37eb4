using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Multus.Actors.Tests.Fakes;

/// <summary>A log that keeps its lines: "Warning plugin bridge failed …".</summary>
internal sealed class MemoryLog : ILogger
{
    public ConcurrentQueue<string> Lines { get; } = [];

    /// <summary>The exception of each line above debug level, <c>null</c> of those that have none.</summary>
    public ConcurrentQueue<Exception?> Stacks { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (logLevel > LogLevel.Debug)
            Stacks.Enqueue(exception);
        Lines.Enqueue($"{logLevel} {formatter(state, exception)}");
    }
}
