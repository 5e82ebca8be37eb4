using Multus.Engine.State;

namespace Multus.Actors.PendingDeletes;

/// <summary>What one look into the folder of stored DELs has found.</summary>
/// <param name="Stored">Oldest first.</param>
/// <param name="GivenUp">How many wait for the operator.</param>
/// <param name="Failure">Why it could not be looked into, null when it could.</param>
internal sealed record FolderScan(IReadOnlyList<StoredDelete> Stored, int GivenUp, Exception? Failure)
{
    /// <summary>Whether the folder is watched from before the look on.</summary>
    public bool IsWatched { get; private init; }

    /// <summary>Why it is not, although it should be.</summary>
    public Exception? WatchFailure { get; private init; }

    /// <summary>Reads the disk, for as long as that takes: not for an actor's handler.</summary>
    /// <param name="onChange">Is called back of a watch that begins before the look; null: none is begun.</param>
    /// <param name="stopping">Ends the watch, also one that is there only after this.</param>
    public static FolderScan Run(IPendingDeleteFolder folder, Action? onChange, CancellationToken stopping)
    {
        var failure = onChange is null ? null : TryWatch(folder, onChange, stopping);
        return Look(folder) with { IsWatched = onChange is not null && failure is null, WatchFailure = failure };
    }

    // The kernel bounds the number of watches, and a folder may be missing for a while: looking from time to time does
    // as well, only later.
    private static Exception? TryWatch(IPendingDeleteFolder folder, Action onChange, CancellationToken stopping)
    {
        try
        {
            var watch = folder.Watch(onChange);
            stopping.Register(watch.Dispose);
            return null;
        }
        // The last: no thread for it.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OutOfMemoryException)
        {
            return e;
        }
    }

    private static FolderScan Look(IPendingDeleteFolder folder)
    {
        try
        {
            return new FolderScan(folder.List(), folder.CountGivenUp(), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new FolderScan([], 0, e);
        }
    }
}
