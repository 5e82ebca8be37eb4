using Multus.Cni;
using Multus.Linux.Files;

namespace Multus.Linux.Plugins;

/// <summary>Finds the executable of a plugin type (cni-runtime.md §4).</summary>
public static class PluginFinder
{
    /// <summary>
    /// The first folder of the path that holds a regular file of the type's name; links are followed. Whether it can be
    /// executed shows when it is.
    /// </summary>
    /// <param name="type">The plugin's.</param>
    /// <param name="path">Folders, as the plugin sees them.</param>
    /// <param name="root">The root in which the plugin will run, where folders and links are looked up; empty: this
    /// process's own.</param>
    /// <exception cref="CniException">Code 7: the type is no file name, or there is no folder to look in. Code 5: none
    /// of the folders holds it.</exception>
    public static string Find(string type, IReadOnlyList<string> path, string root = "")
    {
        if (string.IsNullOrEmpty(type))
            throw new CniException(CniErrorCode.InvalidNetworkConfig, "no plugin name provided");
        if (type.AsSpan().ContainsAny('/', '\0') || type is "." or "..")
            throw new CniException(
                CniErrorCode.InvalidNetworkConfig,
                $"invalid plugin name: {type.Replace('\0', '?')}"
            );
        if (path.Count == 0)
            throw new CniException(
                CniErrorCode.InvalidNetworkConfig,
                $"no paths provided to look for plugin \"{type}\" in; set binDir"
            );

        foreach (var folder in path)
        {
            var file = Path.Join(folder, type);
            if (root.Length == 0 ? IsRegularFile(file) : IsRegularFile(root, file))
                return file;
        }

        var where = root.Length == 0 ? "" : $" below chrootDir {root}";
        throw new CniException(
            CniErrorCode.Io,
            $"failed to find plugin \"{type}\" in path [{string.Join(' ', path)}]{where}"
        );
    }

    private static bool IsRegularFile(string root, string path)
    {
        try
        {
            return RootedPath.Find(root, path) is { } found && IsRegularFile(found);
        }
        catch (FileException)
        {
            return false; // as below
        }
    }

    // What cannot be looked at is not there: the next folder may have it, and the error names all of them.
    private static bool IsRegularFile(string path)
    {
        Span<byte> status = stackalloc byte[FileCalls.StatSize];
        return FileCalls.Status(FileCalls.CurrentFolder, path, 0, FileCalls.WantType, status) == 0
            && (BitConverter.ToUInt16(status[FileCalls.StatModeOffset..]) & FileCalls.FileTypeMask)
                == FileCalls.RegularFile;
    }
}
