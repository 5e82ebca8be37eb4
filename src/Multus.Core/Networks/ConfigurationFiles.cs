using System.Text;
using Multus.Cni;
using Multus.Cni.Configurations;

namespace Multus.Core.Networks;

/// <summary>Chooses the cluster network from a folder of CNI configurations (attach.md §5).</summary>
public static class ConfigurationFiles
{
    private static readonly string[] SelfTypes = ["multus", "multus-shim"];

    /// <summary>True for the files that count as CNI configurations: .conf, .conflist and .json, in exactly this case.</summary>
    public static bool IsConfigurationFile(string path) => Path.GetExtension(path) is ".conf" or ".conflist" or ".json";

    /// <summary>True when the configuration would run Multus again, which never ends.</summary>
    public static bool RunsMultus(NetworkConfiguration network) =>
        network.Plugins.Any(plugin => SelfTypes.Contains(plugin.Type, StringComparer.Ordinal));

    /// <summary>
    /// The first usable configuration of the files, which the caller has sorted by name. One that does not parse or that is Multus' own
    /// is passed over: unlike upstream, one bad file does not hide those after it.
    /// </summary>
    /// <exception cref="CniException">Code 7: none is usable; the text names the folder and, for each file, why not.</exception>
    public static NetworkConfiguration FirstOf(IReadOnlyList<(string Path, ReadOnlyMemory<byte> Content)> filesSorted, string folder)
    {
        var reasons = new StringBuilder();
        foreach (var (path, content) in filesSorted.Where(file => IsConfigurationFile(file.Path)))
        {
            if (TryParse(path, content, out var reason) is { } network)
                return network;
            reasons.Append(reasons.Length == 0 ? "" : "; ").Append(Path.GetFileName(path)).Append(": ").Append(reason);
        }

        throw reasons.Length == 0
            ? new CniException(CniErrorCode.InvalidNetworkConfig, $"clusterNetwork: no networks found in {folder}",
                "it has no .conf, .conflist or .json file; install the cluster's own CNI configuration there, or name another place")
            : new CniException(CniErrorCode.InvalidNetworkConfig, $"clusterNetwork: no usable network in {folder}", reasons.ToString());
    }

    private static NetworkConfiguration? TryParse(string path, ReadOnlyMemory<byte> content, out string reason)
    {
        reason = "";
        try
        {
            var network = Path.GetExtension(path) == ".conflist"
                ? NetworkConfiguration.ParseList(content)
                : NetworkConfiguration.ParseConf(content);
            reason = RunsMultus(network) ? "it is the configuration of Multus itself" : network.Plugins.IsEmpty ? "it has no plugins" : "";
            if (reason.Length == 0)
                return network;
        }
        catch (CniException bad)
        {
            reason = bad.Error.Text;
        }

        return null;
    }
}
