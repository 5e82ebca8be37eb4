using System.Collections.Immutable;
using Multus.Cni;
using Multus.Core.Configuration;
using Multus.Core.Networks;
using Multus.Core.Pods;

namespace Multus.Core.Planning;

/// <summary>
/// Decides what a sandbox gets, from the request, the pod and the networks it names (attach.md §3, §7, §8). Pure: the same input gives
/// the same plan, and whatever can be found wrong is found here, before a plugin runs.
/// </summary>
public static class AttachmentPlanner
{
    /// <summary>What the pod is to get, by name; only the cluster network for a pod that nobody knows (<c>null</c>).</summary>
    /// <exception cref="CniException">Code 7: the annotation is malformed, or namespace isolation forbids what it asks for.</exception>
    public static NetworkDemand Demand(MultusConfiguration c, Pod? pod) =>
        pod is null ? NetworkDemand.OfNode(c) : NetworkDemand.OfPod(c, pod.Key.Namespace, SelectionsOf(c, pod));

    /// <param name="pod"><c>null</c> for a pod that nobody knows.</param>
    /// <param name="demand">Of the same pod and configuration.</param>
    /// <param name="known">All that could be found of the demand.</param>
    /// <exception cref="CniException">
    /// Code 7: an unknown network, an unusable configuration, an interface name asked for twice, or something that this release cannot do.
    /// Code 1: a configuration in a version that nobody speaks. Code 11: the pod object is another pod than the runtime's.
    /// </exception>
    public static AttachmentPlan Plan(PlanRequest request, Pod? pod, NetworkDemand demand, KnownNetworks known)
    {
        PodRules.RequireSamePod(request.Pod, pod);
        ReleaseLimits.RequireSupported(request.Configuration, pod, demand.Selections);

        var builder = new PlanBuilder(request);
        builder.AddMaster(ClusterNetwork(request.Configuration, demand, known));
        foreach (var inline in request.Configuration.Delegates.Skip(1))
            builder.AddOther(ResolvedNetwork.Own(inline), null);
        foreach (var configured in demand.Configured.Skip(1))
            builder.AddOther(NetworkResolver.Resolve(configured, demand, known), null);
        foreach (var selection in demand.Selections)
            builder.AddOther(NetworkResolver.Resolve(selection, known), selection);
        return builder.Build();
    }

    /// <summary>The network of every pod's first interface.</summary>
    /// <exception cref="CniException">Code 7: there is none of its name, or it cannot be used.</exception>
    public static ResolvedNetwork ClusterNetwork(MultusConfiguration c, NetworkDemand demand, KnownNetworks known) =>
        demand.Configured.IsEmpty ? ResolvedNetwork.Own(c.Delegates[0]) : NetworkResolver.Resolve(demand.Configured[0], demand, known);

    private static ImmutableArray<NetworkSelection> SelectionsOf(MultusConfiguration c, Pod pod)
    {
        var annotation = pod.Annotations.GetValueOrDefault(NetworkSelectionParser.NetworksAnnotation);
        var selections = NetworkSelectionParser.Parse(annotation, pod.Key.Namespace);
        if (c.NamespaceIsolation)
        {
            foreach (var selection in selections)
                RequireReachable(c, pod.Key.Namespace, selection);
        }

        return selections;
    }

    private static void RequireReachable(MultusConfiguration c, string podNamespace, NetworkSelection selection)
    {
        if (selection.Namespace == podNamespace || c.GlobalNamespaces.Contains(selection.Namespace))
            return;
        throw new CniException(CniErrorCode.InvalidNetworkConfig,
            $"namespace isolation enabled, annotation violates permission, pod is in namespace {podNamespace} but refers to target namespace {selection.Namespace}",
            $"network {selection.Key}; use one of the pod's own namespace or of the global namespaces ({string.Join(", ", c.GlobalNamespaces)})");
    }
}
