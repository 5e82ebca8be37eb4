using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Core.Garbage;
using Multus.Core.Planning;
using Multus.Core.Pods;
using Multus.Core.Records;
using Multus.Engine.Attach;
using Multus.Engine.Ports;
using Multus.Engine.Requests;

namespace Multus.Engine.State;

/// <summary>
/// Goes through all that is on disk about sandboxes, one after the other: records, ours and upstream's, then the cached
/// results of those whose record is gone. There may be a hundred thousand: nothing is held but what a caller holds.
/// </summary>
public sealed class SandboxReader(SandboxFiles files)
{
    private const string DefaultIfName = "eth0";
    private const int ResultsAtOnce = 256;

    // What upstream's records and damaged ones do not say; read when the first of them comes.
    private readonly Lazy<ILookup<string, CachedAttachment>> _cached = new(() =>
        files
            .Results.List()
            .Where(entry => SandboxId.TryParse(entry.ContainerId, out _))
            .ToLookup(entry => entry.ContainerId, StringComparer.Ordinal)
    );

    /// <exception cref="IOException">Something is there and cannot be read: then nothing is known for sure.</exception>
    /// <exception cref="CniException">As above, of the result cache.</exception>
    public IEnumerable<FoundSandbox> Stream()
    {
        foreach (var id in files.Records())
        {
            if (Read(id) is { } found)
                yield return found;
        }

        foreach (var some in files.UnrecordedResults().Chunk(ResultsAtOnce)) // one that is cut in two is found twice
        {
            foreach (var entries in some.GroupBy(entry => entry.ContainerId, StringComparer.Ordinal))
                yield return FromCache(SandboxId.Parse(entries.Key), [.. entries], damage: null);
        }
    }

    /// <summary>Null when it has no record (any more).</summary>
    public FoundSandbox? Read(SandboxId id)
    {
        try
        {
            // A record of upstream's does not say what the first interface is called: it stays empty, and the result
            // cache knows.
            if (files.Read(new RecordContext(id, null, "", PodIdentity.None, [])) is not { } plan)
                return null; // deleted since it was listed

            return plan.IsUpstreams || plan.RuntimeIfName is null
                ? FromUpstreams(id, [.. _cached.Value[id.Value]])
                : new FoundSandbox(OfPlan(plan, plan.RuntimeIfName), plan, []);
        }
        catch (RecordFormatException e)
        {
            return FromCache(id, [.. _cached.Value[id.Value]], e.Message);
        }
    }

    private static KnownSandbox OfPlan(AttachmentPlan plan, string ifName) =>
        new(
            plan.Sandbox,
            InterfaceName.TryParse(ifName, out var first) ? first : InterfaceName.Parse(DefaultIfName),
            plan.Pod,
            [
                .. plan.Attachments.Select(attachment => new KnownAttachment(
                    attachment.Configuration.Name,
                    attachment.Parameters.IfName
                )),
            ],
            Damage: null
        );

    // Of upstream's, or of an older release, which have not said how the runtime asks for it.
    private FoundSandbox? FromUpstreams(SandboxId id, ImmutableArray<CachedAttachment> cached)
    {
        if (files.Read(new RecordContext(id, null, "", PodOf(cached), [])) is not { } plan)
            return null;

        var known = FromCache(id, cached, damage: null).Known;
        var nameless = plan
            .Attachments.Where(attachment => attachment.Parameters.IfName.Length == 0)
            .Select(attachment => attachment.Configuration.Name);
        var unnamed = nameless.FirstOrDefault(network =>
            known.Attachments.All(attachment => attachment.Network != network)
        );
        var recorded = plan.Attachments.Where(attachment => attachment.Parameters.IfName.Length > 0).ToImmutableArray();
        known = known with
        {
            IfName = InterfaceName.TryParse(
                recorded.FirstOrDefault(attachment => attachment.IsMaster)?.Parameters.IfName,
                out var master
            )
                ? master
                : known.IfName,
            Pod = plan.Pod,
            Attachments =
            [
                .. recorded
                    .Select(attachment => new KnownAttachment(
                        attachment.Configuration.Name,
                        attachment.Parameters.IfName
                    ))
                    .Union(known.Attachments),
            ],
            Damage = unnamed is null
                ? null
                : $"the record of sandbox {plan.Sandbox} does not say which interface is in network {unnamed}",
        };
        return new FoundSandbox(known, plan, cached);
    }

    private static FoundSandbox FromCache(SandboxId id, ImmutableArray<CachedAttachment> cached, string? damage) =>
        new(
            new KnownSandbox(
                id,
                InterfaceName.TryParse(
                    cached.Select(entry => entry.IfName).Order(StringComparer.Ordinal).FirstOrDefault(),
                    out var first
                )
                    ? first
                    : InterfaceName.Parse(DefaultIfName),
                PodOf(cached),
                [.. cached.Select(entry => new KnownAttachment(entry.NetworkName, entry.IfName))],
                damage
            ),
            null,
            cached
        );

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

/// <summary>A sandbox as its files have it.</summary>
/// <param name="Plan">What is on record; null when nothing is, or it cannot be read.</param>
/// <param name="Cached">Its entries in the result cache, where they were looked for: of ours the record says
/// all.</param>
public sealed record FoundSandbox(KnownSandbox Known, AttachmentPlan? Plan, ImmutableArray<CachedAttachment> Cached)
{
    /// <summary>
    /// What it is attached to. A result does not say which definition it is of: it stands for its network only where no
    /// record does.
    /// </summary>
    public IEnumerable<AttachedNetwork> Networks =>
        Plan is { } plan
            ? plan.Attachments.Select(AttachedNetwork.Of)
            : Cached.Select(NetworkOf).OfType<AttachedNetwork>();

    private static AttachedNetwork? NetworkOf(CachedAttachment entry)
    {
        try
        {
            return entry.Config.IsEmpty
                ? null
                : new AttachedNetwork(
                    entry.NetworkName,
                    NetworkConfiguration.Parse(entry.Config).WithDefaultName(entry.NetworkName)
                );
        }
        catch (CniException)
        {
            return null; // no configuration, no plugins to ask; its DEL will say so
        }
    }
}
