using Multus.Cni.Configurations;
using Multus.Core.Networks;

namespace Multus.Core.Generation;

/// <summary>
/// The configuration file of the cluster network, as far as the generated configuration depends on it.
/// </summary>
/// <param name="Path">Where the daemon reads it.</param>
/// <param name="Network">What it says, with the plugins beside it.</param>
public sealed record ClusterNetworkFile(string Path, NetworkConfiguration Network)
{
    /// <summary>
    /// The capabilities that one of its plugins declares, sorted by name (wire-and-daemon.md §9.3).
    /// </summary>
    public IReadOnlyCollection<string> Capabilities
    {
        get
        {
            var declared = new SortedSet<string>(StringComparer.Ordinal);
            foreach (var plugin in Network.Plugins)
            {
                foreach (var (name, isOn) in plugin.Capabilities)
                {
                    if (isOn)
                        declared.Add(name);
                }
            }

            return declared;
        }
    }

    /// <summary>
    /// Whether a file name may be that of the cluster network: .conf or .conflist, and not Multus' own
    /// (wire-and-daemon.md §9.1).
    /// </summary>
    public static bool IsCandidate(string fileName) =>
        !fileName.StartsWith("00-multus", StringComparison.Ordinal)
        && System.IO.Path.GetExtension(fileName) is ".conf" or ".conflist";

    /// <summary>
    /// The first usable one. A file that cannot be used, and one that runs Multus itself, never hides those after it.
    /// </summary>
    /// <param name="files">The candidates, sorted by name.</param>
    /// <param name="passedOver">Gets a line for each file before the chosen one: its path and why it is not it.</param>
    /// <returns>Null when none is usable.</returns>
    public static ClusterNetworkFile? First(IEnumerable<ConfigurationFile> files, ICollection<string> passedOver)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(passedOver);
        foreach (var file in files)
        {
            if (file.TryComplete(out var network, out var problem))
                return new ClusterNetworkFile(file.Path, network);
            passedOver.Add($"{file.Path} {problem}");
        }

        return null;
    }
}
