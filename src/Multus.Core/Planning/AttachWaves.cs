using System.Collections.Immutable;
using System.Text.Json;
using Multus.Cni;

namespace Multus.Core.Planning;

/// <summary>
/// Decides which attachments of a plan run together: the cluster network alone and first, then waves, each of which
/// begins when the one before has ended. DEL goes through the waves backwards. Pure, and the same for a plan that was
/// read back from its record.
/// </summary>
/// <remarks>
/// In <see cref="AttachMode.Auto"/> a wave is a part of the plan's order: attachments that follow one another and are
/// all apart (see <see cref="NetworkFootprint"/>); what is not known to be apart from those before it waits for them,
/// and those behind it for it. In <see cref="AttachMode.Parallel"/> an attachment waits for an earlier one only when it
/// names its link as its parent (<c>master</c>, or the <c>links</c> of a bond), be it the interface in the pod or the
/// bridge on the node, or is of the same network, whose plugin may not expect itself twice in a sandbox. One that names
/// a link that a later one makes fails or not as in sequential mode: the two are never at work together. In both, one
/// that runs alone waits for all before it, and all after it wait for it.
/// </remarks>
public static class AttachWaves
{
    private const string ParentKey = "master"; // macvlan, ipvlan, vlan; with linkInContainer it is a link of the pod
    private const string BridgeKey = "bridge";
    private const string LinksKey = "links"; // bond: [{"name": "net1"}, …]

    /// <summary>Positions in the plan, wave by wave, each in the order of the plan.</summary>
    public static ImmutableArray<ImmutableArray<int>> Of(ImmutableArray<PlannedAttachment> attachments, AttachMode mode)
    {
        var waveOf = mode switch
        {
            AttachMode.Auto when attachments.Length > 2 => WhereApart(attachments),
            AttachMode.Parallel when attachments.Length > 2 => SideBySide(attachments),
            _ => OneByOne(attachments.Length),
        };
        var waves = new List<List<int>>();
        for (var index = 0; index < waveOf.Length; index++)
        {
            while (waves.Count <= waveOf[index])
                waves.Add([]);
            waves[waveOf[index]].Add(index);
        }

        return [.. waves.ConvertAll<ImmutableArray<int>>(wave => [.. wave])];
    }

    private static int[] OneByOne(int count)
    {
        var waveOf = new int[count];
        for (var index = 0; index < count; index++)
            waveOf[index] = index;
        return waveOf;
    }

    private static int[] WhereApart(ImmutableArray<PlannedAttachment> attachments)
    {
        var waveOf = new int[attachments.Length];
        var together = new List<NetworkFootprint>();
        for (var index = 1; index < attachments.Length; index++)
        {
            var footprint = NetworkFootprint.Of(attachments[index]);
            if (index > 1 && together.TrueForAll(footprint.IsApartFrom))
            {
                waveOf[index] = waveOf[index - 1];
            }
            else
            {
                waveOf[index] = waveOf[index - 1] + 1;
                together.Clear();
            }

            together.Add(footprint);
        }

        return waveOf;
    }

    private static int[] SideBySide(ImmutableArray<PlannedAttachment> attachments)
    {
        var links = LinksOf(attachments);
        var waveOf = new int[attachments.Length];
        var lastAlone = 0; // the wave of the last one that runs alone; the cluster network does
        for (var index = 1; index < attachments.Length; index++)
        {
            waveOf[index] = lastAlone + 1;
            for (var earlier = 1; earlier < index; earlier++)
            {
                if (
                    attachments[index].RunsAlone
                    || DependsOn(attachments[index], links[index], attachments[earlier], links[earlier])
                )
                    waveOf[index] = Math.Max(waveOf[index], waveOf[earlier] + 1);
            }

            if (attachments[index].RunsAlone)
                lastAlone = waveOf[index];
        }

        return waveOf;
    }

    private static bool DependsOn(PlannedAttachment one, Links its, PlannedAttachment earlier, Links made) =>
        WhyDependent(one, its, earlier, made) is not null;

    /// <summary>
    /// What makes one wait for an earlier one where they would run together, in words of the one; null when nothing
    /// does.
    /// </summary>
    internal static string? WhyDependent(PlannedAttachment one, Links its, PlannedAttachment earlier, Links made)
    {
        if (its.Parents.Contains(earlier.Parameters.IfName) || its.Parents.Overlaps(made.Bridges))
            return $"a link of {earlier.Parameters.IfName} is its parent";
        if (made.Parents.Contains(one.Parameters.IfName) || made.Parents.Overlaps(its.Bridges))
            return $"a link of its own is the parent of {earlier.Parameters.IfName}";
        return one.Configuration.Name == earlier.Configuration.Name
            ? $"both are of network {one.Configuration.Name}"
            : null;
    }

    internal static Links[] LinksOf(ImmutableArray<PlannedAttachment> attachments) =>
        attachments.Select(LinksOf).ToArray();

    private static Links LinksOf(PlannedAttachment attachment)
    {
        var parents = new HashSet<string>();
        var bridges = new HashSet<string>();
        foreach (var plugin in attachment.Configuration.Plugins)
        {
            var root = CniJson.Parse(plugin.Bytes);
            AddText(parents, root, ParentKey);
            AddText(bridges, root, BridgeKey);
            AddLinks(parents, root);
        }

        return new Links(parents, bridges);
    }

    private static void AddText(HashSet<string> texts, JsonElement plugin, string key)
    {
        if (CniJson.TryGetIgnoringCase(plugin, key, out var value) && value.ValueKind == JsonValueKind.String)
            texts.Add(value.GetString()!);
    }

    private static void AddLinks(HashSet<string> texts, JsonElement plugin)
    {
        if (!CniJson.TryGetIgnoringCase(plugin, LinksKey, out var links) || links.ValueKind != JsonValueKind.Array)
            return;
        foreach (var link in links.EnumerateArray())
        {
            if (link.ValueKind == JsonValueKind.Object)
                AddText(texts, link, "name");
        }
    }

    internal sealed record Links(HashSet<string> Parents, HashSet<string> Bridges);
}
