using Multus.ActorKernel.Configuration;

namespace Multus.ActorKernel.Hosting;

/// <summary>Where a configuration goes among those that are there.</summary>
public enum HoconAddMode
{
    /// <summary>Behind them: they win.</summary>
    Append,

    /// <summary>Before them: it wins.</summary>
    Prepend,

    /// <summary>In their place.</summary>
    Replace,
}

/// <summary>Starts actors and registers them.</summary>
public delegate Task ActorStarter(ActorSystem system, IActorRegistry registry);

/// <summary>Runs once the actors are started.</summary>
public delegate Task StartupTask(ActorSystem system, IActorRegistry registry);

/// <summary>What the host's actor system is made of.</summary>
public sealed class AkkaConfigurationBuilder
{
    private readonly List<ActorStarter> _starters = [];
    private readonly List<StartupTask> _startups = [];

    internal AkkaConfigurationBuilder(string actorSystemName, IServiceProvider services)
    {
        ActorSystemName = actorSystemName;
        Services = services;
    }

    internal string ActorSystemName { get; }

    internal IServiceProvider Services { get; }

    internal Config Configuration { get; private set; } = Config.Empty;

    internal LoggerConfigBuilder? Loggers { get; private set; }

    public AkkaConfigurationBuilder StartActors(Action<ActorSystem, IActorRegistry> starter) => StartActors((system, registry) =>
    {
        starter(system, registry);
        return Task.CompletedTask;
    });

    public AkkaConfigurationBuilder StartActors(ActorStarter starter)
    {
        _starters.Add(starter);
        return this;
    }

    public AkkaConfigurationBuilder AddStartup(Action<ActorSystem, IActorRegistry> startupTask) => AddStartup((system, registry) =>
    {
        startupTask(system, registry);
        return Task.CompletedTask;
    });

    public AkkaConfigurationBuilder AddStartup(StartupTask startupTask)
    {
        _startups.Add(startupTask);
        return this;
    }

    internal void Add(Config hocon, HoconAddMode mode) => Configuration = mode switch
    {
        HoconAddMode.Append => Configuration.WithFallback(hocon),
        HoconAddMode.Prepend => hocon.WithFallback(Configuration),
        HoconAddMode.Replace => hocon,
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "A configuration is appended, prepended or replaces the others"),
    };

    internal LoggerConfigBuilder ConfigureLoggers() => Loggers ??= new LoggerConfigBuilder();

    internal ActorSystem CreateSystem() => new ActorSystemImpl(
        ActorSystemName, Loggers is null ? Configuration : Loggers.ToConfig().WithFallback(Configuration), TimeProvider.System, Loggers?.SinkFor(Services));

    internal async Task StartAsync(ActorSystem system)
    {
        var registry = ActorRegistry.For(system);
        foreach (var start in _starters)
            await start(system, registry).ConfigureAwait(false);
        foreach (var startup in _startups)
            await startup(system, registry).ConfigureAwait(false);
    }
}
