using System.Security.Cryptography;

namespace Multus.Kubernetes.Folder;

/// <summary>Tells whether a file may have changed since it was read.</summary>
/// <param name="IsSettled">
/// False when the file had been written only just before it was read: a second write within the clock's tick would leave length and time
/// as they are, so such a file is read again until it has settled.
/// </param>
internal readonly record struct FileStamp(long Length, DateTime WrittenUtc, bool IsSettled)
{
    /// <summary>Far above the tick of any file system's clock (FAT: 2 s, kernel: 4 to 10 ms).</summary>
    private static readonly TimeSpan Unsettled = TimeSpan.FromSeconds(2);

    public static FileStamp Of(FileInfo file, DateTimeOffset now) =>
        new(file.Length, file.LastWriteTimeUtc, file.LastWriteTimeUtc < now.UtcDateTime - Unsettled);

    public bool StillHolds(FileInfo file) => IsSettled && Length == file.Length && WrittenUtc == file.LastWriteTimeUtc;

    public static string HashOf(ReadOnlySpan<byte> content) => Convert.ToHexString(SHA256.HashData(content));
}
