using System.Collections.Immutable;
using Multus.Actors.Sandboxes;
using Multus.Cni;
using Multus.Core.Garbage;
using Multus.Core.Records;

namespace Multus.Actors.Garbage;

/// <summary>The sandboxes that are known at one moment, when those that the runtime does not list have gone.</summary>
/// <param name="Sandboxes">One for each container ID.</param>
/// <param name="Networks">What they are attached to; of several configurations that of the record read last.</param>
internal sealed record SandboxInventory(
    ImmutableArray<KnownSandbox> Sandboxes,
    ImmutableArray<AttachedNetwork> Networks
)
{
    /// <param name="isLeftOut">Which sandboxes do not count: nobody uses what they have left.</param>
    /// <exception cref="IOException">Something is there and cannot be read: then nothing is known for sure.</exception>
    /// <exception cref="CniException">As above, of the result cache.</exception>
    public static SandboxInventory Read(SandboxFiles files, Func<KnownSandbox, bool> isLeftOut)
    {
        var sandboxes = new Dictionary<SandboxId, KnownSandbox>();
        var networks = new Dictionary<string, AttachedNetwork>(StringComparer.Ordinal);
        var onlyCached = new List<AttachedNetwork>();
        foreach (var found in new SandboxReader(files).Stream())
        {
            if (isLeftOut(found.Known))
                continue;

            sandboxes[found.Known.Id] = sandboxes.TryGetValue(found.Known.Id, out var half)
                ? half with
                {
                    Attachments = [.. half.Attachments.Union(found.Known.Attachments)],
                }
                : found.Known;
            if (found.Plan is null)
                onlyCached.AddRange(
                    found.Networks.Where(network => !onlyCached.Exists(known => known.Key == network.Key))
                );
            else
                Add(found.Networks, networks);
        }

        var recorded = networks.Values.Select(network => network.Name).ToHashSet(StringComparer.Ordinal);
        Add(onlyCached.Where(network => !recorded.Contains(network.Name)), networks);
        return new SandboxInventory([.. sandboxes.Values], [.. networks.Values]);
    }

    private static void Add(IEnumerable<AttachedNetwork> some, Dictionary<string, AttachedNetwork> networks)
    {
        foreach (var network in some)
            networks[network.Key] = network;
    }
}
