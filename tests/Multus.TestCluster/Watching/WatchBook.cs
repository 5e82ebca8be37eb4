using System.Globalization;
using Multus.TestCluster.Connections;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Requests;
using Multus.TestCluster.Statuses;

namespace Multus.TestCluster.Watching;

/// <summary>
/// All watches that are open, and what a test may do to them. Each method concerns one resource, or all when none is
/// named.
/// </summary>
public sealed class WatchBook
{
    private readonly ObjectStore _objects;
    private readonly TestApiServerSettings _settings;
    private readonly TimeProvider _time;
    private readonly Gate _flow = new();
    private readonly Lock _gate = new(); // guards the two below
    private readonly List<WatchStream> _open = [];
    private readonly List<(ResourceType Type, int Count, TaskCompletionSource Reached)> _waiting = [];

    internal WatchBook(ObjectStore objects, TestApiServerSettings settings, TimeProvider time)
    {
        _objects = objects;
        _settings = settings;
        _time = time;
    }

    public int Count(ResourceType type)
    {
        lock (_gate)
            return _open.Count(watch => watch.Type == type);
    }

    /// <summary>Ends when at least so many clients watch the resource.</summary>
    public Task WhenOpenAsync(ResourceType type, int count = 1)
    {
        lock (_gate)
        {
            if (_open.Count(watch => watch.Type == type) >= count)
                return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((type, count, reached));
            return reached.Task;
        }
    }

    /// <summary>The server ends the streams in good order, as it does every half hour or so.</summary>
    public void EndAll(ResourceType? type = null) => SendAll(type, new WatchSignal.End());

    /// <summary>The streams break off; the connection stays where the protocol allows that.</summary>
    public void ResetAll(ResourceType? type = null) => SendAll(type, new WatchSignal.Reset());

    /// <summary>
    /// An event of type ERROR, then the end: 410 is how a server says that a watch has fallen too far behind.
    /// </summary>
    public void FailAll(ApiStatus status, ResourceType? type = null) => SendAll(type, new WatchSignal.Error(status));

    /// <summary>A bookmark with the newest revision, to those who take bookmarks.</summary>
    public void SendBookmarks(ResourceType? type = null)
    {
        var revision = _objects.Revision;
        foreach (var watch in Open(type).Where(watch => watch.AllowsBookmarks))
            watch.Send(new WatchSignal.Bookmark(revision, EndsInitialEvents: false));
    }

    /// <summary>Bytes that no server should send.</summary>
    public void SendRaw(ReadOnlyMemory<byte> bytes, ResourceType? type = null) =>
        SendAll(type, new WatchSignal.Raw(bytes));

    /// <summary>Watches, and only they, say nothing more until resumed; then they say all.</summary>
    public void Stall() => _flow.Close();

    public void Resume() => _flow.Open();

    internal async Task ServeAsync(ApiRequest request, ApiTarget target, CancellationToken stopping)
    {
        var watch = new WatchStream(
            target.Type,
            ReadRequests.SelectionOf(request, target),
            ObjectForm.Of(request.Http.Request.Headers.Accept.ToString()),
            request.IsSet("allowWatchBookmarks")
        );
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(request.Http.RequestAborted, stopping);
        using var deadline = StartDeadline(request, watch);
        try
        {
            Begin(request, watch);
            await watch.RunAsync(request.Http, _flow, ended.Token);
        }
        finally
        {
            _objects.Unsubscribe(watch.OnChange);
            lock (_gate)
                _open.Remove(watch);
        }
    }

    private void Begin(ApiRequest request, WatchStream watch)
    {
        try
        {
            _objects.Subscribe(
                watch.Type,
                ReadRequests.RevisionOf(request),
                watch.OnChange,
                backlog => QueueBacklog(request, watch, backlog)
            );
            lock (_gate)
            {
                _open.Add(watch);
                Announce();
            }
        }
        catch (ApiException tooOld)
            when (tooOld.Status.Code == 410 && _settings.ExpiredWatch == ExpiredWatchAnswer.ErrorEvent)
        {
            watch.Send(new WatchSignal.Error(tooOld.Status));
        }
    }

    private static void QueueBacklog(ApiRequest request, WatchStream watch, Backlog backlog)
    {
        foreach (var change in backlog.Changes)
            watch.OnChange(change);
        if (request.IsSet("sendInitialEvents") && watch.AllowsBookmarks)
            watch.Send(new WatchSignal.Bookmark(backlog.Revision, EndsInitialEvents: true));
    }

    private void Announce()
    {
        foreach (var waiter in _waiting.ToList())
        {
            if (_open.Count(watch => watch.Type == waiter.Type) < waiter.Count)
                continue;
            waiter.Reached.TrySetResult();
            _waiting.Remove(waiter);
        }
    }

    private ITimer? StartDeadline(ApiRequest request, WatchStream watch)
    {
        var isSet =
            int.TryParse(
                request.Query("timeoutSeconds"),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var seconds
            )
            && seconds > 0;
        return isSet
            ? _time.CreateTimer(
                _ => watch.Send(new WatchSignal.End()),
                null,
                TimeSpan.FromSeconds(seconds),
                Timeout.InfiniteTimeSpan
            )
            : null;
    }

    private void SendAll(ResourceType? type, WatchSignal signal)
    {
        foreach (var watch in Open(type))
            watch.Send(signal);
    }

    private List<WatchStream> Open(ResourceType? type)
    {
        lock (_gate)
            return [.. _open.Where(watch => type is null || watch.Type == type)];
    }
}
