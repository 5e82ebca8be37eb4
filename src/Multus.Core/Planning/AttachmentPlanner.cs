using Multus.Cni;
using Multus.Core.Configuration;
using Multus.Core.Devices;
using Multus.Core.Networks;
using Multus.Core.Pods;

namespace Multus.Core.Planning;

/// <summary>
/// Decides what a sandbox gets, from the request, the pod and the networks it names (attach.md §3, §7, §8). Pure: the
/// same input gives the same plan, and whatever can be found wrong is found here, before a plugin runs.
/// </summary>
public static class AttachmentPlanner
{
    /// <summary>
    /// What the pod is to get, by name; only the cluster network for a pod that nobody knows (<c>null</c>).
    /// </summary>
    /// <exception cref="CniException">Code 7: an annotation is malformed, or namespace isolation forbids what it asks
    /// for.</exception>
    public static NetworkLookup Demand(MultusConfiguration c, Pod? pod) =>
        pod is null
            ? NetworkLookup.OfNode(c)
            : NetworkLookup.OfPod(
                c,
                pod.Key.Namespace,
                PodAnnotations.Networks(c, pod),
                PodAnnotations.DefaultNetwork(c, pod)
            );

    /// <param name="pod"><c>null</c> for a pod that nobody knows.</param>
    /// <param name="demand">Of the same pod and configuration.</param>
    /// <param name="known">All that could be found of the demand.</param>
    /// <exception cref="CniException">
    /// Code 7: an unknown network, an unusable configuration, an interface name asked for twice, or something that this
    /// release cannot do. Code 1: a configuration in a version that nobody speaks. Code 11: the pod object is another
    /// pod than the runtime's.
    /// </exception>
    public static AttachmentPlan Plan(PlanRequest request, Pod? pod, NetworkLookup demand, ResolvedNetworks known)
    {
        PodRules.RequireSamePod(request.Pod, pod);

        // As upstream has it, also a pod that replaces the cluster network needs one that is there.
        var (own, others) = demand.RolesFor(request.IfName.Value, request.Configuration.Dialect);
        var clusterNetwork =
            request.Configuration.Dialect.PodReplacesAll && own is not null
                ? null
                : ClusterNetwork(request.Configuration, demand, known);
        var devices = known.Devices is { } all
            ? new DevicePool(all, demand.AllSelections.Select(selection => selection.DeviceId).OfType<string>())
            : DevicePool.None;
        var builder = new PlanBuilder(
            request,
            present: [],
            askedFor: others.Select(selection => selection.InterfaceRequest),
            devices
        );
        builder.AddMaster(own is not null ? NetworkResolver.Resolve(own, known) : clusterNetwork!, own);
        for (var inline = 1; inline < request.Configuration.Delegates.Length; inline++)
            builder.AddOther(Inline(request.Configuration, inline), null);
        foreach (var configured in demand.Configured.Skip(1))
            builder.AddOther(NetworkResolver.Resolve(configured, demand, known), null);
        foreach (var selection in others)
            builder.AddOther(NetworkResolver.Resolve(selection, known), selection);
        if (known.AuxiliaryChain is { } chain)
            builder.AddAuxiliary(chain);
        return builder.Build();
    }

    /// <summary>The network of every pod's first interface, unless the pod names another.</summary>
    /// <exception cref="CniException">Code 7: there is none of its name, or it cannot be used.</exception>
    public static ResolvedNetwork ClusterNetwork(MultusConfiguration c, NetworkLookup demand, ResolvedNetworks known)
    {
        if (!demand.Configured.IsEmpty)
            return NetworkResolver.Resolve(demand.Configured[0], demand, known);
        if (!c.Delegates.IsEmpty)
            return Inline(c, 0);
        return NetworkResolver.Resolve(c.DefaultDelegates.FirstOrDefault() ?? throw NoNetwork(c.Dialect), known);
    }

    private static ResolvedNetwork Inline(MultusConfiguration c, int index) =>
        ResolvedNetwork.Own(c.Delegates[index], $"delegates[{index}] of the configuration");

    private static CniException NoNetwork(Dialect dialect) =>
        new(
            CniErrorCode.InvalidNetworkConfig,
            "there is no network for the pod's first interface",
            $"name one in the pod's annotation {dialect.NetworksAnnotation}, or set 'defaultDelegates' for the "
                + "pods that name none"
        );
}
