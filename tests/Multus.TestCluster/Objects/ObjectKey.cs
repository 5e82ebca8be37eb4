namespace Multus.TestCluster.Objects;

/// <summary>An object's place among those of its kind.</summary>
/// <param name="Namespace">Empty for an object of the whole cluster.</param>
public readonly record struct ObjectKey(string Namespace, string Name)
{
    /// <summary>As etcd orders its keys.</summary>
    internal static IComparer<ObjectKey> Order { get; } =
        Comparer<ObjectKey>.Create(
            (a, b) =>
                string.CompareOrdinal(a.Namespace, b.Namespace) is var byNamespace && byNamespace != 0
                    ? byNamespace
                    : string.CompareOrdinal(a.Name, b.Name)
        );

    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
