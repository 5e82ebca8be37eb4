using System.Collections.Immutable;
using System.Text.Json;
using Multus.Cni.Configurations;
using Multus.Cni.Json;
using Multus.Cni.Results;

namespace Multus.Cni.Runtime;

/// <summary>
/// Builds what a plugin reads (cni-runtime.md §6): its own object with the network's name and version, the previous
/// result, and what the runtime offers of the capabilities that it declares. <c>capabilities</c> stays in, as upstream
/// leaves it there.
/// </summary>
internal static class PluginStdin
{
    public static byte[] Build(
        NetworkConfiguration network,
        PluginConfiguration plugin,
        ImmutableArray<KeyValuePair<string, JsonElement>> capabilityArgs,
        CniResult? previous
    )
    {
        var draft = Named(network, plugin);
        if (previous is not null)
            draft.Set("prevResult", previous.WriteTo);

        var accepted = Accepted(plugin, capabilityArgs);
        if (!accepted.IsEmpty)
            draft.Set("runtimeConfig", JsonDraft.From(accepted).WriteTo);
        return draft.ToBytes();
    }

    /// <summary>
    /// For GC: no result, no capabilities, but the attachments of the network that are in use, under both keys.
    /// </summary>
    public static byte[] BuildForGc(
        NetworkConfiguration network,
        PluginConfiguration plugin,
        ImmutableArray<ValidAttachment> valid
    )
    {
        var draft = Named(network, plugin);
        ValidAttachment.WriteList(draft, valid);
        return draft.ToBytes();
    }

    private static JsonDraft Named(NetworkConfiguration network, PluginConfiguration plugin)
    {
        var draft = JsonDraft.From(plugin.Root);
        draft.Set("name", network.Name);
        draft.Set("cniVersion", network.CniVersionText);
        return draft;
    }

    private static ImmutableArray<KeyValuePair<string, JsonElement>> Accepted(
        PluginConfiguration plugin,
        ImmutableArray<KeyValuePair<string, JsonElement>> offered
    )
    {
        if (offered.IsDefaultOrEmpty || plugin.Capabilities.Count == 0)
            return [];

        var accepted = ImmutableArray.CreateBuilder<KeyValuePair<string, JsonElement>>();
        foreach (var pair in offered)
        {
            if (plugin.Capabilities.TryGetValue(pair.Key, out var isWanted) && isWanted)
                accepted.Add(pair);
        }

        return accepted.DrainToImmutable();
    }
}
