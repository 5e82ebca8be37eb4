using Multus.TestSupport;
using Multus.Wire;

namespace Multus.EndToEnd.Tests.Nodes;

/// <summary>Everything of a node that is on disk, in one temporary folder.</summary>
public sealed class NodeFolders : IDisposable
{
    private readonly TempFolder _root = new("multus-e2e-");

    public NodeFolders()
    {
        Plugins = _root.Folder("bin");
        Manifests = _root.Folder("manifests");
        foreach (var plugin in Directory.EnumerateFiles(Requirements.PluginFolder))
            File.CreateSymbolicLink(Path.Combine(Plugins, Path.GetFileName(plugin)), plugin);
    }

    public string Root => _root.Path;

    public string Plugins { get; }

    public string Manifests { get; }

    public string Socket => WirePaths.Socket(SocketDir);

    public string SocketDir => _root["run"];

    public string CniDir => _root["cni"];

    public string Pending => _root["cni", PendingDelete.FolderName];

    public string Status => _root["status"];

    /// <summary>Where the container runtime's own CNI library would keep what it attached.</summary>
    public string RuntimeCache => _root["runtime-results"];

    /// <summary>host-local's folder: one file for each address in use, in a folder for each network.</summary>
    public string Ipam => _root["ipam"];

    /// <summary>Writes a file, parents included, and returns its path.</summary>
    public string Write(string name, string content) => _root.File(name, content);

    /// <summary>
    /// Records, cached results and stored DELs, sorted, relative to <see cref="CniDir"/>; not the
    /// <see cref="NodeMemory"/>.
    /// </summary>
    public IReadOnlyList<string> CniFiles() => [.. Below(CniDir).Where(file => !NodeMemory.Holds(file))];

    /// <summary>The files of the networks that pods were ever attached to.</summary>
    public IReadOnlyList<string> NetworkFiles() => Below(Path.Combine(CniDir, "networks"));

    public IReadOnlyList<string> PendingFiles() => Below(Pending);

    public IReadOnlyList<string> StatusFiles() => Below(Status);

    /// <summary>The addresses that host-local has handed out: "network/address", sorted.</summary>
    public IReadOnlyList<string> Addresses() =>
        [
            .. Below(Ipam)
                .Where(file =>
                    char.IsAsciiDigit(Path.GetFileName(file)[0]) || file.Contains(':', StringComparison.Ordinal)
                ),
        ];

    public void Dispose() => _root.Dispose();

    private static string[] Below(string folder) =>
        !Directory.Exists(folder)
            ? []
            :
            [
                .. Directory
                    .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                    .Select(file => Path.GetRelativePath(folder, file))
                    .Order(StringComparer.Ordinal),
            ];
}
