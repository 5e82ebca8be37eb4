using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Linux.Files;

namespace Multus.Linux.Plugins;

/// <summary>
/// The result cache as files, in upstream's place and format (cni-runtime.md §11), but each replaced as a whole: a
/// crash leaves the old entry or the new one. Any thread; two writers of one entry do not happen, for a sandbox does
/// one thing at a time.
/// </summary>
/// <param name="resultsFolder"><c>{cniDir}/results</c>; made, with mode 0700, when the first entry is stored.</param>
public sealed class FileResultCache(string resultsFolder) : IResultCache
{
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <inheritdoc/>
    public void Store(CachedAttachment a)
    {
        var path = PathOf(a.NetworkName, a.ContainerId, a.IfName);
        var content = CachedAttachmentCodec.Write(a);
        Guard(
            $"store result cache entry {path}",
            () =>
            {
                DurableFile.CreateFolder(resultsFolder, FolderMode);
                // The record is what must survive; a DEL can do without a result.
                DurableFile.ReplaceUnflushed(path, content, FileMode);
            }
        );
    }

    /// <inheritdoc/>
    public CachedAttachment? Load(string network, string containerId, string ifName)
    {
        var path = PathOf(network, containerId, ifName);
        return Guard($"read result cache entry {path}", () => Read(path));
    }

    /// <inheritdoc/>
    public void Remove(string network, string containerId, string ifName)
    {
        var path = PathOf(network, containerId, ifName);
        Guard(
            $"remove result cache entry {path}",
            () =>
            {
                // Not flushed: one that comes back after a power cut does no harm.
                if (File.Exists(path))
                    File.Delete(path);
            }
        );
    }

    /// <inheritdoc/>
    /// <exception cref="CniException">Code 5: the folder, or an entry that is there, could not be read; only a missing
    /// folder is an empty list.</exception>
    public IReadOnlyList<CachedAttachment> List() =>
        Guard(
            $"list result cache {resultsFolder}",
            () =>
            {
                if (!Directory.Exists(resultsFolder))
                    return [];

                var names = Directory
                    .GetFiles(resultsFolder)
                    .Where(path => !DurableFile.IsTemp(Path.GetFileName(path)))
                    .Order(StringComparer.Ordinal);
                return (IReadOnlyList<CachedAttachment>)
                    [.. names.Select(Read).OfType<CachedAttachment>().Where(entry => entry.IsComplete)];
            }
        );

    /// <summary>
    /// The complete entries, one after the other, in no order, of those whose file's name is chosen: for folders that
    /// are too large to be held.
    /// </summary>
    /// <exception cref="IOException">The folder, or an entry that is there, could not be read.</exception>
    public IEnumerable<CachedAttachment> Stream(Func<string, bool> isChosen)
    {
        if (!Directory.Exists(resultsFolder))
            yield break;

        foreach (var path in Directory.EnumerateFiles(resultsFolder))
        {
            var name = Path.GetFileName(path);
            if (!DurableFile.IsTemp(name) && isChosen(name) && Read(path) is { IsComplete: true } entry)
                yield return entry;
        }
    }

    private static CachedAttachment? Read(string path)
    {
        try
        {
            return CachedAttachmentCodec.Read(RegularFile.Read(path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static void Guard(string action, Action work) =>
        Guard(
            action,
            () =>
            {
                work();
                return 0;
            }
        );

    private static T Guard<T>(string action, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CniException(new CniError(CniErrorCode.Io, $"cannot {action}", e.Message), e);
        }
    }

    // The codec refuses a name with a slash in it: the entry is in the folder, or is none.
    private string PathOf(string network, string containerId, string ifName) =>
        Path.Join(resultsFolder, CachedAttachmentCodec.FileName(network, containerId, ifName));
}
