using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Core.Configuration;
using Multus.Core.Json;
using Multus.Core.Networks;

namespace Multus.Core.Planning;

/// <summary>
/// The chain of plugins that runs last for every pod (attach.md §11): a neutral head and every <c>.conf</c> file of a
/// folder beside the cluster network's file, which is in <c>clusterNetwork</c> when that is a folder itself. Unlike
/// upstream, what cannot be loaded is an error (docs/decisions/0011-auxiliary-chain.md).
/// </summary>
/// <param name="Name">The key auxiliaryCNIChainName; the network's name.</param>
/// <param name="Folder">Where its plugins are; without any there is no chain.</param>
/// <param name="Version">What its plugins are spoken to in.</param>
public sealed record AuxiliaryChain(string Name, string Folder, CniVersion Version)
{
    private const string Key = "auxiliaryCNIChainName";

    /// <summary>The chain of this configuration, <c>null</c> when it has none.</summary>
    /// <param name="isFolder">Whether a path is that of a folder.</param>
    /// <exception cref="CniException">Code 7: it has a name that can be no folder's, or a cluster network that is not
    /// in a folder.</exception>
    public static AuxiliaryChain? Of(MultusConfiguration c, Func<string, bool> isFolder)
    {
        ArgumentNullException.ThrowIfNull(c);
        ArgumentNullException.ThrowIfNull(isFolder);
        if (c.AuxiliaryChainName.Length == 0)
            return null;
        if (!NetworkName.TryParse(c.AuxiliaryChainName, out var name))
            throw Invalid(
                $"{Key} is \"{JsonText.Excerpt(c.AuxiliaryChainName)}\", must be letters, digits, '-', '_' and "
                    + "'.': it names a folder and a network"
            );
        if (!c.ClusterNetwork.Contains('/', StringComparison.Ordinal))
            throw Invalid(
                $"{Key} {name} needs a clusterNetwork that is a path, for its plugins are in the folder {name} "
                    + $"beside that file; found \"{c.ClusterNetwork}\""
            );
        var place = isFolder(c.ClusterNetwork) ? c.ClusterNetwork : Path.GetDirectoryName(c.ClusterNetwork) ?? "";
        return new AuxiliaryChain(
            name.Value,
            Path.Combine(place, name.Value),
            c.Version < CniVersion.V030 ? CniVersion.V100 : c.Version
        );
    }

    /// <summary>
    /// Whether it is the configuration of such a chain; known by its head, also when it is read from a record.
    /// </summary>
    public static bool IsOne(NetworkConfiguration network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return network.Plugins is [{ Type: BuiltInPlugins.Passthru }, ..];
    }

    /// <summary>The chain with its plugins, <c>null</c> when there are none.</summary>
    /// <param name="fragments">The .conf files of <see cref="Folder"/>, sorted by name.</param>
    /// <exception cref="CniException">Code 7: one of them cannot be used; names it.</exception>
    public NetworkConfiguration? Complete(ImmutableArray<FoundFile> fragments)
    {
        if (fragments.IsEmpty)
            return null;
        var head = NetworkConfiguration.ParseList(
            CniJson.Write(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("cniVersion", Version.ToString());

                // Plugins look for the interface that they are told, and the chain's does not exist: each CHECK of each
                // pod would fail.
                writer.WriteBoolean("disableCheck", true);
                writer.WriteString("name", Name);
                writer.WriteStartArray("plugins");
                writer.WriteStartObject();
                writer.WriteString("name", "passthru-cni");
                writer.WriteString("type", BuiltInPlugins.Passthru);
                writer.WriteEndObject();
                writer.WriteEndArray();
                writer.WriteEndObject();
            })
        );
        return head.WithLoadedPlugins([.. fragments.Select(Parse)]);
    }

    private PluginConfiguration Parse(FoundFile fragment)
    {
        if (fragment.Unreadable is { } reason)
            throw Invalid($"{Key} {Name}: {fragment.Path} cannot be read: {reason}");
        try
        {
            return PluginConfiguration.Parse(fragment.Content);
        }
        catch (CniException bad)
        {
            throw new CniException(bad.Error.Prefixed($"{Key} {Name}: {fragment.Path} cannot be used: "), bad);
        }
    }

    private static CniException Invalid(string message) => new(CniErrorCode.InvalidNetworkConfig, message);
}
