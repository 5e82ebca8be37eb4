using System.Globalization;

namespace Multus.Bench.Nodes;

/// <summary>A pod of a workload: its name and UID in the cluster, its container ID, its network namespace.</summary>
internal sealed record Pod(string Name, string Uid, string ContainerId, string NetNs)
{
    public const string Namespace = "bench";

    public static Pod Of(string prefix, string purpose, int index) =>
        new(
            NameOf(index),
            UidOf(index),
            string.Create(CultureInfo.InvariantCulture, $"{prefix}-{purpose}-{index}"),
            NetworkNamespaces.PathOf(prefix, index)
        );

    /// <summary>As many of them.</summary>
    public static Pod[] Crowd(string prefix, string purpose, int count) =>
        [.. Enumerable.Range(0, count).Select(index => Of(prefix, purpose, index))];

    public static string NameOf(int index) => string.Create(CultureInfo.InvariantCulture, $"pod-{index}");

    public static string UidOf(int index) =>
        string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-8000-{index:x12}");
}
