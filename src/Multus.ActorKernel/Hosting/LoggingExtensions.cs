using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Multus.ActorKernel.Configuration;
using Multus.ActorKernel.Event;
using LogLevel = Multus.ActorKernel.Event.LogLevel;

namespace Multus.ActorKernel.Hosting;

/// <summary>Where the system's log goes.</summary>
public sealed class LoggerConfigBuilder
{
    private bool _toLoggerFactory;
    private ILoggerFactory? _factory;

    internal LoggerConfigBuilder()
    {
    }

    /// <summary>Lines below are not made at all. The factory's own filter comes after it.</summary>
    public LogLevel LogLevel { get; set; } = LogLevel.InfoLevel;

    /// <summary>No loggers but those added from now on.</summary>
    public LoggerConfigBuilder ClearLoggers()
    {
        _toLoggerFactory = false;
        return this;
    }

    internal LoggerConfigBuilder ToLoggerFactory(ILoggerFactory? factory)
    {
        _toLoggerFactory = true;
        _factory = factory;
        return this;
    }

    internal Config ToConfig() => ConfigurationFactory.ParseString($"akka.loglevel = {Name(LogLevel)}");

    internal Func<ActorSystem, ILogSink>? SinkFor(IServiceProvider services) => _toLoggerFactory
        ? _ => new LoggerFactorySink(_factory ?? services.GetRequiredService<ILoggerFactory>())
        : null;

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.DebugLevel => "DEBUG",
        LogLevel.InfoLevel => "INFO",
        LogLevel.WarningLevel => "WARNING",
        LogLevel.ErrorLevel => "ERROR",
        _ => "OFF",
    };
}

/// <summary>Configuring the log of the host's actor system.</summary>
public static class LoggingExtensions
{
    public static AkkaConfigurationBuilder ConfigureLoggers(this AkkaConfigurationBuilder builder, Action<LoggerConfigBuilder> configurator)
    {
        configurator(builder.ConfigureLoggers());
        return builder;
    }

    /// <summary>Sends the log to the host's logger factory.</summary>
    public static LoggerConfigBuilder AddLoggerFactory(this LoggerConfigBuilder configBuilder) => configBuilder.ToLoggerFactory(null);

    public static LoggerConfigBuilder AddLoggerFactory(this LoggerConfigBuilder configBuilder, ILoggerFactory loggerFactory) =>
        configBuilder.ToLoggerFactory(loggerFactory);
}
