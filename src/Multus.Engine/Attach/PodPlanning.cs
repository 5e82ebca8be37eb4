using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Core.Planning;
using Multus.Core.Pods;
using Multus.Engine.Ports;
using Multus.Engine.Requests;
using Multus.Linux.Namespaces;
using Multus.Linux.Plugins;

namespace Multus.Engine.Attach;

/// <summary>What a pod gets, found out before a delegate has run or an address was used.</summary>
internal sealed class PodPlanning(EnginePorts ports, SandboxRequest request)
{
    /// <summary>Asks for the pod and its networks, and plans.</summary>
    /// <returns>The plan, and the pod if there is one of that name.</returns>
    /// <exception cref="CniException">A network cannot be found or used; the cluster cannot be asked.</exception>
    public async Task<(AttachmentPlan Plan, Pod? Pod)> PlanAsync(CancellationToken cancel)
    {
        var pod = request.Pod.IsPod ? await ports.Pods.FindAsync(request.Pod, cancel).ConfigureAwait(false) : null;
        if (request.Pod.IsPod && pod is null)
        {
            SandboxLog.PodUnknown(
                ports.Log,
                request.Pod.Namespace,
                request.Pod.Name,
                request.Sandbox.Value,
                ports.Pods.Source
            );
        }

        var lookup = AttachmentPlanner.Demand(request.Configuration, pod);
        var resolved = await NetworkSource
            .GatherAsync(lookup, request.Configuration, Identified(request.Pod, pod), ports, cancel)
            .ConfigureAwait(false);
        var wanted = new PlanRequest(
            request.Sandbox,
            RequireNetNs(request),
            request.IfName,
            request.Pod,
            request.Configuration,
            request.PluginPath
        )
        {
            ClusterArgs = request.ClusterArgs,
        };
        return (AttachmentPlanner.Plan(wanted, pod, lookup, resolved), pod);
    }

    /// <summary>Whatever can be known to fail fails here.</summary>
    /// <returns>The plan with what it needs to be told from another ADD's.</returns>
    /// <exception cref="CniException">A plugin is missing, a configuration is wrong, an interface name is taken, the
    /// namespace cannot be used.</exception>
    public async Task<AttachmentPlan> CheckAsync(AttachmentPlan plan, CancellationToken cancel)
    {
        foreach (var attachment in plan.Attachments)
            RequireRunnable(attachment, ports.PluginRoot);
        var netNs = await ports
            .NetNs.RequireFreeAsync(
                plan.NetNs,
                [.. plan.Attachments.Select(a => a.Parameters.IfName)],
                request.MayBeOwnNamespace,
                cancel
            )
            .ConfigureAwait(false);
        return plan with
        {
            NetNsIdentity = netNs.Identity,
            NetNsInode = netNs.Inode,
            Boot = Boot.Id,
            RuntimeIfName = request.IfName.Value,
        };
    }

    /// <exception cref="CniException">Code 4: there is none.</exception>
    public static string RequireNetNs(SandboxRequest request) =>
        request.NetNs
        ?? throw new CniException(
            CniErrorCode.InvalidEnvironment,
            "ADD needs CNI_NETNS, the pod's network namespace; it is missing"
        );

    /// <summary>The configuration's rules hold, and all plugins of the chain are there.</summary>
    /// <exception cref="CniException">They do not, or one is not.</exception>
    /// <param name="attachment">What is to be attached.</param>
    /// <param name="pluginRoot">See <see cref="EnginePorts.PluginRoot"/>.</param>
    public static void RequireRunnable(PlannedAttachment attachment, string pluginRoot)
    {
        try
        {
            AttachmentRules.Check(attachment.Configuration, attachment.Parameters);
            foreach (var type in RequiredPlugins.Of(attachment.Configuration))
                PluginFinder.Find(type, attachment.Parameters.PluginPath, pluginRoot);
        }
        catch (CniException e)
        {
            throw RequestErrors.About(attachment.DisplayName, attachment.Parameters.IfName, "ADD", e);
        }
    }

    // A runtime that does not say the UID leaves it to the pod object.
    private static PodIdentity Identified(PodIdentity named, Pod? pod) =>
        named.Uid.Length > 0 || pod is null ? named : named with { Uid = pod.RuntimeUid ?? "" };
}
