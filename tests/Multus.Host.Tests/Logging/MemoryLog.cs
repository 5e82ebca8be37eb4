using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Multus.Host.Tests.Logging;

/// <summary>A log that keeps its lines: "Warning /etc/cni/net.d/00-multus.conf was not there …".</summary>
internal sealed class MemoryLog : ILogger
{
    public ConcurrentQueue<string> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => Lines.Enqueue($"{logLevel} {formatter(state, exception)}");
}
