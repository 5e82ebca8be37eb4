using System.Collections.Immutable;
using Multus.Actors.Sandboxes;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Core.Garbage;
using Multus.Core.Planning;
using Multus.Core.Pods;
using Multus.Core.Records;

namespace Multus.Actors.Garbage;

/// <summary>All that is on disk about sandboxes at one moment: records, ours and upstream's, and the result cache, which also knows those whose record is gone or damaged.</summary>
/// <param name="Sandboxes">One for each container ID.</param>
/// <param name="Networks">What they are attached to; of several configurations that of the record written last.</param>
internal sealed record SandboxInventory(ImmutableArray<KnownSandbox> Sandboxes, ImmutableArray<AttachedNetwork> Networks)
{
    private const string DefaultIfName = "eth0";

    /// <exception cref="IOException">Something is there and cannot be read: then nothing is known for sure.</exception>
    /// <exception cref="CniException">As above, of the result cache.</exception>
    public static SandboxInventory Read(SandboxFiles files)
    {
        var cached = files.Results.List().Where(entry => SandboxId.TryParse(entry.ContainerId, out _)).ToLookup(entry => entry.ContainerId, StringComparer.Ordinal);
        var networks = new Dictionary<string, AttachedNetwork>(StringComparer.Ordinal);
        var sandboxes = new Dictionary<SandboxId, KnownSandbox>();
        foreach (var id in files.Records())
        {
            if (Read(id, files, [.. cached[id.Value]], networks) is { } sandbox)
                sandboxes.Add(id, sandbox);
        }

        // A result does not say which definition it is of: it stands for its network only where no record does.
        var recorded = networks.Values.Select(network => network.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in cached.SelectMany(entries => entries).Where(entry => !recorded.Contains(entry.NetworkName)))
        {
            if (NetworkOf(entry) is { } network)
                networks[network.Key] = network;
        }

        foreach (var entries in cached)
        {
            var id = SandboxId.Parse(entries.Key);
            if (!sandboxes.ContainsKey(id))
                sandboxes.Add(id, FromCache(id, [.. entries], damage: null));
        }

        return new SandboxInventory([.. sandboxes.Values], [.. networks.Values]);
    }

    private static KnownSandbox? Read(SandboxId id, SandboxFiles files, ImmutableArray<CachedAttachment> cached, Dictionary<string, AttachedNetwork> networks)
    {
        try
        {
            // A record of upstream's does not say what the first interface is called: it stays empty, and the result cache knows.
            if (files.Read(new RecordContext(id, null, "", PodOf(cached), [])) is not { } plan)
                return null; // deleted since it was listed

            foreach (var network in plan.Attachments.Select(AttachedNetwork.Of))
                networks[network.Key] = network;
            return FromRecord(plan, cached);
        }
        catch (RecordFormatException e)
        {
            return FromCache(id, cached, e.Message);
        }
    }

    private static KnownSandbox FromRecord(AttachmentPlan plan, ImmutableArray<CachedAttachment> cached)
    {
        var known = FromCache(plan.Sandbox, cached, damage: null);
        var nameless = plan.Attachments.Where(attachment => attachment.Parameters.IfName.Length == 0).Select(attachment => attachment.Configuration.Name);
        var unnamed = nameless.FirstOrDefault(network => known.Attachments.All(attachment => attachment.Network != network));
        var recorded = plan.Attachments.Where(attachment => attachment.Parameters.IfName.Length > 0).ToImmutableArray();
        return known with
        {
            IfName = InterfaceName.TryParse(recorded.FirstOrDefault(attachment => attachment.IsMaster)?.Parameters.IfName, out var master) ? master : known.IfName,
            Pod = plan.Pod,
            Attachments = [.. recorded.Select(attachment => new KnownAttachment(attachment.Configuration.Name, attachment.Parameters.IfName)).Union(known.Attachments)],
            Damage = unnamed is null ? null : $"the record of sandbox {plan.Sandbox} does not say which interface is in network {unnamed}",
        };
    }

    private static KnownSandbox FromCache(SandboxId id, ImmutableArray<CachedAttachment> cached, string? damage) => new(
        id,
        InterfaceName.TryParse(cached.Select(entry => entry.IfName).Order(StringComparer.Ordinal).FirstOrDefault(), out var first) ? first : InterfaceName.Parse(DefaultIfName),
        PodOf(cached),
        [.. cached.Select(entry => new KnownAttachment(entry.NetworkName, entry.IfName))],
        damage);

    private static AttachedNetwork? NetworkOf(CachedAttachment entry)
    {
        try
        {
            return entry.Config.IsEmpty ? null : new AttachedNetwork(entry.NetworkName, NetworkConfiguration.Parse(entry.Config).WithDefaultName(entry.NetworkName));
        }
        catch (CniException)
        {
            return null; // no configuration, no plugins to ask; its DEL will say so
        }
    }

    // The arguments that a plugin got are those of the pod.
    private static PodIdentity PodOf(ImmutableArray<CachedAttachment> cached)
    {
        foreach (var entry in cached)
        {
            try
            {
                if (PodIdentity.FromCniArgs(entry.CniArgs) is { IsPod: true } pod)
                    return pod;
            }
            catch (CniException)
            {
                continue; // arguments of no pod
            }
        }

        return PodIdentity.None;
    }
}
