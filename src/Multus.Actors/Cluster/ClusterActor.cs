using System.Collections.Immutable;
using Multus.Cni;
using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.Kubernetes;
using static Multus.Actors.Cluster.ClusterProtocol;

namespace Multus.Actors.Cluster;

/// <summary>
/// Knows the pods and networks that the source told of, and never answers "does not exist" without the source having
/// said so. Before the source has told all, and of a source at hand, it asks every time: a manifest edited a moment ago
/// counts.
/// </summary>
internal sealed class ClusterActor : UntypedActor, IWithTimers
{
    private readonly IClusterApi _api;
    private readonly ClusterSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ClusterTrouble _trouble;
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<IActorRef> _waitingForSync = [];
    private readonly List<MirrorWait> _waitingForMirror = [];
    private ClusterView _view = ClusterView.Empty;
    private long _liveReads;
    private bool _connected;
    private long _heardAt;

    public ClusterActor(
        IClusterApi api,
        ClusterSettings settings,
        TimeProvider time,
        ILogger log,
        ClusterTrouble trouble
    )
    {
        _api = api;
        _settings = settings;
        _time = time;
        _log = log;
        _trouble = trouble;
        _heardAt = time.GetTimestamp();
    }

    public ITimerScheduler Timers { get; set; } = null!; // set by the runtime before PreStart

    /// <param name="trouble">Shared by all who ask this cluster; <c>null</c>: nobody else does.</param>
    public static Props PropsFor(
        IClusterApi api,
        ClusterSettings settings,
        TimeProvider time,
        ILogger log,
        ClusterTrouble? trouble = null
    )
    {
        var shared = trouble ?? new ClusterTrouble(api.Description, time, log);
        return Props.Create(() => new ClusterActor(api, settings, time, log, shared));
    }

    protected override void PreStart()
    {
        var self = Self; // the source calls back on threads of its own
        _ = _api.WatchAsync(change => self.Tell(change, ActorRefs.NoSender), _stopping.Token)
            .PipeTo(
                self,
                success: () => new WatchEnded(_stopping, null),
                failure: crash => new WatchEnded(_stopping, crash)
            );
    }

    protected override void PostStop() => _stopping.Cancel();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterChange change:
                OnChange(change);
                break;
            case FindPod find:
                OnFindPod(find);
                break;
            case FindNetworks find:
                OnFindNetworks(find);
                break;
            case PodRead read:
                OnPodRead(read);
                break;
            case NetworksRead read:
                OnNetworksRead(read);
                break;
            case MirrorLate late:
                OnMirrorLate(late);
                break;
            case WatchEnded ended:
                OnWatchEnded(ended);
                break;
            case NodeProtocol.TellWhenReady ask:
                OnTellWhenReady(ask);
                break;
            case HealthProtocol.Report:
                Sender.Tell(Figures());
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnChange(ClusterChange change)
    {
        if (change is ClusterChange.Disconnected { IsOutage: true } outage)
            _trouble.Note(outage.Reason);
        else if (change is ClusterChange.Disconnected disconnected)
            ClusterLog.Disconnected(_log, _api.Description, disconnected.Reason);
        else
            _trouble.Answered();
        _connected = change is not ClusterChange.Disconnected;
        if (_connected)
            _heardAt = _time.GetTimestamp();
        var wasSynced = _view.Synced;
        _view = _view.Apply(change);
        AnswerWhoseMirrorCame();
        if (wasSynced || !_view.Synced)
            return;

        ClusterLog.Synced(_log, _api.Description, _view.Pods.Count, _view.Networks.Count);
        foreach (var waiting in _waitingForSync)
            waiting.Tell(new NodeProtocol.PartReady("cluster"));
        _waitingForSync.Clear();
    }

    private void OnTellWhenReady(NodeProtocol.TellWhenReady ask)
    {
        if (_view.Synced)
            Sender.Tell(new NodeProtocol.PartReady("cluster"));
        else
            _waitingForSync.Add(Sender);
    }

