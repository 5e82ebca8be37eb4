using Microsoft.AspNetCore.Server.Kestrel.Core;
using Multus.Actors.Events;
using Multus.Actors.Node;
using Multus.Core.Configuration;
using Multus.Engine.Activity;
using Multus.Engine.Ports;
using Multus.Engine.Requests;
using Multus.Engine.State;
using Multus.Host.Clusters;
using Multus.Host.Configuration;
using Multus.Host.Limits;
using Multus.Host.Logging;
using Multus.Host.PendingDeletes;
using Multus.Host.Runtimes;
using Multus.Host.Server;
using Multus.Kubernetes.Kubelet;
using Multus.Linux.Netlink;
using Multus.Linux.Processes;
using Multus.Wire;

namespace Multus.Host;

/// <summary>Builds the daemon's parts, runs them until the process is told to stop, and says how it ended.</summary>
internal static class Daemon
{
    private static readonly TimeSpan OrphanPatience = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(DaemonSettings settings, LogPipeline output)
    {
        var time = TimeProvider.System;
        var logs = output.Factory;
        using var hangUp = output.ReopenOnHangUp();
        var startedAt = time.GetTimestamp();
        var log = logs.CreateLogger("Multus.Host");
        using var runner = new ProcessRunner(time);
        var processes = new MarkedProcesses(runner, DelegationMarker.OfThisProcess(settings.Daemon.CniDir));
        var cluster = ClusterFactory.Create(settings.Cluster, runner, time, logs);
        using var closing = cluster as IDisposable; // after the actors, which end with the host below
        if (settings.Cluster is ClusterSource.ApiServer { NodeName: "" })
            HostLog.NodeUnknown(log);
        using var devices = NodeDevices.Of(settings.Daemon.KubeletDir, cluster, time, logs); // after the actors, too
        var mapping = new RequestMapping(ConfigurationOverlay.Parse(settings.Daemon.Json), settings.Daemon.CniDir, log);

        var board = new OperationBoard(time);
        string? fatal = null;
        using var failed = new CancellationTokenSource();
        var node = new NodeServices(
            settings.Node,
            cluster,
            processes,
            new LinkInspector(),
            new RouteTable(),
            new PendingDeleteFolder(settings.Daemon.CniDir, mapping, time),
            time,
            logs,
            reason =>
            {
                fatal = reason;
                failed.Cancel();
            }
        )
        {
            CniDir = settings.Daemon.CniDir,
            Devices = devices.Source,
            StaleSandboxes = VanishedSandboxes.Of(settings, time),
            Phases = board,
        };

        await PrepareAsync(settings, time, log);
        var socket = WirePaths.Socket(settings.Daemon.SocketDir);
        using var bodies = new RequestBodies(settings.Server, time, logs.CreateLogger("Multus.Host.Server"));
        using var app = Build(settings, node, mapping, bodies, board, socket, output);
        await app.StartAsync(CancellationToken.None);
        HostLog.Listening(
            log,
            CommandLine.VersionText,
            socket,
            cluster.Description,
            time.GetElapsedTime(startedAt).TotalMilliseconds
        );

        await WaitForStopAsync(app, failed.Token);
        if (fatal is not null)
            HostLog.Fatal(log, fatal);
        HostLog.Stopping(log);
        await app.StopAsync(CancellationToken.None);
        HostLog.Stopped(log);
        return fatal is null ? ExitCode.Success : ExitCode.Failure;
    }

    private static async Task PrepareAsync(DaemonSettings settings, TimeProvider time, ILogger log)
    {
        await SocketFolder.PrepareAsync(settings.Daemon.SocketDir, time, log);
        StateFolder.Close(settings.Daemon.CniDir, log);
        StateFolder.Sweep(settings.Daemon.CniDir, log);
        await EndOrphansAsync(settings, time, log);
    }

