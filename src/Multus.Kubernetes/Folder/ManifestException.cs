namespace Multus.Kubernetes.Folder;

/// <summary>A manifest file, or an object in it, cannot be used.</summary>
/// <param name="line">Where, 0 when it is not about a line.</param>
internal sealed class ManifestException(long line, string reason) : Exception(reason)
{
    public long Line { get; } = line;

    /// <summary>True when it can be read, and asks for what can never be.</summary>
    public bool IsFinal { get; init; }
}
