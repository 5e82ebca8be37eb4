using System.Collections.Immutable;
using Multus.Core.Networks;
using Multus.Linux.Files;

namespace Multus.Actors.Sandboxes;

/// <summary>
/// Reads CNI configurations off the node's disk, each with the plugins beside it. What cannot be read is part of the
/// answer, not a failure.
/// </summary>
internal static class ConfigurationReader
{
    /// <summary>All configurations of the folder, sorted by file name; none when there is no such folder.</summary>
    public static ConfigurationFolder ReadFolder(string folder)
    {
        try
        {
            return new ConfigurationFolder(
                folder,
                [.. FilesOf(folder, ConfigurationFiles.IsConfigurationFile).Select(ReadFile)]
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new ConfigurationFolder(folder, [], e.Message);
        }
    }

    public static ConfigurationFile ReadFile(string path)
    {
        var file = ConfigurationFile.Parse(Read(path));
        return file.FragmentFolder is { } beside ? file.WithFragments(ReadFragments(beside)) : file;
    }

    /// <summary>
    /// The files of the folder that hold one more plugin each, sorted by name; none when there is no such folder.
    /// </summary>
    public static ImmutableArray<FoundFile> ReadFragments(string folder)
    {
        try
        {
            return [.. FilesOf(folder, ConfigurationFiles.IsFragment).Select(Read)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [new FoundFile(folder, default, e.Message)];
        }
    }

    private static IEnumerable<string> FilesOf(string folder, Func<string, bool> isWanted) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder).Where(isWanted).Order(StringComparer.Ordinal) : [];

    private static FoundFile Read(string path)
    {
        try
        {
            return new FoundFile(path, RegularFile.Read(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new FoundFile(path, default, e.Message);
        }
    }
}
