using System.Globalization;
using Multus.Bench.Workloads;

namespace Multus.Bench.Nodes;

/// <summary>
/// Makes the nodes' folders, each under a name of its own that eng/bench.sh knows, and the one folder of plugins that
/// they share.
/// </summary>
internal sealed class NodeFolders(BenchOptions options)
{
    private readonly string _binFolder = LinkPlugins(options);
    private int _made;

    public NodeFolder Make(Workload workload) =>
        NodeFolder.Make(
            Path.Combine(options.WorkFolder, string.Create(CultureInfo.InvariantCulture, $"row-{_made++}")),
            _binFolder,
            workload
        );

    // The daemon searches one folder, so ours and the machine's plugins meet in one.
    private static string LinkPlugins(BenchOptions options)
    {
        var folder = Path.Combine(options.WorkFolder, "bin");
        Directory.CreateDirectory(folder);
        foreach (var name in new[] { "null", Workload.Sleep })
            File.CreateSymbolicLink(Path.Combine(folder, name), options.NullPlugin);
        foreach (var plugin in new[] { "bridge", "host-local" })
            File.CreateSymbolicLink(Path.Combine(folder, plugin), Path.Combine(options.PluginFolder, plugin));
        return folder;
    }
}
