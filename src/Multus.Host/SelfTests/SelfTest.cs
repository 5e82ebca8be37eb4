using Akka.Event;
using Multus.Actors.Configuration;
using Multus.Actors.Node;
using Serilog;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace Multus.Host.SelfTests;

/// <summary>
/// Runs each feature of Akka.NET that the daemon uses in this binary, with the built-in akka.hocon, and says of each
/// whether it works. The Native AOT compiler leaves out what it cannot see to be used (AkkaRoots.xml); without this, a
/// node would be the first to notice.
/// </summary>
internal static class SelfTest
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>One line for each feature on <paramref name="output"/>: "NAME: ok" or "NAME: failed: why".</summary>
    /// <returns>The process's exit status: success only if all work.</returns>
    public static async Task<int> RunAsync(TextWriter output)
    {
        // Whatever its level: Akka prints there what its logger has not taken when it ends.
        Console.SetOut(TextWriter.Null);
        var log = new RememberedLog();
        using var logs = new SerilogLoggerFactory(
            new LoggerConfiguration().WriteTo.Sink(log).CreateLogger(),
            dispose: true
        );
        var hocon = BuiltInHocon();
        var stopped = false;
        using var host = Build(hocon, logs, () => stopped = true);
        var run = new Report(output);

        await run.CheckAsync("start", () => host.StartAsync());
        if (run.AllWork)
        {
            var system = host.Services.GetRequiredService<ActorSystem>();
            await run.CheckAsync("settings", () => CheckSettings(system));
            await run.CheckAsync("registry", () => CheckRegistryAsync(host.Services));
            foreach (var feature in Features.All)
                await run.CheckAsync(feature.Name, () => feature.CheckAsync(system));
            await run.CheckAsync("logger", () => CheckLoggerAsync(system, log));
            await run.CheckAsync("coordinated-shutdown", () => CheckShutdownAsync(host, system, () => stopped));
            await run.CheckAsync("no-complaints", () => CheckComplaints(log));
        }

        return run.AllWork ? ExitCode.Success : ExitCode.Failure;
    }

    private static Config BuiltInHocon()
    {
        using var reader = new StreamReader(typeof(DaemonSettings).Assembly.GetManifestResourceStream("akka.hocon")!);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }

    // As Daemon builds it, with an actor that answers in place of the node.
    private static IHost Build(Config hocon, ILoggerFactory logs, Action onDrain)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings()
        );
        builder.Services.AddSingleton(logs);
        builder.Services.AddAkka(
            "multus-selftest",
            (akka, _) =>
                akka.AddDaemonSettings(hocon, new StopTimes(Patience), logs)
                    .WithActors(
                        (system, registry) =>
                        {
                            registry.Register<Subjects.Echo>(system.ActorOf(Subjects.Echo.PropsFor(), "registered"));
                            CoordinatedShutdown
                                .Get(system)
                                .AddTask(
                                    CoordinatedShutdown.PhaseServiceRequestsDone,
                                    "drain",
                                    () =>
                                    {
                                        onDrain();
                                        return Task.FromResult(Akka.Done.Instance);
                                    }
                                );
                        }
                    )
        );
        return builder.Build();
    }

    private static Task CheckSettings(ActorSystem system)
    {
        var reader = new HoconReader(system.Settings.Config); // durations, sizes, switches and numbers, all with a rule
        _ = NodeSettings.Read(reader);
        _ = reader.Bytes("multus.server.max-request-body", 4096, 64 << 20);
        _ = reader.Duration("akka.coordinated-shutdown.default-phase-timeout", TimeSpan.FromMilliseconds(1));
        Expect.That(reader.Errors.Count == 0, string.Join("; ", reader.Errors));
        return Task.CompletedTask;
    }

    private static async Task CheckRegistryAsync(IServiceProvider services)
    {
        var actor = await services.GetRequiredService<IRequiredActor<Subjects.Echo>>().GetAsync(CancellationToken.None);
        Expect.Equal("registered", await actor.Ask<string>("registered", Patience));
    }

    private static async Task CheckLoggerAsync(ActorSystem system, RememberedLog log)
    {
        system.Log.Info("the logger says {0}", 42);
        Expect.Equal(LogEventLevel.Information, await log.LevelOfAsync("the logger says 42", Patience));
    }

    private static async Task CheckShutdownAsync(IHost host, ActorSystem system, Func<bool> drained)
    {
        await host.StopAsync();
        await system.WhenTerminated.WaitAsync(Patience);
        Expect.That(drained(), "the task of the phase service-requests-done has not run");
    }

    // Akka warns of a type that it does not find, and goes on without it.
    private static Task CheckComplaints(RememberedLog log)
    {
        var complaints = log.Complaints();
        Expect.That(complaints.Count == 0, string.Join("; ", complaints));
        return Task.CompletedTask;
    }
}
