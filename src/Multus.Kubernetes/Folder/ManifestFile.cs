namespace Multus.Kubernetes.Folder;

/// <summary>A file as last read.</summary>
/// <param name="Hash">Of the bytes last seen, good or bad, so that a bad file is reported once.</param>
/// <param name="Content">The last good content, empty when there never was any.</param>
internal sealed record ManifestFile(string Name, FileStamp Stamp, string Hash, ManifestContent Content);
