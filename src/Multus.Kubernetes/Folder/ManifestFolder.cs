using System.Security;
using System.Text;
using Microsoft.Extensions.Logging;
using Multus.Core;

namespace Multus.Kubernetes.Folder;

/// <summary>
/// Keeps the picture that a folder's files give, re-reading only what may have changed. Not thread-safe: its owner calls one member at a time.
/// </summary>
internal sealed class ManifestFolder(string folder, ILogger log, TimeProvider time)
{
    private const long MaxFileBytes = 16 * 1024 * 1024;

    private SortedDictionary<string, ManifestFile> _files = new(StringComparer.Ordinal);
    private bool _isFirstRead = true;
    private bool _wasMissing;

    public ClusterPicture Picture { get; private set; } = ClusterPicture.Empty;

    /// <summary>Looks at the folder again and says what is different since the last look.</summary>
    /// <exception cref="IOException">The folder cannot be listed; the picture stays as it is.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public IReadOnlyList<ClusterChange> Refresh()
    {
        var files = new SortedDictionary<string, ManifestFile>(StringComparer.Ordinal);
        var hasChanged = _isFirstRead;
        foreach (var info in ListFiles())
        {
            var known = _files.GetValueOrDefault(info.Name);
            if (ReadFile(info, known) is not { } current)
                continue;
            files[current.Name] = current;
            hasChanged |= !ReferenceEquals(current.Content, known?.Content);
        }

        hasChanged |= files.Count != _files.Count;
        _files = files;
        return hasChanged ? TakePicture() : [];
    }

    private IReadOnlyList<ClusterChange> TakePicture()
    {
        var next = ClusterPicture.Of(_files.Values);
        foreach (var duplicate in next.Duplicates.Except(Picture.Duplicates))
            FolderLog.ObjectTwice(log, duplicate.File, duplicate.Line, duplicate.Kind, duplicate.Object, duplicate.Winner);
        var changes = Picture.ChangesTo(next);
        Picture = next;
        if (_isFirstRead)
            FolderLog.FolderRead(log, folder, next.Pods.Count, next.Networks.Count, _files.Count);
        else if (changes.Count > 0)
            FolderLog.FolderChanged(log, changes.Count);
        _isFirstRead = false;
        return changes;
    }

    private List<FileInfo> ListFiles()
    {
        try
        {
            var files = new DirectoryInfo(folder).EnumerateFiles().Where(file => IsManifest(file.Name)).ToList();
            _wasMissing = false;
            return files;
        }
        catch (DirectoryNotFoundException notThere)
        {
            if (File.Exists(folder))
                throw new IOException("it is a file, not a folder", notThere);
            if (!_wasMissing)
                FolderLog.FolderMissing(log, folder);
            _wasMissing = true;
            return [];
        }
    }

    private static bool IsManifest(string name) =>
        !name.StartsWith('.') && Path.GetExtension(name) is ".yaml" or ".yml" or ".json";

    /// <summary>The file as it is now, or as it was when it is no good now; <c>null</c> when it is gone.</summary>
    private ManifestFile? ReadFile(FileInfo info, ManifestFile? known)
    {
        try
        {
            var target = TargetOf(info);
            return known is not null && known.Stamp.StillHolds(target) ? known : ReadChanged(info.Name, target, known);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception bad) when (bad is IOException or UnauthorizedAccessException or SecurityException)
        {
            return Rejected(info.Name, known, new FileStamp(-1, default, IsSettled: false), bad.GetType().Name, new ManifestException(0, bad.Message));
        }
    }

    // A mounted ConfigMap swaps a link that other links lead through; only the file at the end tells of it.
    private static FileInfo TargetOf(FileInfo info) =>
        info.Attributes.HasFlag(FileAttributes.ReparsePoint) && info.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target ? target : info;

    private ManifestFile ReadChanged(string name, FileInfo target, ManifestFile? known)
    {
        var stamp = FileStamp.Of(target, time.GetUtcNow());
        if (target.Length > MaxFileBytes)
            return Rejected(name, known, stamp, $"{target.Length}", new ManifestException(0, $"{target.Length} bytes are more than the allowed {MaxFileBytes}"));

        var bytes = File.ReadAllBytes(target.FullName);
        var hash = StableHash.Of(bytes);
        if (known?.Hash == hash)
            return known with { Stamp = stamp };
        try
        {
            var content = ManifestReader.Read(name, Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF'));
            LogSkipped(name, content);
            return new ManifestFile(name, stamp, hash, content);
        }
        catch (ManifestException bad)
        {
            return Rejected(name, known, stamp, hash, bad);
        }
    }

    private ManifestFile Rejected(string name, ManifestFile? known, FileStamp stamp, string hash, ManifestException reason)
    {
        var content = known?.Content ?? ManifestContent.Empty;
        if (known?.Hash != hash)
            FolderLog.FileRejected(log, Path.Combine(folder, name), reason.Line, reason.Message, content.Count);
        return new ManifestFile(name, stamp, hash, content);
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
