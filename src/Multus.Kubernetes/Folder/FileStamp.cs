using Multus.Linux.Files;

namespace Multus.Kubernetes.Folder;

/// <summary>Tells whether a file may have changed since it was read.</summary>
/// <param name="IsSettled">
/// False when the file had been changed only just before it was read: a second write within the clock's tick would
/// leave length and times as they are, so such a file is read again until it has settled.
/// </param>
internal readonly record struct FileStamp(FileStatus Status, bool IsSettled)
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Far above the kernel's tick, 1 to 10 ms.</summary>
    private static readonly TimeSpan FineTick = TimeSpan.FromMilliseconds(100);

    /// <summary>Above that of file systems that keep whole seconds, FAT every other one.</summary>
    private static readonly TimeSpan CoarseTick = TimeSpan.FromSeconds(3);

    public static FileStamp Of(FileStatus status, DateTimeOffset now)
    {
        var changed = Math.Max(status.Changed, status.Modified);
        var tick = changed % NanosecondsPerSecond == 0 ? CoarseTick : FineTick;
        return new FileStamp(
            status,
            DateTimeOffset.UnixEpoch.AddTicks(changed / TimeSpan.NanosecondsPerTick) < now - tick
        );
    }

    public bool StillHolds(FileStatus status) => IsSettled && Status == status;
}