    private void OnFindPod(FindPod find)
    {
        if (!_api.IsAvailable && _view.Find(find.Key, find.Uid) is { } known)
        {
            Sender.Tell(new PodReply.Found(known));
            return;
        }

        ReadPod(new PodQuestion(Sender, find, MayWait: !_api.IsAvailable && PodIdentity.MayBeStatic(find.Uid)));
    }

    private void ReadPod(PodQuestion question)
    {
        _liveReads++;
        _ = BoundedAsync(cancel => _api.GetPodAsync(question.Asked.Key, cancel))
            .PipeTo(
                Self,
                success: pod => new PodRead(question, pod, null),
                failure: crash => new PodRead(question, null, crash)
            );
    }

    // What was read is not remembered: the watch says it too, and when, and takes it back.
    private void OnPodRead(PodRead read)
    {
        if (read.Crash is null)
            _trouble.Answered();
        var (key, uid) = read.Question.Asked;
        // The mirror of the manifest before is not the one.
        var isMissing = read.Crash is null && read.Pod?.IsFor(uid) != true;
        if (isMissing && read.Question.MayWait && _settings.MirrorWait > TimeSpan.Zero && _view.Find(key, uid) is null)
        {
            WaitForMirror(read.Question);
            return;
        }

        read.Question.ReplyTo.Tell(
            read switch
            {
                { Pod: { } found } when found.IsFor(uid) => new PodReply.Found(found),
                _ when _view.Find(key, uid) is { } known => new PodReply.Found(known), // by now, or still
                { Crash: { } crash } => new PodReply.Failed(NotReadable($"pod {key}", crash)),
                { Pod: { } other } => new PodReply.Replaced(other.RuntimeUid ?? ""),
                _ => new PodReply.Unknown(),
            }
        );
    }

    private void WaitForMirror(PodQuestion question)
    {
        var wait = new MirrorWait(question with { MayWait = false });
        _waitingForMirror.Add(wait);
        Timers.StartSingleTimer(wait, new MirrorLate(wait), _settings.MirrorWait);
    }

    private void AnswerWhoseMirrorCame()
    {
        for (var i = _waitingForMirror.Count - 1; i >= 0; i--)
        {
            var wait = _waitingForMirror[i];
            if (_view.Find(wait.Question.Asked.Key, wait.Question.Asked.Uid) is not { } pod)
                continue;

            _waitingForMirror.RemoveAt(i);
            Timers.Cancel(wait);
            wait.Question.ReplyTo.Tell(new PodReply.Found(pod));
        }
    }

    private void OnMirrorLate(MirrorLate late)
    {
        if (_waitingForMirror.Remove(late.Wait))
            ReadPod(late.Wait.Question); // the watch may be behind, or down
    }

    private void OnFindNetworks(FindNetworks find)
    {
        var unsure = find.Keys.Where(key => _api.IsAvailable || _view.Find(key) is null).Distinct().ToImmutableArray();
        var mayNotAsk = find.FromMemory && !_api.IsAvailable;
        if (unsure.IsEmpty || (mayNotAsk && _view.Synced))
        {
            Sender.Tell(new NetworksReply.Found(Pick(find.Keys, [])));
            return;
        }

        if (mayNotAsk)
        {
            Sender.Tell(
                new NetworksReply.Failed(
                    new CniError(
                        CniErrorCode.TryAgainLater,
                        $"{string.Join(", ", unsure)} is not known: {_api.Description} has not been read yet"
                    )
                )
            );
            return;
        }

        _liveReads += unsure.Length;
        var replyTo = Sender;
        _ = BoundedAsync(cancel => ReadAsync(unsure, cancel))
            .PipeTo(
                Self,
                success: networks => new NetworksRead(replyTo, find, networks, null),
                failure: crash => new NetworksRead(replyTo, find, [], crash)
            );
    }

