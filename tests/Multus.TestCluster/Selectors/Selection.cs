using Multus.TestCluster.Objects;

namespace Multus.TestCluster.Selectors;

/// <summary>Which objects of a kind a list or a watch is about.</summary>
/// <param name="Namespace">Empty for all.</param>
internal sealed record Selection(string Namespace, FieldSelector Fields, LabelSelector Labels)
{
    public bool Matches(StoredObject item) =>
        (Namespace.Length == 0 || item.Key.Namespace == Namespace) && Fields.Matches(item) && Labels.Matches(item);
}
