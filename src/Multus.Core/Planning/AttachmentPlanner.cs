using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Configurations;
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
    /// <summary>The networks that the pod asks for beside the cluster network, in its order; none for a pod that nobody knows.</summary>
    /// <exception cref="CniException">Code 7: the annotation is malformed, or namespace isolation forbids what it asks for.</exception>
    public static ImmutableArray<NetworkSelection> Selections(MultusConfiguration c, Pod? pod)
    {
        if (pod is null)
            return [];
        var annotation = pod.Annotations.GetValueOrDefault(NetworkSelectionParser.NetworksAnnotation);
        var selections = NetworkSelectionParser.Parse(annotation, pod.Key.Namespace);
        if (c.NamespaceIsolation)
        {
            foreach (var selection in selections)
                RequireReachable(c, pod.Key.Namespace, selection);
        }

        return selections;
    }

    /// <param name="clusterNetwork">What gives the master interface; <see cref="MultusConfiguration.Delegates"/>[0] when they are inline.</param>
    /// <param name="pod"><c>null</c> for a pod that nobody knows: it gets the networks that every pod gets.</param>
    /// <param name="networks">At least the NADs of the selections; one that is missing does not exist.</param>
    /// <exception cref="CniException">
    /// Code 7: an unknown NAD, an unusable configuration, an interface name asked for twice, or something that this release cannot do.
    /// Code 1: a configuration in a version that nobody speaks. Code 11: the pod object is another pod than the runtime's.
    /// </exception>
    public static AttachmentPlan Plan(
        PlanRequest request,
        NetworkConfiguration clusterNetwork,
        Pod? pod,
        ImmutableArray<NetworkSelection> selections,
        IReadOnlyDictionary<NetworkKey, NetworkAttachmentDefinition> networks)
    {
        PodRules.RequireSamePod(request.Pod, pod);
        ReleaseLimits.RequireSupported(request.Configuration, pod, selections);

        var builder = new PlanBuilder(request);
        builder.AddMaster(clusterNetwork);
        foreach (var inline in request.Configuration.Delegates.Skip(1))
            builder.AddDefault(inline);
        foreach (var selection in selections)
            builder.AddSelected(selection, NetworkResolver.Resolve(selection, networks));
        return builder.Build();
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
