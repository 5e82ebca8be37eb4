using Multus.ActorKernel.Configuration;
using Multus.ActorKernel.Event;

namespace Multus.ActorKernel;

/// <summary>A tree of actors with what they share: dispatchers, scheduler, event stream, configuration.</summary>
public abstract class ActorSystem : IActorRefFactory, IDisposable
{
    private protected ActorSystem(string name, Settings settings)
    {
        Name = name;
        Settings = settings;
    }

    public string Name { get; }

    public Settings Settings { get; }

    public abstract EventStream EventStream { get; }

    /// <summary>Takes what nobody will handle and publishes it as <see cref="DeadLetter"/>.</summary>
    public abstract IActorRef DeadLetters { get; }

    public abstract IScheduler Scheduler { get; }

    public abstract ILoggingAdapter Log { get; }

    /// <summary>Done when all actors have stopped.</summary>
    public abstract Task WhenTerminated { get; }

    /// <summary>From its creation, in real time.</summary>
    public abstract TimeSpan Uptime { get; }

    /// <exception cref="ConfigurationException">A value of the configuration is none the runtime can work with.</exception>
    public static ActorSystem Create(string name) => Create(name, Config.Empty);

    /// <summary>Starts a system; what the configuration leaves out is as in the runtime's reference configuration.</summary>
    /// <exception cref="ConfigurationException">A value of the configuration is none the runtime can work with.</exception>
    public static ActorSystem Create(string name, Config config)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return new ActorSystemImpl(name, config, TimeProvider.System);
    }

    public abstract IActorRef ActorOf(Props props, string? name = null);

    public abstract ActorSelection ActorSelection(ActorPath actorPath);

    public abstract ActorSelection ActorSelection(string actorPath);

    /// <summary>Stops an actor after the message it is handling.</summary>
    public abstract void Stop(IActorRef actor);

    /// <summary>Runs the coordinated shutdown, whose last phase stops all actors. Calling it again changes nothing.</summary>
    public abstract Task Terminate();

    /// <summary>Runs after the last actor has stopped, before <see cref="WhenTerminated"/>.</summary>
    public abstract void RegisterOnTermination(Action code);

    /// <summary>Begins <see cref="Terminate"/> and waits until it is done, 20 seconds at most.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            Terminate().Wait(PatienceOnDispose);
    }

    /// <summary>How long <see cref="Dispose()"/> waits; zero once somebody has given up waiting.</summary>
    private protected virtual TimeSpan PatienceOnDispose => TimeSpan.FromSeconds(20);
}

/// <summary>The configuration of a system with what is read from it once.</summary>
public sealed class Settings
{
    internal Settings(Config config)
    {
        Config = config.WithFallback(ReferenceConfig.Value);
        AskTimeout = Config.GetTimeSpan("akka.actor.ask-timeout");
        LogLevel = Config.GetString("akka.loglevel")!;
        StdoutLogLevel = Config.GetString("akka.stdout-loglevel")!;
        Loggers = Config.GetStringList("akka.loggers");
        (LogDeadLetters, LogDeadLettersDuringShutdown) = (DeadLettersToLog(Config), Config.GetBoolean("akka.log-dead-letters-during-shutdown"));
        LogUnhandled = Config.GetBoolean("akka.actor.debug.unhandled");
    }

    public Config Config { get; private set; }

    public TimeSpan AskTimeout { get; }

    public string LogLevel { get; }

    public string StdoutLogLevel { get; }

    public IList<string> Loggers { get; }

    /// <summary>How many dead letters are logged; the event stream gets all.</summary>
    public int LogDeadLetters { get; }

    public bool LogDeadLettersDuringShutdown { get; }

    internal bool LogUnhandled { get; }

    /// <summary>Adds values for what is not configured, to be read from now on.</summary>
    internal void InjectTopLevelFallback(Config config) => Config = Config.WithFallback(config);

    private static int DeadLettersToLog(Config config) => config.GetString("akka.log-dead-letters")!.ToLowerInvariant() switch
    {
        "on" or "true" => int.MaxValue,
        "off" or "false" => 0,
        _ => config.GetInt("akka.log-dead-letters"),
    };
}
