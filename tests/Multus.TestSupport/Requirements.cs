namespace Multus.TestSupport;

/// <summary>What a test needs of the machine. Each answer is null when it is there, else the reason to skip.</summary>
public static class Requirements
{
    /// <summary>Where distributions install the reference CNI plugins, in the order in which they are looked for.</summary>
    private static readonly string[] PluginFolders = ["/usr/lib/cni", "/opt/cni/bin", "/usr/libexec/cni"];

    /// <summary>The folder that holds the reference plugins on this machine; the usual one of Debian when there is none.</summary>
    public static string PluginFolder { get; } =
        PluginFolders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, "bridge"))) ?? PluginFolders[0];

    public static string? Root() =>
        Environment.IsPrivilegedProcess ? null : "needs root: it makes network namespaces and links";

    public static string? Plugins(params IEnumerable<string> plugins)
    {
        var missing = plugins.Where(plugin => !File.Exists(Path.Combine(PluginFolder, plugin))).ToArray();
        return missing.Length == 0 ? null : $"needs CNI plugins that are not in {PluginFolder}: {string.Join(", ", missing)}";
    }
}
