using System.Security;
using System.Text;
using Microsoft.Extensions.Logging;
using Multus.Core;
using Multus.Linux.Files;

namespace Multus.Kubernetes.Folder;

/// <summary>
/// Keeps the picture that a folder's files give. Where the kernel says what has changed, a look costs what that is and
/// not what the folder holds; where it does not, every file is looked at and those are read that may have changed
/// (docs/decisions/0024-manifests.md). Not thread-safe: its owner calls one member at a time.
/// </summary>
internal sealed class ManifestFolder(string folder, ILogger log, TimeProvider time) : IDisposable
{
    private readonly ManifestIndex _index = new(folder, log);
    private readonly Dictionary<string, ManifestFile> _files = new(StringComparer.Ordinal);

    // Files that may change without the folder telling.
    private readonly HashSet<string> _untold = new(StringComparer.Ordinal);
    private FolderChanges? _changes; // null: the kernel does not say, or not yet
    private FileStatus _watched;
    private bool _isFirstRead = true;
    private bool _wasMissing;
    private string? _watchTrouble;

    public ClusterPicture Picture => _index.Picture;

    /// <summary>How often a file was looked at; a look at a folder that did not change adds none.</summary>
    public long FilesLookedAt { get; private set; }

    /// <summary>Looks at the folder again and says what is different since the last look.</summary>
    /// <param name="wholly">Look at every file whatever the kernel has said.</param>
    /// <exception cref="IOException">The folder cannot be listed; the picture stays as it is.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public IReadOnlyList<ClusterChange> Refresh(bool wholly)
    {
        if (FindFolder() is not { } status)
            LookAtNothing();
        else if (!wholly && TakeNames(status) is { } names)
            LookAt(names, status);
        else if (WatchAndList(status) is { } there)
            LookAtAll(there, status);
        else
            LookAtNothing(); // gone between the two looks

        var changes = _index.TakeChanges();
        if (_isFirstRead)
            FolderLog.FolderRead(log, folder, Picture.Pods.Count, Picture.Networks.Count, _files.Count);
        else if (changes.Count > 0)
            FolderLog.FolderChanged(log, changes.Count);
        _isFirstRead = false;
        return changes;
    }

    public void Dispose() => Unwatch();

    private FileStatus? FindFolder()
    {
        var status = FileStatus.Find(folder);
        if (status is { Kind: not FileKind.Folder })
            throw new IOException("it is no folder");
        if (status is null && !_wasMissing)
            FolderLog.FolderMissing(log, folder);
        _wasMissing = status is null;
        return status;
    }

    private void LookAtNothing()
    {
        Unwatch();
        foreach (var name in _files.Keys.ToList())
            Forget(name);
    }

    private HashSet<string>? WatchAndList(FileStatus status)
    {
        Watch(status); // first: what is changed while the files are listed and read is told afterwards
        try
        {
            return Directory
                .EnumerateFileSystemEntries(folder)
                .Select(path => Path.GetFileName(path))
                .Where(IsManifest)
                .ToHashSet(StringComparer.Ordinal);
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
    }

    private void LookAtAll(HashSet<string> there, FileStatus status)
    {
        foreach (var name in _files.Keys.Except(there).ToList())
            Forget(name);
        _untold.IntersectWith(there);
        foreach (var name in there)
            Look(name, status, isTold: false);
    }

    private void LookAt(HashSet<string> names, FileStatus status)
    {
        foreach (var name in _untold.Except(names).ToList())
            Look(name, status, isTold: false);
        foreach (var name in names.Where(IsManifest))
            Look(name, status, isTold: true);
    }

    /// <summary>The names that have changed, <c>null</c> when that is not known.</summary>
    private HashSet<string>? TakeNames(FileStatus status)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        return _changes is not null && IsSameFolder(status) && _changes.TryTake(names) ? names : null;
    }

    private void Watch(FileStatus status)
    {
        if (_changes is not null && IsSameFolder(status) && _changes.TryTake(new HashSet<string>()))
            return;
        Unwatch();
        if (!FolderChanges.AreTold(folder))
        {
            SayUnwatched("changes on its file system may come from elsewhere");
            return;
        }

        try
        {
            _changes = FolderChanges.Watch(folder);
            _watched = status;
            _watchTrouble = null;
        }
        catch (FileException e)
        {
            SayUnwatched(e.Message);
        }
    }

    private void SayUnwatched(string reason)
    {
        if (_watchTrouble != reason)
            FolderLog.ReadWholly(log, folder, reason);
        _watchTrouble = reason;
    }

    private void Unwatch()
    {
        _changes?.Dispose();
        _changes = null;
    }

    private bool IsSameFolder(FileStatus now) =>
        (now.Device, now.Inode, now.Mount) == (_watched.Device, _watched.Inode, _watched.Mount);

    private static bool IsManifest(string name) =>
        !name.StartsWith('.') && Path.GetExtension(name) is ".yaml" or ".yml" or ".json";

    /// <param name="isTold">Something has happened to it: its times are no proof of the contrary.</param>
    private void Look(string name, FileStatus inFolder, bool isTold)
    {
        FilesLookedAt++;
        var known = _files.GetValueOrDefault(name);
        try
        {
            var path = Path.Combine(folder, name);
            var (link, target) = (FileStatus.FindLink(path), FileStatus.Find(path));
            var isUntold =
                link is { Kind: FileKind.Link }
                || target is { Links: > 1 }
                || (target is { } file && (file.Device, file.Mount) != (inFolder.Device, inFolder.Mount));
            SetUntold(name, isUntold);
            if (target is not { Kind: not FileKind.Folder } status)
                Forget(name);
            else if (isTold || known?.Stamp?.StillHolds(status) != true)
                Take(known, ReadFile(name, path, status, known));
        }
        catch (FileNotFoundException)
        {
            Forget(name); // between the look and the reading
        }
        catch (Exception bad) when (bad is IOException or UnauthorizedAccessException or SecurityException)
        {
            SetUntold(name, true); // what stands in the way need not be in the folder
            if (known?.Hash != bad.Message)
                Take(known, new ManifestFile(name, null, bad.Message, ManifestContent.Unreadable(name, bad.Message)));
        }
    }

    private void SetUntold(string name, bool isUntold)
    {
        if (isUntold)
            _untold.Add(name);
        else
            _untold.Remove(name);
    }

    private ManifestFile ReadFile(string name, string path, FileStatus status, ManifestFile? known)
    {
        var stamp = FileStamp.Of(status, time.GetUtcNow());
        var bytes = RegularFile.Read(path);
        var hash = StableHash.Of(bytes);
        if (known?.Hash == hash)
            return known with { Stamp = stamp };

        var content = ManifestReader.Read(name, Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF'));
        LogSkipped(name, content);
        return new ManifestFile(name, stamp, hash, content);
    }

    private void Take(ManifestFile? known, ManifestFile now)
    {
        _files[now.Name] = now;
        if (!ReferenceEquals(known?.Content, now.Content))
            _index.Replace(now.Name, known?.Content ?? ManifestContent.Empty, now.Content);
    }

    private void Forget(string name)
    {
        if (_files.Remove(name, out var known))
            _index.Replace(name, known.Content, ManifestContent.Empty);
    }

    private void LogSkipped(string file, ManifestContent content)
    {
        foreach (var skipped in content.Skipped)
        {
            if (skipped.IsTemplate)
                FolderLog.TemplateSkipped(log, file, skipped.Line, skipped.Kind);
            else
                FolderLog.KindSkipped(log, file, skipped.Line, skipped.Kind);
        }
    }
}
