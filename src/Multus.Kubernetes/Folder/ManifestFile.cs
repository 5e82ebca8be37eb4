namespace Multus.Kubernetes.Folder;

/// <summary>A file as last read.</summary>
/// <param name="Stamp">Of the file then; <c>null</c> when it could not be read, so that it is tried again.</param>
/// <param name="Hash">Of the bytes last seen, or the reason why there are none.</param>
internal sealed record ManifestFile(string Name, FileStamp? Stamp, string Hash, ManifestContent Content);
