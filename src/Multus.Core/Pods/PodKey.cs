namespace Multus.Core.Pods;

/// <summary>
/// A pod's place in the cluster. Not its identity: a pod deleted and made again has the same key and another UID.
/// </summary>
public sealed record PodKey(string Namespace, string Name)
{
    public override string ToString() => $"{Namespace}/{Name}";
}
