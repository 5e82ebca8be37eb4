namespace Multus.Core.Networks;

/// <summary>
/// A NetworkAttachmentDefinition's place in the cluster; as text "namespace/name", which is also its display name.
/// </summary>
/// <param name="Namespace">Empty in the name of a configuration on the node, which is no NAD.</param>
public sealed record NetworkKey(string Namespace, string Name)
{
    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
