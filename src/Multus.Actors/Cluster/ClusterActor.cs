using System.Collections.Immutable;
using Multus.Cni;
using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.Kubernetes;
using static Multus.Actors.Cluster.ClusterProtocol;

namespace Multus.Actors.Cluster;

/// <summary>
/// Knows the pods and networks that the source told of, and never answers "does not exist" without the source having said so. Of a source
/// at hand it asks every time: a manifest edited a moment ago counts.
/// </summary>
internal sealed class ClusterActor : ReceiveActor
{
    private readonly IClusterApi _api;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<IActorRef> _waitingForSync = [];
    private ClusterView _view = ClusterView.Empty;
    private long _liveReads;
    private bool _connected;

    public ClusterActor(IClusterApi api, ILogger log)
    {
        _api = api;
        _log = log;
        Receive<ClusterChange>(OnChange);
        Receive<FindPod>(OnFindPod);
        Receive<FindNetworks>(OnFindNetworks);
        Receive<PodRead>(OnPodRead);
        Receive<NetworksRead>(OnNetworksRead);
        Receive<WatchEnded>(OnWatchEnded);
        Receive<NodeProtocol.TellWhenReady>(OnTellWhenReady);
        Receive<HealthProtocol.Report>(_ => Sender.Tell(Figures()));
    }

    public static Props PropsFor(IClusterApi api, ILogger log) => Props.Create(() => new ClusterActor(api, log));

    protected override void PreStart()
    {
        var self = Self; // the source calls back on threads of its own
        _api.WatchAsync(change => self.Tell(change, ActorRefs.NoSender), _stopping.Token).PipeTo(
            self, success: () => new WatchEnded(_stopping, null), failure: crash => new WatchEnded(_stopping, crash));
    }

    protected override void PostStop() => _stopping.Cancel();

    private void OnChange(ClusterChange change)
    {
        if (change is ClusterChange.Disconnected disconnected)
            ClusterLog.Disconnected(_log, _api.Description, disconnected.Reason);
        _connected = change is not ClusterChange.Disconnected;
        var wasSynced = _view.Synced;
        _view = _view.Apply(change);
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
        if (!_api.IsAtHand && _view.Find(find.Key, find.Uid) is { } known)
        {
            Sender.Tell(new PodReply.Found(known));
            return;
        }

        _liveReads++;
        var replyTo = Sender; // Sender belongs to this turn only
        _api.GetPodAsync(find.Key, _stopping.Token).PipeTo(
            Self,
            success: pod => new PodRead(replyTo, find, pod, null),
            failure: crash => new PodRead(replyTo, find, null, crash));
    }

    private void OnPodRead(PodRead read)
    {
        if (read.Pod is { } pod)
            _view = _view.Apply(new ClusterChange.PodChanged(pod));
        read.ReplyTo.Tell(read switch
        {
            { Crash: not null } when _view.Find(read.Asked.Key, read.Asked.Uid) is { } known => new PodReply.Found(known),
            { Crash: { } crash } => new PodReply.Failed(NotReadable($"pod {read.Asked.Key.Namespace}/{read.Asked.Key.Name}", crash)),
            { Pod: null } => new PodReply.Unknown(),
            { Pod: { } found } when ClusterView.IsMeant(found, read.Asked.Uid) => new PodReply.Found(found),
            _ => new PodReply.Replaced(read.Pod.Uid ?? ""),
        });
    }

    private void OnFindNetworks(FindNetworks find)
    {
        var unsure = find.Keys.Where(key => _api.IsAtHand || !_view.Networks.ContainsKey(key)).Distinct().ToImmutableArray();
        if (unsure.IsEmpty)
        {
            Sender.Tell(new NetworksReply.Found(Pick(find.Keys)));
            return;
        }

        _liveReads += unsure.Length;
        var replyTo = Sender;
        ReadAsync(unsure).PipeTo(
            Self,
            success: networks => new NetworksRead(replyTo, find, networks, null),
            failure: crash => new NetworksRead(replyTo, find, [], crash));
    }

    private void OnNetworksRead(NetworksRead read)
    {
        foreach (var network in read.Networks)
            _view = _view.Apply(new ClusterChange.NetworkChanged(network));
        read.ReplyTo.Tell(read switch
        {
            { Crash: { } crash } when !read.Asked.Keys.All(_view.Networks.ContainsKey) =>
                new NetworksReply.Failed(NotReadable("network-attachment-definitions " + string.Join(", ", read.Asked.Keys), crash)),
            { Crash: null } when _api.IsAtHand => new NetworksReply.Found(read.Networks.ToImmutableDictionary(network => network.Key)),
            _ => new NetworksReply.Found(Pick(read.Asked.Keys)),
        });
    }

    private void OnWatchEnded(WatchEnded ended)
    {
        if (ended.Watch != _stopping)
            return; // that of the instance before a crash, which has cancelled it

        // Without its watch this actor would go stale in silence: crash, and let the supervisor start it, and the watch, anew.
        throw ended.Crash is { } crash
            ? new KubernetesException($"the watch of {_api.Description} ended: {crash.Message}", isTransient: true, crash)
            : new KubernetesException($"the watch of {_api.Description} ended without a reason", isTransient: true);
    }

    private async Task<ImmutableArray<NetworkAttachmentDefinition>> ReadAsync(ImmutableArray<NetworkKey> keys)
    {
        var found = ImmutableArray.CreateBuilder<NetworkAttachmentDefinition>();
        foreach (var key in keys)
        {
            if (await _api.GetNetworkAsync(key, _stopping.Token).ConfigureAwait(false) is { } network)
                found.Add(network);
        }

        return found.ToImmutable();
    }

    private ImmutableDictionary<NetworkKey, NetworkAttachmentDefinition> Pick(ImmutableArray<NetworkKey> keys)
    {
        var picked = ImmutableDictionary.CreateBuilder<NetworkKey, NetworkAttachmentDefinition>();
        foreach (var key in keys)
        {
            if (_view.Networks.TryGetValue(key, out var network))
                picked[key] = network;
        }

        return picked.ToImmutable();
    }

    private CniError NotReadable(string what, Exception crash)
    {
        ClusterLog.ReadFailed(_log, what, _api.Description, crash);
        return new CniError(CniErrorCode.TryAgainLater, $"could not read {what} from {_api.Description}: {crash.Message}");
    }

    private HealthProtocol.Figures Figures() => new("cluster",
    [
        new("synced", _view.Synced ? 1 : 0), new("connected", _connected ? 1 : 0), new("pods", _view.Pods.Count),
        new("networks", _view.Networks.Count), new("live_reads", _liveReads),
    ]);

    private sealed record PodRead(IActorRef ReplyTo, FindPod Asked, Pod? Pod, Exception? Crash);

    private sealed record NetworksRead(
        IActorRef ReplyTo, FindNetworks Asked, ImmutableArray<NetworkAttachmentDefinition> Networks, Exception? Crash);

    /// <param name="Watch">The token source of the instance that began it.</param>
    /// <param name="Crash">Why it ended.</param>
    private sealed record WatchEnded(CancellationTokenSource Watch, Exception? Crash);
}
