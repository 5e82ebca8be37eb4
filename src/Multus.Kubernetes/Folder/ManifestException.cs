namespace Multus.Kubernetes.Folder;

/// <summary>A manifest file cannot be used.</summary>
/// <param name="line">Where, 0 when it is not about a line.</param>
internal sealed class ManifestException(long line, string reason) : Exception(reason)
{
    public long Line { get; } = line;
}