    private void OnNetworksRead(NetworksRead read)
    {
        if (read.Crash is null)
            _trouble.Answered();
        read.ReplyTo.Tell(
            read switch
            {
                { Crash: { } crash } when read.Asked.Keys.Any(key => _view.Find(key) is null) =>
                    new NetworksReply.Failed(
                        NotReadable("network-attachment-definitions " + string.Join(", ", read.Asked.Keys), crash)
                    ),
                { Crash: null } when _api.IsAvailable => new NetworksReply.Found(
                    read.Networks.ToImmutableDictionary(network => network.Key)
                ),
                _ => new NetworksReply.Found(Pick(read.Asked.Keys, read.Networks)),
            }
        );
    }

    private void OnWatchEnded(WatchEnded ended)
    {
        if (ended.Watch != _stopping)
            return; // that of the instance before a crash, which has cancelled it

        // Without its watch this actor would go stale in silence: crash, and let the supervisor start it, and the
        // watch, anew.
        throw ended.Crash is { } crash
            ? new KubernetesException(
                $"the watch of {_api.Description} ended: {crash.Message}",
                isTransient: true,
                crash
            )
            : new KubernetesException($"the watch of {_api.Description} ended without a reason", isTransient: true);
    }

    private async Task<ImmutableArray<NetworkAttachmentDefinition>> ReadAsync(
        ImmutableArray<NetworkKey> keys,
        CancellationToken cancel
    )
    {
        var read = await Task.WhenAll(keys.Select(key => _api.GetNetworkAsync(key, cancel)));
        return [.. read.OfType<NetworkAttachmentDefinition>()];
    }

    private Task<T> BoundedAsync<T>(Func<CancellationToken, Task<T>> read) =>
        ClusterQuestion.BoundedAsync(_settings.ReadTimeout, _time, read, _stopping.Token);

    // What was read just now counts before what is remembered.
    private ImmutableDictionary<NetworkKey, NetworkAttachmentDefinition> Pick(
        ImmutableArray<NetworkKey> keys,
        ImmutableArray<NetworkAttachmentDefinition> read
    )
    {
        var picked = ImmutableDictionary.CreateBuilder<NetworkKey, NetworkAttachmentDefinition>();
        foreach (var key in keys)
        {
            if (_view.Find(key) is { } network)
                picked[key] = network;
        }

        foreach (var network in read)
            picked[network.Key] = network;
        return picked.ToImmutable();
    }

    private CniError NotReadable(string what, Exception crash)
    {
        var level = _trouble.Covers(crash) ? LogLevel.Debug : LogLevel.Warning;
        var stack = ClusterQuestion.StackOf(crash, level);
        ClusterLog.ReadFailed(_log, level, what, _api.Description, crash.Message, stack);
        return ClusterQuestion.NotReadable(what, _api.Description, crash);
    }

    private HealthProtocol.Figures Figures() =>
        new(
            "cluster",
            [
                new("synced", _view.Synced ? 1 : 0),
                new("connected", _connected ? 1 : 0),
                new("pods", _view.Pods.Count),
                new("networks", _view.Networks.Count),
                new("live_reads", _liveReads),
                new("watch_age_seconds", (long)_time.GetElapsedTime(_heardAt).TotalSeconds),
            ]
        );

    /// <param name="MayWait">Whether "there is none" is an answer only after the wait for a mirror.</param>
    private sealed record PodQuestion(IActorRef ReplyTo, FindPod Asked, bool MayWait);

    private sealed record PodRead(PodQuestion Question, Pod? Pod, Exception? Crash);

    /// <summary>A question that waits, and the key of the timer that bounds it; compared by reference.</summary>
    private sealed class MirrorWait(PodQuestion question)
    {
        public PodQuestion Question { get; } = question;
    }

    private sealed record MirrorLate(MirrorWait Wait);

    private sealed record NetworksRead(
        IActorRef ReplyTo,
        FindNetworks Asked,
        ImmutableArray<NetworkAttachmentDefinition> Networks,
        Exception? Crash
    );

    /// <param name="Watch">The token source of the instance that began it.</param>
    /// <param name="Crash">Why it ended.</param>
    private sealed record WatchEnded(CancellationTokenSource Watch, Exception? Crash);
}
