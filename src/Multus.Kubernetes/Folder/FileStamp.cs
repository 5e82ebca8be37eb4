namespace Multus.Kubernetes.Folder;

/// <summary>Tells whether a file may have changed since it was read.</summary>
/// <param name="IsSettled">
/// False when the file had been written only just before it was read: a second write within the clock's tick would leave length and time
/// as they are, so such a file is read again until it has settled.
/// </param>
internal readonly record struct FileStamp(long Length, DateTime WrittenUtc, bool IsSettled)
{
    /// <summary>Far above the kernel's tick, 1 to 10 ms.</summary>
    private static readonly TimeSpan FineTick = TimeSpan.FromMilliseconds(100);

    /// <summary>Above that of file systems that keep whole seconds, FAT every other one.</summary>
    private static readonly TimeSpan CoarseTick = TimeSpan.FromSeconds(3);

    public static FileStamp Of(FileInfo file, DateTimeOffset now)
    {
        var written = file.LastWriteTimeUtc;
        var tick = written.Ticks % TimeSpan.TicksPerSecond == 0 ? CoarseTick : FineTick;
        return new FileStamp(file.Length, written, written < now.UtcDateTime - tick);
    }

    public bool StillHolds(FileInfo file) => IsSettled && Length == file.Length && WrittenUtc == file.LastWriteTimeUtc;
}
