namespace Multus.Engine.Installation;

/// <summary>What the keeper knows now, for people.</summary>
/// <param name="Path">Of the runtime's configuration.</param>
/// <param name="ClusterNetwork">The file of the network in use; empty while there is none, or with a ready-made
/// configuration.</param>
/// <param name="Trouble">Why it is not as it could be; empty: all is well.</param>
/// <param name="IsUsable">Whether the container runtime has a configuration that calls Multus.</param>
/// <param name="Restored">How often it was put back.</param>
/// <param name="Changes">How often another cluster network took the place of one.</param>
/// <param name="IsGivenUp">Whether somebody insists on removing it.</param>
public sealed record RuntimeConfigState(
    string Path,
    string ClusterNetwork,
    string Trouble,
    bool IsUsable,
    long Restored,
    long Changes,
    bool IsGivenUp
)
{
    /// <summary>What somebody has to see to before the node is ready; none when the runtime calls Multus.</summary>
    public IReadOnlyList<string> Faults =>
        IsUsable && !IsGivenUp ? []
        : Trouble.Length > 0 ? [Trouble]
        : [$"{Path} is not written yet, so the container runtime does not call Multus"];
}
