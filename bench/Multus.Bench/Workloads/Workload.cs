using System.Globalization;

namespace Multus.Bench.Workloads;

/// <summary>
/// One line of the table, before it is measured: that many pods with that many networks each, so many at a time.
/// </summary>
/// <param name="Delegate">The plugin type of every network: null, bridge, or sleep, which is null that takes a second
/// for all but the cluster network.</param>
/// <param name="Networks">Networks per pod in total, the cluster network among them.</param>
/// <param name="Concurrency">How many pods are being attached at any time.</param>
/// <param name="Pods">How many pods are attached, then detached.</param>
/// <param name="Mode">The daemon's attachMode: auto, parallel or sequential.</param>
/// <param name="Cluster">Where the daemon has its pods from: a folder of manifests, or an API server.</param>
internal sealed record Workload(
    string Delegate,
    int Networks,
    int Concurrency,
    int Pods,
    string Mode = Workload.Parallel,
    string Cluster = Workload.Folder
)
{
    public const string Folder = "folder";

    /// <summary>
    /// The test API server, in the driver's process: network-status is patched and events are created over HTTPS.
    /// </summary>
    public const string ApiServer = "API server";

    public const string Auto = "auto";
    public const string Parallel = "parallel";
    public const string Sequential = "sequential";

    /// <summary>The plugin that sleeps.</summary>
    public const string Sleep = "sleep";

    /// <summary>How many pods are enough to see what the delegates take on their own.</summary>
    public int DirectPods => Math.Min(Pods, Math.Max(20, Concurrency));

    /// <summary>What tells it from others in a table of figures.</summary>
    public string ShortName =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(Cluster == ApiServer ? "API server: " : "")}{Delegate}{(Networks > 1 ? $" + {Networks - 1}" : "")}{(Mode == Sequential ? ", sequential" : "")}, {(Concurrency == 1 ? "one" : $"{Pods} pods, {Concurrency}")} at a time"
        );

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Delegate}, {Networks} networks, {Mode}, {Cluster}, {Pods} pods, {Concurrency} at a time"
        );
}
