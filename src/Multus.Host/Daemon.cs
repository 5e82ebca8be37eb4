using Microsoft.AspNetCore.Server.Kestrel.Core;
using Multus.Actors.Node;
using Multus.Core.Configuration;
using Multus.Engine.Activity;
using Multus.Engine.History;
using Multus.Engine.Installation;
using Multus.Engine.Requests;
using Multus.Engine.State;
using Multus.Host.Clusters;
using Multus.Host.Limits;
using Multus.Host.Logging;
using Multus.Host.Metrics;
using Multus.Host.Page;
using Multus.Host.PendingDeletes;
using Multus.Host.Runtimes;
using Multus.Host.Server;
using Multus.Host.Telemetry;
using Multus.Kubernetes;
using Multus.Kubernetes.Api.Credentials;
using Multus.Kubernetes.Certificates;
using Multus.Kubernetes.Kubelet;
using Multus.Kubernetes.Runtimes;
using Multus.Linux.Files;
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
        using var fatal = new FatalFailure();
        await using var certificates = await StartCertificatesAsync(settings.Cluster, runner, time, logs);
        _ = SayCertificatesFailedAsync(certificates, fatal);
        var metrics = new NodeMetrics(time);
        using var telemetry = TelemetryOf(settings.Cluster, metrics, log);
        var cluster = ClusterOf(settings, runner, certificates, metrics, time, logs);
        using var closing = cluster as IDisposable; // after the actors, which end with the host below
        using var devices = NodeDevices.Of(settings.Daemon.KubeletDir, cluster, time, logs); // after the actors, too
        var overlay = ConfigurationOverlay.Parse(settings.Daemon.Json);
        var mapping = new RequestMapping(overlay, settings.Daemon.CniDir, log);
        await using var remembered = HistoryOf(settings.Daemon.CniDir, logs);
        var activity = ActivityOf(settings.Daemon.Ui, remembered, metrics, telemetry, time);
        var node = new NodeServices(
            FittedToMemory(settings.Node, log),
            cluster,
            ProcessesOf(settings.Daemon, runner),
            new LinkInspector(),
            new RouteTable(),
            new PendingDeleteFolder(settings.Daemon.CniDir, mapping, time),
            time,
            logs,
            fatal.Say
        )
        {
            CniDir = settings.Daemon.CniDir,
            Devices = devices.Source,
            StaleSandboxes = VanishedSandboxes.Of(settings, time),
            Phases = activity.Listeners,
            PluginRoot = settings.Daemon.ChrootDir,
        };

        using var handover = await PrepareAsync(settings, overlay.Settings.BinDir, time, log);
        var socket = WirePaths.Socket(settings.Daemon.SocketDir);
        using var bodies = new RequestBodies(settings.Server, time, logs.CreateLogger("Multus.Host.Server"));
        var host = new DaemonHost(settings, node, mapping, overlay, bodies, activity, handover, output);
        using var app = host.Build(socket);
        await app.StartAsync(CancellationToken.None);
        var idle = SayIdleAsync(handover, time, log);
        HostLog.Listening(
            log,
            CommandLine.VersionText,
            socket,
            cluster.Description,
            time.GetElapsedTime(startedAt).TotalMilliseconds
        );

        await WaitForStopAsync(app, fatal.Token);
        await StopAsync(app, fatal.Reason, log);
        if (idle.IsCompleted)
            await idle;
        return fatal.Reason is null ? ExitCode.Success : ExitCode.Failure;
    }

    private static MarkedProcesses ProcessesOf(DaemonConfiguration daemon, ProcessRunner runner) =>
        new(
            daemon.ChrootDir.Length > 0 ? new RootedProcesses(runner, daemon.ChrootDir) : runner,
            DelegationMarker.OfThisProcess(daemon.CniDir)
        );

    /// <returns>Null: no collector is named.</returns>
    private static OtlpTelemetry? TelemetryOf(ClusterSource cluster, NodeMetrics metrics, ILogger log) =>
        OtlpTelemetry.IsWanted(Environment.GetEnvironmentVariable)
            ? OtlpTelemetry.Start(metrics, (cluster as ClusterSource.ApiServer)?.NodeName ?? "", log)
            : null;

    private static NodeActivity ActivityOf(
        UiKeys? ui,
        HistoryWriter remembered,
        NodeMetrics metrics,
        OtlpTelemetry? telemetry,
        TimeProvider time
    )
    {
        var page = ui is null ? null : new PageActivity(new EndedOperations(remembered.Take), new LastHour(time));
        return new NodeActivity(
            new OperationTracker(time, page?.Hour),
            new OperationHistory(page is null ? remembered.Take : page.Ended.Take, time)
        )
        {
            Metrics = metrics,
            Spans = telemetry?.Spans,
            Page = page,
        };
    }

    private static HistoryWriter HistoryOf(string cniDir, ILoggerFactory logs) =>
        new(new HistoryFolder(cniDir, HistoryLimits.Usual), logs.CreateLogger<HistoryWriter>());

    // Told to stop meanwhile, it ends at once: nothing has begun yet.
    private static async Task<NodeCertificates?> StartCertificatesAsync(
        ClusterSource cluster,
        ProcessRunner runner,
        TimeProvider time,
        ILoggerFactory logs
    ) =>
        cluster is ClusterSource.ApiServer { Certificate: { } certificate }
            ? await NodeCertificates.StartAsync(
                certificate,
                new ExecPluginProcesses(runner),
                Environment.GetEnvironmentVariable,
                time,
                logs.CreateLogger<NodeCertificates>(),
                CancellationToken.None
            )
            : null;

    private static IClusterApi ClusterOf(
        DaemonSettings settings,
        ProcessRunner runner,
        NodeCertificates? certificates,
        NodeMetrics metrics,
        TimeProvider time,
        ILoggerFactory logs
    )
    {
        if (settings.Cluster is ClusterSource.ApiServer { NodeName: "" })
            HostLog.NodeUnknown(logs.CreateLogger("Multus.Host"));
        return ClusterFactory.Create(settings.Cluster, runner, certificates, metrics.Api.Answered, time, logs);
    }

    private static async Task SayCertificatesFailedAsync(NodeCertificates? certificates, FatalFailure fatal)
    {
        if (certificates is null)
            return;
        await certificates.Running.ContinueWith(
            ended =>
            {
                if (ended.Exception?.GetBaseException() is { } crash)
                    fatal.Say($"the node's certificate is not replaced any more: {crash}");
            },
            TaskScheduler.Default
        );
    }

    private static async Task<Handover> PrepareAsync(
        DaemonSettings settings,
        string binDir,
        TimeProvider time,
        ILogger log
    )
    {
        NoticeReinstallation(settings.Daemon, binDir, log);
        var handover = await SocketFolder.PrepareAsync(settings.Daemon.SocketDir, time, log);
        StateFolder.Close(settings.Daemon.CniDir, log);
        if (handover.IsOn)
            return handover; // the files that are half written, and the plugins that run, are that daemon's

        StateFolder.Sweep(settings.Daemon.CniDir, log);
        await EndOrphansAsync(settings, time, log);
        return handover;
    }

    private static void NoticeReinstallation(DaemonConfiguration daemon, string binDir, ILogger log)
    {
        try
        {
            var shim = RootedPath.Of(daemon.ChrootDir, Path.Combine(binDir, WirePaths.ShimType));
            if (new InstallMarkers(daemon.CniDir).ForgetIfReinstalled(shim, ProductVersion.Number))
                HostLog.Reinstalled(log, shim);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            HostLog.ReinstallationUnknown(log, e.Message);
        }
    }

    // Plugins run in the daemon's cgroup: what the kernel kills for memory there is all of it.
    private static NodeSettings FittedToMemory(NodeSettings settings, ILogger log)
    {
        if (CgroupMemory.Limit() is not { } limit)
            return settings;
        var fitted = settings.Delegates.FittedTo(limit);
        if (fitted.Slots < settings.Delegates.Slots)
            HostLog.SlotsFitted(log, fitted.Slots, settings.Delegates.Slots, limit >> 20);
        return settings with { Delegates = fitted };
    }

    private static async Task SayIdleAsync(Handover handover, TimeProvider time, ILogger log)
    {
        if (!handover.IsOn)
            return;
        var began = time.GetTimestamp();
        handover.Begin();
        await handover.WhenIdle;
        HostLog.PredecessorIdle(log, time.GetElapsedTime(began).TotalSeconds);
    }

    private static async Task StopAsync(IHost app, string? fatal, ILogger log)
    {
        if (fatal is not null)
            HostLog.Fatal(log, fatal);
        HostLog.Stopping(log);
        await app.StopAsync(CancellationToken.None);
        HostLog.Stopped(log);
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

    private static async Task WaitForStopAsync(IHost app, CancellationToken failed)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var told = app
            .Services.GetRequiredService<IHostApplicationLifetime>()
            .ApplicationStopping.Register(() => stopped.TrySetResult());
        await using var failing = failed.Register(() => stopped.TrySetResult());
        await stopped.Task;
    }

    /// <summary>A part of the daemon has failed for good: it has to be started anew.</summary>
    private sealed class FatalFailure : IDisposable
    {
        private readonly CancellationTokenSource _failed = new();

        public string? Reason { get; private set; }

        public CancellationToken Token => _failed.Token;

        public void Say(string reason)
        {
            Reason = reason;
            _failed.Cancel();
        }

        public void Dispose() => _failed.Dispose();
    }
}
