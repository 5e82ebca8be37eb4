using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Multus.ActorContract.Tests;

public class HostingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task The_host_starts_the_system_and_its_actors_and_shuts_it_down()
    {
        using var host = Host(akka => akka.WithActors((system, registry) => registry.Register<Echo>(system.ActorOf(Props.Create(() => new Echo()), "echo"))));
        await host.StartAsync().WaitAsync(Patience);
        var system = host.Services.GetRequiredService<ActorSystem>();
        var echo = host.Services.GetRequiredService<IRequiredActor<Echo>>().ActorRef;

        Assert.Equal("hosted", system.Name);
        Assert.Equal("alive", await echo.Ask<string>("alive", Patience));
        Assert.Equal(echo, ActorRegistry.For(system).Get<Echo>());

        await host.StopAsync().WaitAsync(Patience);
        Assert.True(system.WhenTerminated.IsCompleted);
    }

    [Fact]
    public async Task An_actor_can_be_waited_for_before_it_is_registered()
    {
        var start = new TaskCompletionSource();
        using var host = Host(akka => akka.WithActors(async (system, registry) =>
        {
            await start.Task;
            registry.Register<Echo>(system.ActorOf(Props.Create(() => new Echo())));
        }));
        var required = host.Services.GetRequiredService<IRequiredActor<Echo>>();
        var starting = host.StartAsync();
        var waiting = required.GetAsync();
        Assert.False(waiting.IsCompleted);
        start.SetResult();

        Assert.Equal("alive", await (await waiting.WaitAsync(Patience)).Ask<string>("alive", Patience));
        await starting.WaitAsync(Patience);
        await host.StopAsync().WaitAsync(Patience);
    }

    [Fact]
    public async Task An_actor_that_is_not_registered_cannot_be_had_without_waiting()
    {
        using var host = Host(_ => { });
        await host.StartAsync().WaitAsync(Patience);

        Assert.Throws<MissingActorRegistryEntryException>(() => host.Services.GetRequiredService<IRequiredActor<Echo>>().ActorRef);
        await host.StopAsync().WaitAsync(Patience);
    }

    [Fact]
    public async Task One_key_takes_one_actor_unless_it_is_to_be_overwritten()
    {
        using var host = Host(_ => { });
        await host.StartAsync().WaitAsync(Patience);
        var registry = host.Services.GetRequiredService<IActorRegistry>();
        var system = host.Services.GetRequiredService<ActorSystem>();
        var (first, second) = (system.ActorOf(Props.Create(() => new Echo())), system.ActorOf(Props.Create(() => new Echo())));

        registry.Register<Echo>(first);
        Assert.Throws<DuplicateActorRegistryException>(() => registry.Register<Echo>(second));
        Assert.False(registry.TryRegister<Echo>(second));
        Assert.Equal(first, registry.Get<Echo>());
        registry.Register<Echo>(second, overwrite: true);
        Assert.Equal(second, registry.Get<Echo>());
        Assert.Throws<MissingActorRegistryEntryException>(() => registry.Get<HostingTests>());
        await host.StopAsync().WaitAsync(Patience);
    }

    [Fact]
    public async Task Configurations_win_by_the_order_they_were_added_in()
    {
        using var host = Host(akka => akka
            .AddHocon(ConfigurationFactory.ParseString("a = first, b = first"), HoconAddMode.Append)
            .AddHocon(ConfigurationFactory.ParseString("a = appended, c = appended"), HoconAddMode.Append)
            .AddHocon(ConfigurationFactory.ParseString("b = prepended"), HoconAddMode.Prepend));
        var config = host.Services.GetRequiredService<ActorSystem>().Settings.Config;

        Assert.Equal("first", config.GetString("a"));
        Assert.Equal("prepended", config.GetString("b"));
        Assert.Equal("appended", config.GetString("c"));
        await host.Services.GetRequiredService<ActorSystem>().Terminate().WaitAsync(Patience);
    }

    [Fact]
    public async Task What_the_system_logs_reaches_the_logger_factory_of_the_host()
    {
        var lines = new LineCollector();
        using var host = Host(akka => akka.ConfigureLoggers(loggers =>
        {
            loggers.ClearLoggers();
            loggers.AddLoggerFactory();
        }), lines);
        await host.StartAsync().WaitAsync(Patience);

        host.Services.GetRequiredService<ActorSystem>().Log.Warning("careful {0}", 7);

        await lines.Seen("careful 7").WaitAsync(Patience);
        await host.StopAsync().WaitAsync(Patience);
    }

    [Fact]
    public async Task A_host_ends_with_its_system()
    {
        using var host = Host(_ => { });
        await host.StartAsync().WaitAsync(Patience);
        var stopping = new TaskCompletionSource();
        using var registration = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);

        await host.Services.GetRequiredService<ActorSystem>().Terminate().WaitAsync(Patience);

        await stopping.Task.WaitAsync(Patience);
        await host.StopAsync().WaitAsync(Patience);
    }

    [Fact]
    public async Task An_actor_that_cannot_be_started_fails_the_start_of_the_host()
    {
        using var host = Host(akka => akka.WithActors((_, _) => throw new BoomException("at start")));

        var thrown = await Assert.ThrowsAsync<BoomException>(() => host.StartAsync().WaitAsync(Patience));

        Assert.Equal("at start", thrown.Message);
        await host.Services.GetRequiredService<ActorSystem>().Terminate().WaitAsync(Patience);
    }

    private static IHost Host(Action<AkkaConfigurationBuilder> configure, ILoggerProvider? logs = null) => new HostBuilder()
        .ConfigureLogging(logging =>
        {
            logging.ClearProviders();
            if (logs is not null)
                logging.AddProvider(logs);
        })
        .ConfigureServices(services => services.AddAkka("hosted", (akka, _) => configure(akka)))
        .Build();

    private sealed class LineCollector : ILoggerProvider, ILogger
    {
        private readonly Lock _gate = new();
        private readonly List<string> _lines = [];
        private (string Text, TaskCompletionSource Seen)? _wanted;

        public Task Seen(string text)
        {
            lock (_gate)
            {
                var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                if (_lines.Exists(line => line.Contains(text, StringComparison.Ordinal)))
                    seen.SetResult();
                _wanted = (text, seen);
                return seen.Task;
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

        public void Log<TState>(
            Microsoft.Extensions.Logging.LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_gate)
            {
                var line = formatter(state, exception);
                _lines.Add(line);
                if (_wanted is { } wanted && line.Contains(wanted.Text, StringComparison.Ordinal))
                    wanted.Seen.TrySetResult();
            }
        }

        public void Dispose()
        {
        }
    }
}
