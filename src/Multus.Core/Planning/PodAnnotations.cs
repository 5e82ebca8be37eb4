using System.Collections.Immutable;
using Multus.Cni;
using Multus.Core.Configuration;
using Multus.Core.Networks;
using Multus.Core.Pods;

namespace Multus.Core.Planning;

/// <summary>
/// What a pod's annotations ask for, and whether the pod may (attach.md §6, §8). All of them go through
/// <see cref="Read"/>.
/// </summary>
internal static class PodAnnotations
{
    /// <summary>
    /// The pod's networks: beside the cluster network, or, in a dialect of which they are all, those of every pod when
    /// it names none.
    /// </summary>
    /// <exception cref="CniException">Code 7: malformed, or forbidden by namespace isolation.</exception>
    public static ImmutableArray<NetworkSelection> Networks(MultusConfiguration c, Pod pod)
    {
        var key = c.Dialect.NetworksAnnotation;
        var selections = Read(c, pod, key, home: pod.Key.Namespace, isDefaultNetwork: false);
        if (!c.Dialect.PodReplacesAll || !selections.IsEmpty)
            return selections;
        return string.IsNullOrWhiteSpace(pod.Annotations.GetValueOrDefault(key))
            ? c.DefaultDelegates
            : throw NamesNone(key, pod);
    }

    /// <summary>
    /// The network instead of the cluster network, <c>null</c> when the pod does not have the annotation.
    /// </summary>
    /// <exception cref="CniException">Code 7: malformed, not exactly one network, or forbidden by namespace
    /// isolation.</exception>
    public static NetworkSelection? DefaultNetwork(MultusConfiguration c, Pod pod)
    {
        if (c.Dialect.DefaultNetworkAnnotation is not { } key || !pod.Annotations.ContainsKey(key))
            return null;
        var selections = Read(c, pod, key, home: c.MultusNamespace, isDefaultNetwork: true);
        return selections.Length switch
        {
            1 => selections[0],
            0 => throw NamesNone(key, pod),
            _ => throw new CniException(
                CniErrorCode.InvalidNetworkConfig,
                $"more than one default network is specified: annotation {key} of pod {pod.Key} names "
                    + $"{selections.Length}",
                $"found: {string.Join(", ", selections.Select(selection => selection.Key))}; further networks "
                    + $"belong in {c.Dialect.NetworksAnnotation}"
            ),
        };
    }

    private static ImmutableArray<NetworkSelection> Read(
        MultusConfiguration c,
        Pod pod,
        string key,
        string home,
        bool isDefaultNetwork
    )
    {
        var selections = NetworkSelectionParser.Parse(
            pod.Annotations.GetValueOrDefault(key),
            home,
            $"annotation {key}",
            c.Dialect
        );
        foreach (var selection in selections)
            RequireReachable(c, pod.Key.Namespace, isDefaultNetwork, selection);

        // Only now: whatever namespace it names, a configuration on the node has none.
        return c.Dialect.NamesAreOnNode
            ? [.. selections.Select(selection => selection with { Namespace = "" })]
            : selections;
    }

    private static void RequireReachable(
        MultusConfiguration c,
        string podNamespace,
        bool isDefaultNetwork,
        NetworkSelection selection
    )
    {
        var target = selection.Namespace;
        var isOpen =
            !c.NamespaceIsolation
            || target == podNamespace
            || c.GlobalNamespaces.Contains(target)
            || (isDefaultNetwork && c.DefaultNetworkNamespaces.Contains(target));
        if (isOpen)
            return;

        var globals = $"the global namespaces ({string.Join(", ", c.GlobalNamespaces)})";
        var violation =
            $"namespace isolation enabled, annotation violates permission, pod is in namespace {podNamespace} but "
            + $"refers to target namespace {target}";
        throw isDefaultNetwork
            ? new CniException(
                CniErrorCode.InvalidNetworkConfig,
                $"{violation}, not in 'defaultNetworkNamespaces'", // at the end, where no error line is cut
                $"network {selection.Key} as default network; use one of the pod's own namespace, of {globals} or "
                    + $"of 'defaultNetworkNamespaces' ({string.Join(", ", c.DefaultNetworkNamespaces)})"
            )
            : new CniException(
                CniErrorCode.InvalidNetworkConfig,
                violation,
                $"network {selection.Key}; use one of the pod's own namespace or of {globals}"
            );
    }

    private static CniException NamesNone(string key, Pod pod) =>
        new(
            CniErrorCode.InvalidNetworkConfig,
            $"annotation {key} of pod {pod.Key} names no network, must name one",
            "name one, or remove the annotation; the pod then gets what every pod gets"
        );
}
