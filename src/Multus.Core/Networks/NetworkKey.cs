namespace Multus.Core.Networks;

/// <summary>A NetworkAttachmentDefinition's place in the cluster; as text "namespace/name", which is also its display name.</summary>
public sealed record NetworkKey(string Namespace, string Name)
{
    public override string ToString() => $"{Namespace}/{Name}";
}
