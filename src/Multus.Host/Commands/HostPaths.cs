using Multus.Engine.Installation;
using Multus.Linux.Files;

namespace Multus.Host.Commands;

/// <summary>The node's folders, which a container may see below another root: the flag <c>--host-root</c>.</summary>
internal sealed class HostPaths(Flags flags)
{
    private const string Flag = "host-root";

    private readonly string _root = flags.Text("", Flag);

    /// <summary>Where a folder is that one of these flags names.</summary>
    /// <exception cref="InstallException">The root is not there.</exception>
    /// <exception cref="IOException">It cannot be known.</exception>
    public string Folder(string missing, params string[] names)
    {
        if (_root.Length > 0 && !Directory.Exists(_root))
            throw new InstallException($"--{Flag} {_root} is no folder: it has to be where the node's / is mounted");
        return RootedPath.Of(_root, flags.Text(missing, names));
    }
}
