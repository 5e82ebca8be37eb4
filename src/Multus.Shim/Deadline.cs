namespace Multus.Shim;

/// <summary>A point on the monotonic clock.</summary>
internal readonly struct Deadline(TimeProvider time, TimeSpan span)
{
    private readonly long _start = time.GetTimestamp();

    public TimeSpan Passed => time.GetElapsedTime(_start);

    /// <summary>Zero once the time is up.</summary>
    public TimeSpan Left => Passed < span ? span - Passed : TimeSpan.Zero;

    public bool IsOver => Left == TimeSpan.Zero;

    /// <summary>For a socket option: whole milliseconds, at least one, because zero means for ever.</summary>
    public int LeftMilliseconds => (int)Math.Clamp(Left.TotalMilliseconds, 1, int.MaxValue);
}
