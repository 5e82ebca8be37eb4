using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Cni;
using Multus.Core.Configuration;
using Multus.Core.Planning;
using Multus.Core.Pods;
using Multus.Ctl.Nodes;
using Multus.Engine.Attach;
using Multus.Engine.Kernel;
using Multus.Engine.Plugins;
using Multus.Engine.Ports;
using Multus.Engine.Requests;
using Multus.Engine.State;
using Multus.Linux.Netlink;
using Multus.Linux.Processes;

namespace Multus.Ctl.Plans;

/// <summary>Plans as an ADD plans, and stops there: nothing is run, and nothing is written.</summary>
internal sealed class Planner(NodeConfiguration node, PlannedCluster cluster, bool knowsDevices) : IDisposable
{
    private const string RequestId = "plan";

    // Stands for what the runtime says: a plan is of no sandbox.
    private const string NetNs = "/run/netns/of-the-pod";
    private static readonly SandboxId Sandbox = SandboxId.Parse(RequestId);
    private static readonly InterfaceName IfName = InterfaceName.Parse("eth0");

    private readonly ProcessRunner _processes = new(TimeProvider.System);

    public async Task<PodPlan> PlanAsync(Pod pod, CancellationToken cancel)
    {
        try
        {
            var settings = MultusConfiguration.Parse(node.Request, node.Daemon.Json);
            var request = new SandboxRequest(
                RequestId,
                Sandbox,
                NetNs,
                IfName,
                new PodIdentity(pod.Key.Namespace, pod.Key.Name, Sandbox.Value, pod.RuntimeUid ?? ""),
                settings,
                node.PluginPath
            );
            var (plan, _) = await new PodPlanning(PortsOf(settings), request).PlanAsync(cancel);
            return new PodPlan(
                pod.Key.ToString(),
                plan.Attachments,
                WaveReasons.Of(plan.Attachments, settings.AttachMode),
                NotRunnable(plan.Attachments)
            );
        }
        catch (CniException e)
        {
            return new PodPlan(pod.Key.ToString(), [], [], [e.Error.Text]);
        }
    }

    public void Dispose() => _processes.Dispose();

    // The ADD stops at the first; who plans wants to know them all.
    private ImmutableArray<string> NotRunnable(ImmutableArray<PlannedAttachment> attachments)
    {
        var faults = ImmutableArray.CreateBuilder<string>();
        foreach (var attachment in attachments)
        {
            try
            {
                PodPlanning.RequireRunnable(attachment, node.Root);
            }
            catch (CniException e)
            {
                faults.Add(e.Error.Text);
            }
        }

        return faults.ToImmutable();
    }

    private EnginePorts PortsOf(MultusConfiguration settings)
    {
        var mapping = new RequestMapping(
            ConfigurationOverlay.Parse(node.Daemon.Json),
            settings.CniDir,
            NullLogger.Instance
        );
        return new EnginePorts
        {
            Pods = cluster,
            Networks = cluster,
            Devices = knowsDevices ? cluster : null,
            NetNs = new KernelNetNs(new LinkInspector(), new RouteTable()),
            PluginRoot = node.Root,
            Plugins = new PluginProcesses(_processes, PluginLimits.Usual, NullLogger.Instance, node.Root),
            Statuses = new Nobody(),
            PendingDeletes = new PendingDeleteFolder(settings.CniDir, mapping, TimeProvider.System),
            Time = TimeProvider.System,
            Log = NullLogger.Instance,
        };
    }

    /// <summary>A plan has no status.</summary>
    private sealed class Nobody : IStatusPublisher
    {
        public bool FollowsHotPlug => false;

        public IStatusClearing? Clearing => null;

        public Task<StatusOutcome> PublishAsync(StatusUpdate update) =>
            Task.FromException<StatusOutcome>(new InvalidOperationException("a plan publishes nothing"));

        public void Withdraw(SandboxId sandbox, PodKey pod) { } // nothing was published
    }
}
