namespace Multus.Engine.History;

/// <summary>When a file of the history is full, and the one before it goes.</summary>
/// <param name="Sandboxes">It has at least this many,</param>
/// <param name="Bytes">and at least this length;</param>
/// <param name="MostBytes">or this length, whatever it has.</param>
public sealed record HistoryLimits(int Sandboxes, long Bytes, long MostBytes)
{
    /// <summary>The last 500 sandboxes at least, with two to four operations of some kilobytes each.</summary>
    public static HistoryLimits Usual { get; } = new(500, 2 << 20, 16 << 20);
}