    // Before anybody can ask for anything: what an orphan makes after its sandbox was undone would be nobody's.
    private static async Task EndOrphansAsync(DaemonSettings settings, TimeProvider time, ILogger log)
    {
        var outcome = await OrphanedDelegates.EndAsync(
            settings.Daemon.CniDir,
            settings.Node.Delegates.OrphanGrace,
            OrphanPatience,
            time
        );
        foreach (var orphan in outcome.Killed)
            HostLog.OrphanKilled(log, orphan.Pid, orphan.Marker);
        if (!outcome.AllGone)
            HostLog.OrphansLeft(log, OrphanPatience.TotalSeconds);
    }

    private static IHost Build(
        DaemonSettings settings,
        NodeServices node,
        RequestMapping mapping,
        RequestBodies bodies,
        OperationBoard board,
        string socket,
        LogPipeline output
    )
    {
        var stop = new StopTimes(settings.Node.DrainTimeout);
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings()
        );
        output.AddTo(builder.Services);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = stop.Host);
        builder.Services.AddAkka(
            "multus",
            (akka, _) => akka.AddDaemonSettings(settings.Hocon, stop, output.Factory).AddNode(node)
        );
        if (settings.Daemon.RuntimeConfigFile.Length > 0)
        {
            builder.Services.AddSingleton(services => RuntimeConfigurationOf(settings.Daemon, services, output));
            builder.Services.AddHostedService(services => services.GetRequiredService<RuntimeConfiguration>());
        }

        builder.Services.AddHostedService(services => new UnixSocketServer(
            ServerOptions(settings.Server, socket),
            Places(settings, output),
            new Endpoints(
                services.GetRequiredService<IRequiredActor<NodeRegistration.NodeKey>>(),
                () => services.GetRequiredService<ActorSystem>().WhenTerminated,
                mapping,
                node.Cluster,
                () => services.GetService<RuntimeConfiguration>()?.Faults ?? [],
                bodies,
                () => output.Losses,
                board,
                output.Factory.CreateLogger("Multus.Host.Server")
            ).HandleAsync,
            () => CoordinatedShutdown.Get(services.GetRequiredService<ActorSystem>()),
            stop,
            TimeProvider.System,
            output.Factory
        ));
        return builder.Build();
    }

    private static RuntimeConfiguration RuntimeConfigurationOf(
        DaemonConfiguration daemon,
        IServiceProvider services,
        LogPipeline output
    ) =>
        new(
            daemon.RuntimeConfigFile,
            daemon.RuntimeConfigDir,
            words =>
                services
                    .GetRequiredService<IRequiredActor<NodeRegistration.NodeKey>>()
                    .ActorRef.Tell(new EventsProtocol.OfNode(EventTexts.RuntimeConfigurationRestored, words)),
            TimeProvider.System,
            output.Factory.CreateLogger("Multus.Host")
        );

    private static ConnectionPlaces Places(DaemonSettings settings, LogPipeline output)
    {
        var (limit, slots) = (OpenFiles.Limit, settings.Node.Delegates.Slots);
        var count = OpenFiles.Connections(limit, slots);
        if (limit < OpenFiles.Needed(slots))
            HostLog.FewFiles(output.Factory.CreateLogger("Multus.Host.Server"), limit, count, OpenFiles.Needed(slots));
        return new ConnectionPlaces(count, ConnectionPlaces.Courtesy, TimeProvider.System);
    }

    private static KestrelServerOptions ServerOptions(ServerSettings settings, string socket)
    {
        var kestrel = new KestrelServerOptions { AddServerHeader = false };
        kestrel.Limits.MaxRequestBodySize = null; // bounded by RequestBodies
        // How long a body may take is bounded as a whole, by the endpoints.
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.RequestHeadersTimeout = settings.ReadTimeout;
        // Until the first byte: every answer closes its connection.
        kestrel.Limits.KeepAliveTimeout = settings.ReadTimeout;
        kestrel.ListenUnixSocket(socket);
        return kestrel;
    }

    private static async Task WaitForStopAsync(IHost app, CancellationToken failed)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var told = app
            .Services.GetRequiredService<IHostApplicationLifetime>()
            .ApplicationStopping.Register(() => stopped.TrySetResult());
        await using var failing = failed.Register(() => stopped.TrySetResult());
        await stopped.Task;
    }
}
