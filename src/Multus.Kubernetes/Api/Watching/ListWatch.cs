using Microsoft.Extensions.Logging;
using Multus.Cni;
using Multus.Kubernetes.Api.Json;
using Multus.Kubernetes.Api.Resources;
using Multus.Kubernetes.Api.Transport;

namespace Multus.Kubernetes.Api.Watching;

/// <summary>
/// Follows one kind of object: a list, then a watch from exactly the list's version, then one watch after the other
/// from where the last one ended. A list again only when the server has forgotten that version. Nothing is repeated by
/// the clock.
/// </summary>
internal sealed class ListWatch<TKey, TObject>
    where TKey : notnull
    where TObject : class
{
    private const string AnyVersion = "0"; // what the server has in its cache
    private const string NewestVersion = ""; // what is stored, at the cost of a read from etcd
    private const int Gone = 410;
    private const int TooMany = 429;

    private static readonly TimeSpan WatchGrace = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongWatch = TimeSpan.FromSeconds(10);

    private readonly ApiTransport _transport;
    private readonly ApiResource<TKey, TObject> _resource;
    private readonly IWatchObserver<TKey, TObject> _observer;
    private readonly ApiClusterSettings _settings;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly Backoff _backoff;
    private readonly Backoff _awayBackoff;
    private readonly Backoff _absentBackoff;
    private readonly ILogger _log;
    private string? _version; // that the next watch begins at, null: a list comes first
    private string _listFrom = AnyVersion;
    private int _failures; // in a row
    private int _idleWatches; // that ended at once without an event, in a row
    private long? _awayAt; // when the server last did not answer as it should
    private bool _wasLost; // a version, since the last good watch
    private bool _isWatching; // the server has taken the watch that has just failed
    private bool _isDown;
    private bool _isAbsent;

    public ListWatch(
        ApiTransport transport,
        ApiResource<TKey, TObject> resource,
        IWatchObserver<TKey, TObject> observer,
        ApiClusterSettings settings,
        TimeProvider time,
        Random random,
        ILogger log
    )
    {
        _transport = transport;
        _resource = resource;
        _observer = observer;
        _settings = settings;
        _time = time;
        _random = random;
        _backoff = new Backoff(settings.BackoffMin, settings.BackoffMax);
        _awayBackoff = new Backoff(settings.BackoffMin, settings.AwayBackoffMax);
        _absentBackoff = new Backoff(settings.BackoffMin, settings.AbsentBackoffMax);
        _log = log;
    }

    /// <summary>Ends by cancellation only.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                if (_version is null)
                    _version = await ListAsync(cancel).ConfigureAwait(false);
                else
                    await WatchAsync(_version, cancel).ConfigureAwait(false);
            }
            catch (KubernetesException trouble)
            {
                await WaitAfterAsync(trouble, cancel).ConfigureAwait(false);
            }
        }
    }

    private async Task<string> ListAsync(CancellationToken cancel)
    {
        _isWatching = false;
        var (objects, version) = await PagesAsync(cancel).ConfigureAwait(false);
        ApiLog.Listed(_log, _resource.Name, objects.Count, version);
        _isDown = false;
        _isAbsent = false;
        _observer.Listed(objects);
        return version;
    }

    private async Task<(List<TObject> Objects, string Version)> PagesAsync(CancellationToken cancel)
    {
        var objects = new List<TObject>();
        var page = await PageAsync($"limit={_settings.PageSize}&{From(_listFrom)}", cancel).ConfigureAwait(false);
        objects.AddRange(page.Items);
        try
        {
            while (page.Continue is { } next)
            {
                page = await PageAsync($"limit={_settings.PageSize}&continue={Uri.EscapeDataString(next)}", cancel)
                    .ConfigureAwait(false);
                objects.AddRange(page.Items);
            }
        }
        catch (KubernetesException e) when (e.Status == Gone)
        {
            // Too slow for the server's memory: from the beginning, in one piece, or it might go on like this for ever.
            page = await PageAsync(From(NewestVersion), cancel).ConfigureAwait(false);
            objects = [.. page.Items];
        }

        return (objects, page.Version);
    }

    private Task<ListPage<TObject>> PageAsync(string query, CancellationToken cancel)
    {
        var request = new ApiRequest("list", _resource.Name, _resource.ListPath(query))
        {
            Accept = _resource.ListAccept,
            MayWait = false,
        };
        return _transport.SendAsync(
            request,
            (body, stop) => ListPage<TObject>.ReadAsync(body, _resource.Decode, stop),
            cancel
        );
    }

    private async Task WatchAsync(string version, CancellationToken cancel)
    {
        _isWatching = false;
        var began = _time.GetTimestamp();
        var lifetime = _settings.WatchLifetime * (1 + _random.NextDouble());
        var query =
            $"watch=1&allowWatchBookmarks=true&timeoutSeconds={Math.Max(1, (int)lifetime.TotalSeconds)}"
            + $"&{From(version)}";
        var request = new ApiRequest("watch", _resource.Name, _resource.ListPath(query))
        {
            Accept = _resource.Accept,
            MayWait = false,
            Lifetime = lifetime + WatchGrace,
        };
        var events = new WatchEvents<TKey, TObject>(_resource, _observer, request, _transport.Server, version);
        try
        {
            await _transport
                .SendAsync(request, (body, stop) => FollowAsync(body, events, stop), cancel)
                .ConfigureAwait(false);
        }
        finally
        {
            _version = events.Version;
            var wasGood = events.Count > 0 || (_isWatching && _time.GetElapsedTime(began) >= LongWatch);
            _failures = wasGood ? 0 : _failures;
            _idleWatches = wasGood ? 0 : _idleWatches + 1;
            _wasLost = _wasLost && !wasGood;
        }

        if (_idleWatches > 1)
            throw new KubernetesException(
                $"{_transport.Server} ends watches of {_resource.Name} as soon as they begin",
                isTransient: true
            );
    }

    private async Task<bool> FollowAsync(Stream body, WatchEvents<TKey, TObject> events, CancellationToken cancel)
    {
        _isWatching = true;
        if (_isDown)
            _observer.Up();
        _isDown = false;
        await JsonFeed.ReadAsync(body, events, cancel).ConfigureAwait(false);
        return true;
    }

    private async Task WaitAfterAsync(KubernetesException trouble, CancellationToken cancel)
    {
        _failures++;
        if (trouble.Status == 404 && _resource.MayBeAbsent)
        {
            BeAbsent();
            await WaitAsync(_absentBackoff, trouble, cancel).ConfigureAwait(false);
            return;
        }

        if (MayGoOnAtOnce(trouble))
        {
            ApiLog.WatchResumed(_log, _resource.Name, _version, trouble.Message);
            return; // and nobody need know
        }

        _isDown = true;
        _observer.Down(trouble.Message, trouble.IsOutage);
        await WaitAsync(_backoff, trouble, cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// After a first break, and with a list after a version that is lost: that one is not the server's fault, however
    /// long it was away before. A second loss without a good watch between the two is paced like anything else.
    /// </summary>
    private bool MayGoOnAtOnce(KubernetesException trouble)
    {
        var mayHurry = _failures == 1 && _isWatching;
        if (IsVersionLost(trouble))
        {
            ApiLog.WatchExpired(_log, _resource.Name, trouble.Message);
            _version = null;
            _listFrom = NewestVersion;
            mayHurry = !_wasLost;
            _wasLost = true;
        }

        return mayHurry && trouble.RetryAfter is null;
    }

    private async Task WaitAsync(Backoff refused, KubernetesException trouble, CancellationToken cancel)
    {
        var wait = BackoffOf(trouble, refused).After(_failures, _random);
        if (trouble.RetryAfter is { } asked && asked > wait)
            wait = asked * (1 + (_random.NextDouble() / 2)); // it has asked others for the same
        ApiLog.WatchWaits(_log, _resource.Name, wait, _failures, trouble.Message);
        await Task.Delay(wait, _time, cancel).ConfigureAwait(false);
    }

    private Backoff BackoffOf(KubernetesException trouble, Backoff refused)
    {
        if (trouble.Status is null or >= 500)
            _awayAt = _time.GetTimestamp();
        var isReturning = _awayAt is { } at && _time.GetElapsedTime(at) < _settings.ReturnTime;
        return isReturning && trouble.Status != TooMany ? _awayBackoff : refused;
    }

    private void BeAbsent()
    {
        _version = null;
        if (_isAbsent)
            return;
        ApiLog.ResourceAbsent(_log, _resource.Name);
        _isAbsent = true;
        _isDown = false;
        _observer.Listed([]);
    }

    /// <summary>410; and what a server says to a version that is from before it was restored from a backup.</summary>
    private bool IsVersionLost(KubernetesException trouble) =>
        _version is not null
        && (
            trouble.Status is Gone or 400
            || (
                trouble.Status == 504
                && trouble.Message.Contains("resource version", StringComparison.OrdinalIgnoreCase)
            )
        );

    private static string From(string version) => $"resourceVersion={version}";
}
