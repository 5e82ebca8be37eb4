using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Multus.ActorKernel.Event;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Multus.ActorKernel.Hosting;

/// <summary>Hands the system's log to Microsoft.Extensions.Logging, one category for each actor type, on the thread that logs.</summary>
internal sealed class LoggerFactorySink(ILoggerFactory factory) : ILogSink
{
    private readonly ConcurrentDictionary<Type, ILogger> _loggers = new();

    public void Write(LogEvent line)
    {
        var logger = _loggers.GetOrAdd(line.LogClass, static (type, from) => from.CreateLogger(type.FullName ?? type.Name), factory);
        var level = line.LogLevel() switch
        {
            Event.LogLevel.DebugLevel => LogLevel.Debug,
            Event.LogLevel.InfoLevel => LogLevel.Information,
            Event.LogLevel.WarningLevel => LogLevel.Warning,
            _ => LogLevel.Error,
        };
        if (!logger.IsEnabled(level))
            return;

        KeyValuePair<string, object?>[] state =
        [
            new("ActorPath", line.LogSource),
            new("Message", line.Message.ToString()),
            new("{OriginalFormat}", "{ActorPath}: {Message}"),
        ];
        logger.Log(level, eventId: default, state, line.Cause, static (values, _) => $"{values[0].Value}: {values[1].Value}");
    }

    public void Write(AllDeadLetters letter)
    {
        // The listener makes lines of those that are worth one.
    }

    public void Dispose()
    {
        // The factory belongs to the host.
    }
}
