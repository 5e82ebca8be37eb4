using Microsoft.AspNetCore.Server.Kestrel.Core;
using Multus.Actors.Node;
using Multus.Host.Clusters;
using Multus.Host.Configuration;
using Multus.Host.Devices;
using Multus.Host.PendingDeletes;
using Multus.Host.Requests;
using Multus.Host.Server;
using Multus.Linux.Netlink;
using Multus.Linux.Processes;
using Multus.Wire;

namespace Multus.Host;

/// <summary>Builds the daemon's parts, runs them until the process is told to stop, and says how it ended.</summary>
internal static class Daemon
{
    // What the host may take beyond the drain: closing the server and the actor system.
    private static readonly TimeSpan ShutdownMargin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan OrphanPatience = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(DaemonSettings settings, ILoggerFactory logs)
    {
        var time = TimeProvider.System;
        var startedAt = time.GetTimestamp();
        var log = logs.CreateLogger("Multus.Host");
        using var runner = new ProcessRunner(time);
        var processes = new MarkedProcesses(runner, DelegationMarker.OfThisProcess(settings.Daemon.CniDir));
        var cluster = ClusterFactory.Create(settings.Cluster, runner, time, logs);
        using var closing = cluster as IDisposable; // after the actors, which end with the host below
        if (settings.Cluster is ClusterSource.ApiServer { NodeName: "" })
            HostLog.NodeUnknown(log);
        using var devices = NodeDevices.Of(settings.Daemon.KubeletDir, cluster, time, logs); // after the actors, too
        var mapping = new CniRequestMapping(settings.Daemon, log);

        string? fatal = null;
        using var failed = new CancellationTokenSource();
        var node = new NodeServices(
            settings.Node, cluster, processes, new LinkInspector(), new RouteTable(), new PendingDeleteFolder(settings.Daemon.CniDir, mapping, time), time, logs,
            reason =>
            {
                fatal = reason;
                failed.Cancel();
            })
        {
            CniDir = settings.Daemon.CniDir,
            Devices = devices.Source,
        };

        SocketFolder.Prepare(settings.Daemon.SocketDir);
        StateFolder.Sweep(settings.Daemon.CniDir, log);
        await EndOrphansAsync(settings, time, log).ConfigureAwait(false);
        var socket = WirePaths.Socket(settings.Daemon.SocketDir);
        using var app = Build(settings, node, mapping, socket, logs);
        await app.StartAsync().ConfigureAwait(false);
        SocketFolder.Protect(socket);
        HostLog.Listening(log, CommandLine.VersionText, socket, cluster.Description, time.GetElapsedTime(startedAt).TotalMilliseconds);

        await WaitForStopAsync(app, failed.Token).ConfigureAwait(false);
        if (fatal is not null)
            HostLog.Fatal(log, fatal);
        HostLog.Stopping(log);
        await app.StopAsync().ConfigureAwait(false);
        HostLog.Stopped(log);
        return fatal is null ? ExitCode.Success : ExitCode.Failure;
    }

    // Before anybody can ask for anything: what an orphan makes after its sandbox was undone would be nobody's.
    private static async Task EndOrphansAsync(DaemonSettings settings, TimeProvider time, ILogger log)
    {
        var outcome = await OrphanedDelegates.EndAsync(settings.Daemon.CniDir, settings.Node.Delegates.OrphanGrace, OrphanPatience, time).ConfigureAwait(false);
        foreach (var orphan in outcome.Killed)
            HostLog.OrphanKilled(log, orphan.Pid, orphan.Marker);
        if (!outcome.AllGone)
            HostLog.OrphansLeft(log, OrphanPatience.TotalSeconds);
    }

    private static IHost Build(DaemonSettings settings, NodeServices node, CniRequestMapping mapping, string socket, ILoggerFactory logs)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton(logs);
        builder.Services.Configure<HostOptions>(options =>
        {
            options.ShutdownTimeout = settings.Node.DrainTimeout + ShutdownMargin;
            options.ServicesStopConcurrently = true; // the server waits for its requests to end, and the actors know how long that may take
        });
        builder.Services.AddAkka("multus", (akka, _) => akka
            .AddHocon(settings.Hocon, HoconAddMode.Prepend)
            .ConfigureLoggers(loggers => loggers.AddLoggerFactory(logs))
            .AddNode(node));
        builder.Services.AddHostedService(services => new UnixSocketServer(
            ServerOptions(settings, socket),
            new Endpoints(
                services.GetRequiredService<IRequiredActor<NodeRegistration.NodeKey>>(),
                () => services.GetRequiredService<ActorSystem>().WhenTerminated,
                mapping,
                node.Cluster,
                logs.CreateLogger("Multus.Host.Server")).HandleAsync,
            logs));
        return builder.Build();
    }

    private static KestrelServerOptions ServerOptions(DaemonSettings settings, string socket)
    {
        var kestrel = new KestrelServerOptions { AddServerHeader = false };
        kestrel.Limits.MaxRequestBodySize = settings.MaxRequestBody;
        kestrel.Limits.MinRequestBodyDataRate = null; // a loaded node is slow, not hostile: only root reaches the socket
        kestrel.ListenUnixSocket(socket);
        return kestrel;
    }

    private static async Task WaitForStopAsync(IHost app, CancellationToken failed)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var told = app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => stopped.TrySetResult());
        await using var failing = failed.Register(() => stopped.TrySetResult());
        await stopped.Task.ConfigureAwait(false);
    }
}
