using System.Globalization;
using System.Text;
using Multus.Core.Generation;
using Multus.Linux.Files;

namespace Multus.Engine.Installation;

/// <summary>
/// The configurations of a folder, as far as their files tell without being opened: as long as it is the same, so are
/// they. Files are asked for and not watched: a watch is silent on some file systems.
/// </summary>
internal static class FolderStamp
{
    /// <exception cref="IOException">The folder or a file of it cannot be looked at.</exception>
    public static string Of(RuntimeConfigSettings settings)
    {
        var text = new StringBuilder();
        if (settings.FixedFile.Length > 0)
            Append(text, settings.FixedFile);
        foreach (var file in Candidates(settings))
            Append(text, file);
        if (settings.ReadinessIndicator.Length > 0)
            text.Append(File.Exists(settings.ReadinessIndicator) ? "ready" : "");
        return text.ToString();
    }

    /// <summary>The files that may be the cluster network's, sorted by name.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static IEnumerable<string> Candidates(RuntimeConfigSettings settings)
    {
        if (settings.MasterFile.Length > 0)
            return [Path.Combine(settings.NetworkFolder, settings.MasterFile)];
        return settings.NetworkFolder.Length > 0 && Directory.Exists(settings.NetworkFolder)
            ? Directory
                .EnumerateFiles(settings.NetworkFolder)
                .Where(path => ClusterNetworkFile.IsCandidate(Path.GetFileName(path)))
                .Order(StringComparer.Ordinal)
            : [];
    }

    private static void Append(StringBuilder text, string path)
    {
        var found = FileStatus.Find(path);
        text.Append(
            CultureInfo.InvariantCulture,
            $"{path}:{found?.Device}:{found?.Inode}:{found?.Length}:{found?.Modified}:{found?.Changed}\n"
        );
    }
}
