using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Multus.ActorContract.Tests;

public class HostingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task The_host_starts_the_system_and_its_actors_and_shuts_it_down()
    {
        using var host = Host(akka =>
            akka.WithActors(
                (system, registry) => registry.Register<Echo>(system.ActorOf(Props.Create(() => new Echo()), "echo"))
            )
        );
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
        using var host = Host(akka =>
            akka.WithActors(
                async (system, registry) =>
                {
                    await start.Task;
                    registry.Register<Echo>(system.ActorOf(Props.Create(() => new Echo())));
                }
            )
        );
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
    public async Task Configurations_win_by_the_order_they_were_added_in()
    {
        using var host = Host(akka =>
            akka.AddHocon(ConfigurationFactory.ParseString("a = first, b = first"), HoconAddMode.Append)
                .AddHocon(ConfigurationFactory.ParseString("a = appended, c = appended"), HoconAddMode.Append)
                .AddHocon(ConfigurationFactory.ParseString("b = prepended"), HoconAddMode.Prepend)
        );
        var config = host.Services.GetRequiredService<ActorSystem>().Settings.Config;

        Assert.Equal("first", config.GetString("a"));
        Assert.Equal("prepended", config.GetString("b"));
        Assert.Equal("appended", config.GetString("c"));
        await host.Services.GetRequiredService<ActorSystem>().Terminate().WaitAsync(Patience);
    }

    [Fact]
    public async Task An_actor_that_cannot_be_started_fails_the_start_of_the_host()
    {
        using var host = Host(akka => akka.WithActors((_, _) => throw new BoomException("at start")));

        var thrown = await Assert.ThrowsAsync<BoomException>(() => host.StartAsync().WaitAsync(Patience));

        Assert.Equal("at start", thrown.Message);
        await host.Services.GetRequiredService<ActorSystem>().Terminate().WaitAsync(Patience);
    }

    private static IHost Host(Action<AkkaConfigurationBuilder> configure) =>
        new HostBuilder()
            .ConfigureLogging(logging => logging.ClearProviders())
            .ConfigureServices(services => services.AddAkka("hosted", (akka, _) => configure(akka)))
            .Build();
}
