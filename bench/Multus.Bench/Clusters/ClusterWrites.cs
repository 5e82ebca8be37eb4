namespace Multus.Bench.Clusters;

/// <summary>How often the daemon has written to the API server.</summary>
/// <param name="Statuses">Patches and updates of pods.</param>
/// <param name="Events">Events created.</param>
internal sealed record ClusterWrites(int Statuses, int Events);
