using Multus.Engine.State;
using static Multus.Actors.PendingDeletes.PendingDeletesProtocol;

namespace Multus.Actors.PendingDeletes;

/// <summary>
/// Looks into the folder of stored DELs away from the actor's thread, one look at a time, and knows who waits for one.
/// </summary>
/// <remarks>One instance of an actor owns it, and tells it of each look that has ended.</remarks>
internal sealed class FolderLooks(IPendingDeleteFolder folder)
{
    private static readonly NodeProtocol.PartReady Ready = new("pending-deletes");

    private readonly HashSet<IActorRef> _waitingForReady = [];
    private List<IActorRef> _askers = []; // of the look that begins next
    private List<IActorRef> _askersNow = []; // of the one under way
    private bool _isLooking;
    private bool _isWanted;
    private bool _hasLooked;
    private bool _shouldWatch;
    private bool _isWatched;

    /// <summary>One that begins from now on; what is under way may have passed what this one is about.</summary>
    public void Want() => _isWanted = true;

    /// <param name="asker">Is told what it has come to.</param>
    public void Want(IActorRef asker)
    {
        _askers.Add(asker);
        Want();
    }

    /// <summary>One that first sees to it that the folder is watched.</summary>
    public void WantWatched()
    {
        _shouldWatch = true;
        Want();
    }

    public void TellWhenReady(IActorRef asker)
    {
        if (_hasLooked)
            asker.Tell(Ready);
        else
            _waitingForReady.Add(asker);
    }

    /// <summary>Begins a look if one is wanted and none is under way. Follow with <see cref="Ended"/>.</summary>
    /// <param name="onChange">Of the watch: called on any thread.</param>
    /// <param name="stopping">Ends the watch.</param>
    /// <returns>Null when none has begun.</returns>
    public Task<FolderScan>? TryBegin(Action onChange, CancellationToken stopping)
    {
        if (_isLooking || !_isWanted)
            return null;

        (_isLooking, _isWanted) = (true, false);
        (_askersNow, _askers) = (_askers, []);
        var watch = _shouldWatch && !_isWatched ? onChange : null;
        _shouldWatch = false;
        return Task.Run(() => FolderScan.Run(folder, watch, stopping), CancellationToken.None);
    }

    /// <summary>The look has ended, and who waits is answered.</summary>
    /// <param name="count">How many DELs are known now.</param>
    public void Ended(FolderScan scan, int count)
    {
        (_isLooking, _hasLooked) = (false, true);
        _isWatched |= scan.IsWatched;
        foreach (var waiting in _waitingForReady)
            waiting.Tell(Ready);
        _waitingForReady.Clear();
        foreach (var asker in _askersNow)
            asker.Tell(new Reply.Scanned(count));
        _askersNow.Clear();
    }
}
