using System.Text.Json;

namespace Multus.TestSupport;

/// <summary>What a test needs of the machine. Each answer is null when it is there, else the reason to skip.</summary>
public static class Requirements
{
    /// <summary>
    /// Where distributions install the reference CNI plugins, in the order in which they are looked for.
    /// </summary>
    private static readonly string[] PluginFolders = ["/usr/lib/cni", "/opt/cni/bin", "/usr/libexec/cni"];

    private static readonly string[] ProgramFolders = ["/usr/local/bin", "/usr/bin", "/bin"];

    /// <summary>
    /// The folder that holds the reference plugins: <c>MULTUS_TEST_PLUGINS</c>, or that of this machine's distribution;
    /// the usual one of Debian when there is none.
    /// </summary>
    public static string PluginFolder { get; } =
        Environment.GetEnvironmentVariable("MULTUS_TEST_PLUGINS") is { Length: > 0 } other
            ? other
            : PluginFolders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, "bridge"))) ?? PluginFolders[0];

    /// <summary>
    /// The newest version of CNI that the reference plugins know; 1.0.0 where there are none, and tests that run them
    /// skip.
    /// </summary>
    public static string PluginVersion { get; } = Plugins("bridge") is null ? NewestOf("bridge") : "1.0.0";

    public static string? Root() =>
        Environment.IsPrivilegedProcess ? null : "needs root: it makes network namespaces and links";

    public static string? Plugins(params IEnumerable<string> plugins)
    {
        var missing = plugins.Where(plugin => !File.Exists(Path.Combine(PluginFolder, plugin))).ToArray();
        return missing.Length == 0
            ? null
            : $"needs CNI plugins that are not in {PluginFolder}: {string.Join(", ", missing)}";
    }

    /// <summary>For tests that run kubectl, which stands in one of the usual folders.</summary>
    public static string? Kubectl() =>
        Array.Exists(ProgramFolders, folder => File.Exists(Path.Combine(folder, "kubectl")))
            ? null
            : $"needs kubectl in one of {string.Join(", ", ProgramFolders)}";

    private static string NewestOf(string plugin)
    {
        var answer = ProcessTool.Run("env", "CNI_COMMAND=VERSION", Path.Combine(PluginFolder, plugin));
        using var json = JsonDocument.Parse(answer);
        return json.RootElement.GetProperty("supportedVersions").EnumerateArray().Last().GetString()!;
    }
}
