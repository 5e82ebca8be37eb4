using System.Collections.Immutable;
using Multus.Cni;
using Multus.Core.Configuration;
using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.Engine;
using Multus.Engine.Detach;
using Multus.Engine.Kernel;
using Multus.Engine.Plugins;
using Multus.Engine.Ports;
using Multus.Engine.Requests;
using Multus.Engine.State;
using Multus.Linux.Netlink;
using Multus.Linux.Processes;

namespace Multus.Host.PendingDeletes;

/// <summary>
/// Carries out the stored DELs of a node whose daemon does not run, for who removes Multus from it. Records say all
/// that a DEL needs: no cluster is asked.
/// </summary>
internal static class OfflineDeletes
{
    private static readonly TimeSpan OrphanGrace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan OrphanPatience = TimeSpan.FromSeconds(5);

    /// <param name="cniDir">Has the records and the stored DELs.</param>
    /// <param name="root">In which plugins run; empty: this process's own.</param>
    /// <param name="configuration">The daemon's; may be empty.</param>
    /// <param name="log">Says what became of each.</param>
    /// <param name="stop">Gives it up; what is not done stays stored.</param>
    /// <exception cref="CniException">The configuration cannot be read.</exception>
    public static async Task RunAsync(
        string cniDir,
        string root,
        ReadOnlyMemory<byte> configuration,
        ILogger log,
        CancellationToken stop
    )
    {
        var time = TimeProvider.System;
        // A plugin that a killed daemon has left would make again what is taken away here.
        await OrphanedDelegates.EndAsync(cniDir, OrphanGrace, OrphanPatience, time);
        using var runner = new ProcessRunner(time);
        var processes = new MarkedProcesses(
            root.Length > 0 ? new RootedProcesses(runner, root) : runner,
            DelegationMarker.OfThisProcess(cniDir)
        );
        var mapping = new RequestMapping(ConfigurationOverlay.Parse(configuration), cniDir, log);
        var nobody = new NoCluster();
        using var engine = new SandboxEngine(
            new EnginePorts
            {
                Pods = nobody,
                Networks = nobody,
                Statuses = nobody,
                NetNs = new KernelNetNs(new LinkInspector(), new RouteTable()),
                PluginRoot = root,
                Plugins = new PluginProcesses(processes, PluginLimits.Usual, log, root),
                PendingDeletes = new PendingDeleteFolder(cniDir, mapping, time),
                SweepsAtDelete = true,
                Time = time,
                Log = log,
            },
            EngineLimits.Usual
        );
        await new StoredDeletes(engine).RunAsync(stop);
    }

    /// <summary>There is no cluster to be asked or told.</summary>
    private sealed class NoCluster : IPods, INetworks, IStatusPublisher
    {
        public string Source => "no cluster";

        public bool FollowsHotPlug => false;

        public IStatusClearing? Clearing => null;

        public Task<Pod?> FindAsync(PodIdentity pod, CancellationToken cancel) => Task.FromException<Pod?>(Unasked());

        public Task<ImmutableDictionary<NetworkKey, NetworkAttachmentDefinition>> FindAsync(
            ImmutableArray<NetworkKey> keys,
            bool fromMemory,
            CancellationToken cancel
        ) => Task.FromException<ImmutableDictionary<NetworkKey, NetworkAttachmentDefinition>>(Unasked());

        public Task<StatusOutcome> PublishAsync(StatusUpdate update) => Task.FromException<StatusOutcome>(Unasked());

        public void Withdraw(SandboxId sandbox, PodKey pod) { } // it goes with its pod

        private static CniException Unasked() =>
            new(CniErrorCode.TryAgainLater, "the cluster is not asked while Multus is being removed");
    }
}
