using Multus.Actors.Node;

namespace Multus.Host;

/// <summary>The actor system in the host: its settings, its log, its stop.</summary>
internal static class ActorSystemSetup
{
    // Akka's first and last lines would go to stdout, past the log.
    private static readonly Config NothingToStdout = ConfigurationFactory.ParseString("akka.stdout-loglevel = OFF");

    /// <summary>
    /// Akka's own events, dead letters for example, become lines of the daemon's log and of nothing else.
    /// </summary>
    public static AkkaConfigurationBuilder AddDaemonSettings(
        this AkkaConfigurationBuilder akka,
        Config hocon,
        StopTimes stop,
        ILoggerFactory logs
    ) =>
        akka.AddHocon(stop.ToHocon().WithFallback(hocon).WithFallback(NothingToStdout), HoconAddMode.Prepend)
            .ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory(logs);
            });
}
