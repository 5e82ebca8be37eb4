namespace Multus.Core.Garbage;

/// <summary>Which sandboxes have vanished without a DEL (docs/decisions/0023-del-always-ends.md). Pure.</summary>
public static class StaleRules
{
    /// <param name="evidence">What is known of it.</param>
    /// <param name="boot">This start of the machine; null when the kernel does not say.</param>
    /// <param name="needsRuntime">Pods are made by a container runtime that could be asked: as long as it is not, what
    /// is of this start stays.</param>
    public static bool HasVanished(StaleEvidence evidence, string? boot, bool needsRuntime)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        if (evidence.IsListed == true)
            return false;
        if (evidence.Boot is null || boot is null)
            return evidence is { IsListed: false, IsNamespaceGone: true };
        if (evidence.Boot != boot)
            return true; // no sandbox outlives the machine's start

        return evidence.IsNamespaceGone && (evidence.IsListed == false || !needsRuntime);
    }
}

/// <summary>What is known of a sandbox for which no DEL has come.</summary>
/// <param name="Boot">The start of the machine in which it was attached; null when its record does not say, as
/// upstream's.</param>
/// <param name="IsNamespaceGone">Certain: nothing of it is at its path, nor anywhere else that can be seen.</param>
/// <param name="IsListed">Whether the container runtime lists it; null when there is none to ask.</param>
public sealed record StaleEvidence(string? Boot, bool IsNamespaceGone, bool? IsListed);
