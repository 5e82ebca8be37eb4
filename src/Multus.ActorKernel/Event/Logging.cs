using Multus.ActorKernel.Configuration;

namespace Multus.ActorKernel.Event;

/// <summary>Writes to the log of a system.</summary>
public interface ILoggingAdapter
{
    bool IsDebugEnabled { get; }

    bool IsInfoEnabled { get; }

    bool IsWarningEnabled { get; }

    bool IsErrorEnabled { get; }

    bool IsEnabled(LogLevel logLevel);

    void Log(LogLevel logLevel, Exception? cause, LogMessage message);

    void Log(LogLevel logLevel, Exception? cause, string format);
}

/// <summary>Where loggers come from.</summary>
public static class Logging
{
    /// <summary>The log of the running actor.</summary>
    public static ILoggingAdapter GetLogger(this IActorContext context)
    {
        var cell = (Cells.ActorCell)context;
        return new BusLogging(context.System.EventStream, context.Self.Path.ToString(), cell.Props.Type);
    }

    /// <param name="system">Whose event stream takes the lines.</param>
    /// <param name="logSourceObj">A name, a type, a reference, or an object whose type stands for it.</param>
    public static ILoggingAdapter GetLogger(ActorSystem system, object logSourceObj) => logSourceObj switch
    {
        string name => new BusLogging(system.EventStream, $"{name}(akka://{system.Name})", typeof(string)),
        IActorRef actor => new BusLogging(system.EventStream, actor.Path.ToString(), actor.GetType()),
        Type type => new BusLogging(system.EventStream, $"{type.Name}(akka://{system.Name})", type),
        _ => new BusLogging(system.EventStream, $"{logSourceObj.GetType().Name}(akka://{system.Name})", logSourceObj.GetType()),
    };

    /// <exception cref="ConfigurationException">There is no such level.</exception>
    public static LogLevel LogLevelFor(string logLevel) => logLevel.ToUpperInvariant() switch
    {
        "DEBUG" => LogLevel.DebugLevel,
        "INFO" => LogLevel.InfoLevel,
        "WARNING" => LogLevel.WarningLevel,
        "ERROR" => LogLevel.ErrorLevel,
        "OFF" => OffLevel,
        _ => throw new ConfigurationException($"Unknown log level '{logLevel}'; known are DEBUG, INFO, WARNING, ERROR and OFF"),
    };

    /// <summary>Above all that is ever logged.</summary>
    internal const LogLevel OffLevel = (LogLevel)int.MaxValue;
}

/// <summary>Logging by level, with <c>string.Format</c> placeholders.</summary>
public static class LoggingExtensions
{
    public static void Debug(this ILoggingAdapter log, string format, params object?[] args) => log.Write(LogLevel.DebugLevel, null, format, args);

    public static void Debug(this ILoggingAdapter log, Exception? cause, string format, params object?[] args) =>
        log.Write(LogLevel.DebugLevel, cause, format, args);

    public static void Info(this ILoggingAdapter log, string format, params object?[] args) => log.Write(LogLevel.InfoLevel, null, format, args);

    public static void Info(this ILoggingAdapter log, Exception? cause, string format, params object?[] args) =>
        log.Write(LogLevel.InfoLevel, cause, format, args);

    public static void Warning(this ILoggingAdapter log, string format, params object?[] args) => log.Write(LogLevel.WarningLevel, null, format, args);

    public static void Warning(this ILoggingAdapter log, Exception? cause, string format, params object?[] args) =>
        log.Write(LogLevel.WarningLevel, cause, format, args);

    public static void Error(this ILoggingAdapter log, string format, params object?[] args) => log.Write(LogLevel.ErrorLevel, null, format, args);

    public static void Error(this ILoggingAdapter log, Exception? cause, string format, params object?[] args) =>
        log.Write(LogLevel.ErrorLevel, cause, format, args);

    public static void Log(this ILoggingAdapter log, LogLevel level, string format, params object?[] args) => log.Write(level, null, format, args);

    private static void Write(this ILoggingAdapter log, LogLevel level, Exception? cause, string format, object?[] args)
    {
        if (!log.IsEnabled(level))
            return;

        if (args.Length == 0)
            log.Log(level, cause, format);
        else
            log.Log(level, cause, new LogMessage(format, args));
    }
}

/// <summary>Publishes lines on an event stream.</summary>
internal sealed class BusLogging(EventStream bus, string source, Type type) : ILoggingAdapter
{
    public bool IsDebugEnabled => IsEnabled(LogLevel.DebugLevel);

    public bool IsInfoEnabled => IsEnabled(LogLevel.InfoLevel);

    public bool IsWarningEnabled => IsEnabled(LogLevel.WarningLevel);

    public bool IsErrorEnabled => IsEnabled(LogLevel.ErrorLevel);

    public bool IsEnabled(LogLevel logLevel) => logLevel >= bus.LogLevel;

    public void Log(LogLevel logLevel, Exception? cause, LogMessage message) => Publish(logLevel, cause, message);

    public void Log(LogLevel logLevel, Exception? cause, string format) => Publish(logLevel, cause, format);

    private void Publish(LogLevel level, Exception? cause, object message)
    {
        if (!IsEnabled(level))
            return;

        bus.Publish(level switch
        {
            LogLevel.DebugLevel => new Debug(cause, source, type, message),
            LogLevel.InfoLevel => new Info(cause, source, type, message),
            LogLevel.WarningLevel => new Warning(cause, source, type, message),
            _ => new Error(cause, source, type, message),
        });
    }
}
