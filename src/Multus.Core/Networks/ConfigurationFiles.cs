using Multus.Cni.Configurations;

namespace Multus.Core.Networks;

/// <summary>Which files, and which configurations, count as those of a network (attach.md §5).</summary>
public static class ConfigurationFiles
{
    private static readonly string[] SelfTypes = ["multus", "multus-shim"];

    /// <summary>
    /// True for the files that count as CNI configurations: .conf, .conflist and .json, in exactly this case.
    /// </summary>
    public static bool IsConfigurationFile(string path) => Path.GetExtension(path) is ".conf" or ".conflist" or ".json";

    /// <summary>
    /// True for the files that hold one more plugin of the list that they lie beside (cni-runtime.md §3.1).
    /// </summary>
    public static bool IsFragment(string path) => Path.GetExtension(path) is ".conf";

    /// <summary>True when the configuration would run Multus again, which never ends.</summary>
    public static bool RunsMultus(NetworkConfiguration network) =>
        network.Plugins.Any(plugin => SelfTypes.Contains(plugin.Type, StringComparer.Ordinal));
}
