using Multus.Core.Garbage;
using Multus.Engine.Ports;
using Multus.Engine.State;
using Multus.Linux.Namespaces;

namespace Multus.Engine.Gc;

/// <summary>
/// Looks for what is known of a sandbox for which no DEL has come: what <see cref="StaleRules"/> decide on.
/// </summary>
/// <param name="netNs">Looks at namespaces.</param>
/// <param name="listed">The container IDs that the runtime lists; null when there is none that could be asked.</param>
/// <param name="held">The inodes of the namespaces that something holds.</param>
public sealed class StaleEvidenceReader(INetNs netNs, IReadOnlySet<string>? listed, IReadOnlySet<ulong> held)
{
    public async Task<StaleEvidence> OfAsync(FoundSandbox found, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(found);
        bool? isListed = listed?.Contains(found.Known.Id.Value);
        var boot = found.Plan?.Boot;
        var isOfThisBoot = boot is null || boot == Boot.Id;
        return new StaleEvidence(
            boot,
            isListed != true && isOfThisBoot && await IsNamespaceGoneAsync(found, cancel).ConfigureAwait(false),
            isListed
        );
    }

    /// <summary>What speaks for it having vanished, in words.</summary>
    public static string Words(StaleEvidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        var of =
            evidence.Boot is not null && evidence.Boot != Boot.Id
                ? "it is of an earlier start of the machine"
                : "its network namespace is gone";
        return evidence.IsListed == false ? $"{of}, and the container runtime does not list it" : of;
    }

    private async Task<bool> IsNamespaceGoneAsync(FoundSandbox found, CancellationToken cancel)
    {
        if (found.Plan?.NetNsInode is { } inode && held.Contains(inode))
            return false;

        var path = found.Plan is { NetNs.Length: > 0 } plan
            ? plan.NetNs
            : found.Cached.Select(entry => entry.NetNs).FirstOrDefault(netNs => netNs.Length > 0);
        if (path is null)
            return false; // nobody knows where it was

        var sight = await netNs.InspectAsync(path, cancel).ConfigureAwait(false);
        return !sight.MayBeThere || (found.Plan is { } recorded && sight.IsAnotherThanOf(recorded));
    }
}
