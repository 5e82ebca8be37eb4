using Multus.Engine.History;

namespace Multus.Host.Page;

/// <summary>The node as one run of watchers sees it. One thread at a time.</summary>
internal sealed class NodeWatch : IDisposable
{
    /// <summary>How many kinds of events there are.</summary>
    public const int TopicCount = 5;

    private const int MostEnded = 30;
    private const int MostFailures = 50;
    private const int FiguresEvery = 2; // of refreshes: who asks the actors costs more than who looks at the tracker

    private readonly PageSources _from;
    private readonly EndedOperations.Listener _listener;
    private readonly FeedTopic _node = new("node");
    private readonly FeedTopic _running = new("running");
    private readonly FeedTopic _ended = new("ended");
    private readonly FeedTopic _failures = new("failures");
    private readonly FeedTopic _hour = new("hour");
    private readonly LinkedList<OperationEntry> _lastEnded = [];
    private readonly LinkedList<OperationEntry> _lastFailures = [];
    private (long Stretch, long Ended) _hourSaid = (-1, 0);
    private long _refreshes;

    /// <exception cref="IOException">What has ended before cannot be read.</exception>
    public NodeWatch(PageSources from)
    {
        _from = from;
        _listener = from.Ended.Listen();
        Topics = [_node, _running, _ended, _failures, _hour];
    }

    /// <summary>Each with its newest state.</summary>
    public IReadOnlyList<FeedTopic> Topics { get; }

    /// <returns>Whether anything has changed.</returns>
    public async Task<bool> RefreshAsync()
    {
        var isFirst = _refreshes == 0;
        if (isFirst)
            ReadHistory();
        var changed = RefreshEnded(isFirst);
        var running = _from.Tracker.Snapshot();
        changed |= _running.Set(json => WorkJson.WriteRunning(json, running));
        if (_refreshes++ % FiguresEvery != 0)
            return changed;

        changed |= RefreshHour();
        var figures = await _from.Figures(CancellationToken.None);
        return changed | _node.Set(json => NodeJson.Write(json, figures));
    }

    public void Dispose() => _listener.Dispose();

    // What ends meanwhile is heard, and may be read as well.
    private void ReadHistory()
    {
        foreach (var entry in _from.History.ReadLast(MostEnded))
            Keep(_lastEnded, entry, MostEnded);
        foreach (var entry in _from.History.Read("\"error\":{"))
        {
            if (entry.Error is not null)
                Keep(_lastFailures, entry, MostFailures);
        }
    }

    private bool RefreshEnded(bool isFirst)
    {
        var (hasEnded, hasFailed) = (isFirst, isFirst);
        foreach (var entry in _listener.Drain())
        {
            hasEnded |= Keep(_lastEnded, entry, MostEnded);
            if (entry.Error is not null)
                hasFailed |= Keep(_lastFailures, entry, MostFailures);
        }

        if (hasEnded)
            _ended.Set(json => WorkJson.WriteEnded(json, _lastEnded));
        if (hasFailed)
            _failures.Set(json => WorkJson.WriteFailures(json, _lastFailures));
        return hasEnded || hasFailed;
    }

    private bool RefreshHour()
    {
        var now = (_from.Hour.Now, _from.Hour.Ended);
        if (now == _hourSaid)
            return false;
        _hourSaid = now;
        return _hour.Set(json => WorkJson.WriteHour(json, now.Now, _from.Hour.Snapshot()));
    }

    private static bool Keep(LinkedList<OperationEntry> list, OperationEntry entry, int most)
    {
        foreach (var known in list)
        {
            if (known.Request == entry.Request && known.Sandbox == entry.Sandbox)
                return false;
        }

        list.AddLast(entry);
        if (list.Count > most)
            list.RemoveFirst();
        return true;
    }
}
