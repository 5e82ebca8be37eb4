using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Core.Networks;
using Multus.Ctl.Nodes;
using Multus.Engine.Attach;
using Multus.Engine.Networks;
using Multus.Engine.State;

namespace Multus.Ctl.Audits;

/// <summary>
/// The networks of host-local that Multus has to do with: those ever attached here, the cluster network's, and those of
/// the cluster's definitions. Others have addresses there too, podman for one, and those are none of Multus' business.
/// </summary>
internal static class HostLocalFolders
{
    /// <summary>dataDir as plugins see it, and the network's name.</summary>
    internal sealed record Place(string Folder, string Network);

    /// <param name="found">The sandboxes on disk.</param>
    /// <param name="definitions">Those of the cluster, as far as they are known.</param>
    public static ImmutableArray<Place> Of(
        NodeConfiguration node,
        SandboxFiles files,
        IEnumerable<FoundSandbox> found,
        IEnumerable<NetworkAttachmentDefinition> definitions
    )
    {
        var places = new HashSet<Place>();
        foreach (var network in files.Networks.List(NullLogger.Instance))
            Add(network.Configuration, places);
        foreach (var sandbox in found)
        {
            foreach (var network in sandbox.Networks)
                Add(network.Configuration, places);
        }

        foreach (var inline in node.Settings.Delegates)
            Add(inline, places);
        if (node.Settings.ClusterNetwork.StartsWith('/') && File.Exists(node.Settings.ClusterNetwork))
            Add(ConfigurationReader.ReadFile(node.Settings.ClusterNetwork).Network, places);
        foreach (var definition in definitions)
        {
            if (TryParse(definition) is { } network)
                Add(network, places);
        }

        return [.. places.OrderBy(place => place.Network, StringComparer.Ordinal)];
    }

    private static NetworkConfiguration? TryParse(NetworkAttachmentDefinition definition)
    {
        try
        {
            return definition.HasNoConfig
                ? null
                : NetworkConfiguration
                    .Parse(Encoding.UTF8.GetBytes(definition.Config))
                    .WithDefaultName(definition.Key.Name);
        }
        catch (CniException)
        {
            return null; // it has never been attached; check-config says what is wrong with it
        }
    }

    private static void Add(NetworkConfiguration? network, HashSet<Place> places)
    {
        foreach (var plugin in network?.Plugins ?? [])
        {
            if (
                plugin.IpamType != IpamRanges.HostLocal
                || CniJson.Find(CniJson.Parse(plugin.Bytes), "ipam") is not { ValueKind: JsonValueKind.Object } ipam
            )
                continue;
            var folder = CniJson.Find(ipam, "dataDir") is { ValueKind: JsonValueKind.String } named
                ? named.GetString()!
                : "";
            places.Add(new Place(folder.Length > 0 ? folder : HostLocalStore.DefaultFolder, network!.Name));
        }
    }
}
