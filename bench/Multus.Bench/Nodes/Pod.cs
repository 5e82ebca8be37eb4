using System.Globalization;

namespace Multus.Bench.Nodes;

/// <summary>A pod of a workload: its name in the manifests, its container ID, its network namespace.</summary>
internal sealed record Pod(string Name, string ContainerId, string NetNs)
{
    public const string Namespace = "bench";

    public static Pod Of(string prefix, string purpose, int index) =>
        new(
            string.Create(CultureInfo.InvariantCulture, $"pod-{index}"),
            string.Create(CultureInfo.InvariantCulture, $"{prefix}-{purpose}-{index}"),
            NetworkNamespaces.PathOf(prefix, index));
}
