using System.Collections.Immutable;
using Multus.Core.Configuration;
using Multus.Core.Networks;
using Multus.Core.Pods;

namespace Multus.Core.Planning;

/// <summary>
/// The networks that a pod is to get, by name, and so what has to be looked up before it can be planned.
/// </summary>
/// <param name="Configured">Those that the Multus configuration names, the cluster network first; empty when its
/// delegates are inline.</param>
/// <param name="Selections">Those that the pod asks for beside them, in its order.</param>
/// <param name="DefaultNetwork">What the pod asks for instead of the cluster network, <c>null</c> when it does
/// not.</param>
/// <param name="MultusNamespace">Where the configured ones are looked for.</param>
public sealed record NetworkLookup(
    ImmutableArray<ConfiguredNetwork> Configured,
    ImmutableArray<NetworkSelection> Selections,
    NetworkSelection? DefaultNetwork,
    string MultusNamespace
)
{
    /// <summary>All that the pod asks for itself.</summary>
    public ImmutableArray<NetworkSelection> AllSelections =>
        DefaultNetwork is { } own ? [own, .. Selections] : Selections;

    /// <summary>The NADs to look up, each once.</summary>
    public ImmutableArray<NetworkKey> Definitions =>
        [
            .. Configured
                .Select(KeyOf)
                .OfType<NetworkKey>()
                .Concat(AllSelections.Where(selection => !selection.IsOnNode).Select(selection => selection.Key))
                .Distinct(),
        ];

    /// <summary>The files and folders to read.</summary>
    public IEnumerable<ConfiguredNetwork> Paths => Configured.Where(network => network.IsPath);

    /// <summary>
    /// What a pod gets that nobody knows: the cluster network alone, or the default delegates where there is none.
    /// STATUS asks about the first.
    /// </summary>
    public static NetworkLookup OfNode(MultusConfiguration c) =>
        new(
            c.ClusterNetwork.Length == 0 ? [] : [new ConfiguredNetwork("clusterNetwork", c.ClusterNetwork)],
            c.DefaultDelegates,
            null,
            c.MultusNamespace
        );

    /// <param name="podNamespace">One of the system namespaces has no default networks.</param>
    public static NetworkLookup OfPod(
        MultusConfiguration c,
        string podNamespace,
        ImmutableArray<NetworkSelection> selections,
        NetworkSelection? defaultNetwork
    )
    {
        var node = OfNode(c);
        var defaults = c.SystemNamespaces.Contains(podNamespace) ? [] : c.DefaultNetworks;
        return node with
        {
            Configured =
            [
                .. node.Configured,
                .. defaults.Select(value => new ConfiguredNetwork("defaultNetworks", value)),
            ],
            Selections = selections,
            DefaultNetwork = defaultNetwork,
        };
    }

    /// <summary>
    /// Which selection has the cluster network's role, <c>null</c> when that is the cluster network itself, and which
    /// come beside it.
    /// </summary>
    /// <param name="ifName">The runtime's name for the first interface.</param>
    /// <remarks>
    /// Where a pod's networks replace all others one of them must be the runtime's interface, or no runtime would take
    /// the pod: the one that asks for its name, else the first that asks for none, else the first. All the others stay
    /// in their order.
    /// </remarks>
    internal (NetworkSelection? Master, ImmutableArray<NetworkSelection> Others) RolesFor(
        string ifName,
        Dialect dialect
    )
    {
        if (!dialect.PodReplacesAll || Selections.IsEmpty)
            return (DefaultNetwork, Selections);
        var master =
            Selections.FirstOrDefault(selection => selection.InterfaceRequest == ifName)
            ?? Selections.FirstOrDefault(selection => selection.InterfaceRequest is null)
            ?? Selections[0];
        return (master, [.. Selections.Where(selection => !ReferenceEquals(selection, master))]);
    }

    /// <summary>
    /// True when one of the networks can only be in confDir: a selected or configured name that is no NAD, or a NAD
    /// without a configuration.
    /// </summary>
    public bool NeedsConfDir(IReadOnlyDictionary<NetworkKey, NetworkAttachmentDefinition> found) =>
        AllSelections.Any(selection => selection.IsOnNode)
        || Configured.Any(network => !network.IsPath && (KeyOf(network) is not { } key || !found.ContainsKey(key)))
        || Definitions.Any(key => found.TryGetValue(key, out var definition) && definition.HasNoConfig);

    /// <summary>True when one of the networks that the pod gets takes a device of a resource.</summary>
    public bool NeedsDevices(IReadOnlyDictionary<NetworkKey, NetworkAttachmentDefinition> found)
    {
        // The pod's own one is instead of the cluster network.
        var configured = DefaultNetwork is null ? Configured : Configured.Skip(1);
        return configured
            .Select(KeyOf)
            .OfType<NetworkKey>()
            .Concat(AllSelections.Where(selection => !selection.IsOnNode).Select(selection => selection.Key))
            .Any(key => found.TryGetValue(key, out var definition) && definition.ResourceName is not null);
    }

    /// <summary>
    /// The NAD that the network may be, <c>null</c> when its value is a path or can be no object's name.
    /// </summary>
    internal NetworkKey? KeyOf(ConfiguredNetwork network) =>
        KubernetesNames.IsSubdomain(network.Value) ? new NetworkKey(MultusNamespace, network.Value) : null;
}
