using Multus.TestSupport;
using Multus.Wire;

namespace Multus.Cri.Tests.Nodes;

/// <summary>Everything of the daemon that is on disk, in one temporary folder.</summary>
internal sealed class NodeState : IDisposable
{
    private readonly TempFolder _root = new("mcrn-"); // short: the path of a unix socket has a limit

    public NodeState()
    {
        Plugins = _root.Folder("bin");
        foreach (var plugin in Directory.EnumerateFiles(Requirements.PluginFolder))
            File.CreateSymbolicLink(Path.Combine(Plugins, Path.GetFileName(plugin)), plugin);
    }

    public string Root => _root.Path;

    /// <summary>The distribution's plugins, and the shim beside them.</summary>
    public string Plugins { get; }

    public string SocketDir => _root["run"];

    public string Socket => WirePaths.Socket(SocketDir);

    public string CniDir => _root["cni"];

    public string Write(string name, string content) => _root.File(name, content);

    public string Folder(string name) => _root.Folder(name);

    public string HostLocal(string subnet) =>
        $$"""{"type":"host-local","subnet":"{{subnet}}","dataDir":"{{_root["ipam"]}}"}""";

    /// <summary>
    /// What pods have on disk: records, results, DELs that wait, addresses. Networks are remembered for GC and do not
    /// count.
    /// </summary>
    public IReadOnlyList<string> OfPods() =>
        [
            .. Below("cni").Where(file => !NodeMemory.Holds(file["cni/".Length..])),
            .. Below("ipam").Where(file => char.IsAsciiDigit(Path.GetFileName(file)[0])),
        ];

    public void Dispose() => _root.Dispose();

    private IEnumerable<string> Below(string folder) =>
        !Directory.Exists(_root[folder])
            ? []
            : Directory
                .EnumerateFiles(_root[folder], "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(_root.Path, file))
                .Order(StringComparer.Ordinal);
}
