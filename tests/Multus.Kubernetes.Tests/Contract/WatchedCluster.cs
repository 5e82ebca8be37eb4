using System.Collections.Immutable;
using System.Threading.Channels;
using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.TestSupport.Daemons;

namespace Multus.Kubernetes.Tests.Contract;

/// <summary>
/// A watch on a world: its changes one by one, or the picture that they add up to. What is in no namespace of the
/// world's is left out.
/// </summary>
internal sealed class WatchedCluster : IAsyncDisposable
{
    private readonly Channel<ClusterChange> _changes = Channel.CreateUnbounded<ClusterChange>();
    private readonly CancellationTokenSource _stop = new();
    private readonly ClusterWorld _world;
    private readonly Task _running;
    private Picture _picture = new(
        ImmutableDictionary<PodKey, Pod>.Empty,
        ImmutableDictionary<NetworkKey, NetworkAttachmentDefinition>.Empty
    );

    public WatchedCluster(ClusterWorld world)
    {
        _world = world;
        _running = world.Api.WatchAsync(Take, _stop.Token);
    }

    public bool HasMore => _changes.Reader.TryPeek(out _);

    /// <summary>The next change, whatever it is.</summary>
    public async Task<ClusterChange> NextAsync()
    {
        var change = await _changes.Reader.ReadAsync().AsTask().WaitAsync(Wait.Patience);
        _picture = _picture.After(change);
        return change;
    }

    /// <summary>What the watch begins with.</summary>
    public async Task<Picture> PictureAsync()
    {
        Assert.IsType<ClusterChange.Replaced>(await NextAsync());
        return _picture;
    }

    /// <summary>Reads on until the picture is as wanted.</summary>
    public async Task<Picture> WhenAsync(Predicate<Picture> isWanted)
    {
        while (!isWanted(_picture))
            await NextAsync();
        return _picture;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(Wait.Patience);
        _stop.Dispose();
    }

    private void Take(ClusterChange change)
    {
        if (OwnPartOf(change) is { } own)
            _changes.Writer.TryWrite(own);
    }

    private ClusterChange? OwnPartOf(ClusterChange change) =>
        change switch
        {
            ClusterChange.Replaced all => new ClusterChange.Replaced(
                [.. all.Pods.Where(pod => IsOwn(pod.Key.Namespace))],
                [.. all.Networks.Where(network => IsOwn(network.Key.Namespace))]
            ),
            ClusterChange.PodChanged { Pod.Key.Namespace: var ns } => IsOwn(ns) ? change : null,
            ClusterChange.PodGone { Key.Namespace: var ns } => IsOwn(ns) ? change : null,
            ClusterChange.NetworkChanged { Network.Key.Namespace: var ns } => IsOwn(ns) ? change : null,
            ClusterChange.NetworkGone { Key.Namespace: var ns } => IsOwn(ns) ? change : null,
            _ => change,
        };

    private bool IsOwn(string ns) => ns == _world.Namespace || ns == _world.OtherNamespace;
}

/// <summary>The cluster as far as it has been said.</summary>
internal sealed record Picture(
    ImmutableDictionary<PodKey, Pod> Pods,
    ImmutableDictionary<NetworkKey, NetworkAttachmentDefinition> Networks
)
{
    public Picture After(ClusterChange change) =>
        change switch
        {
            ClusterChange.Replaced all => new(
                all.Pods.ToImmutableDictionary(pod => pod.Key),
                all.Networks.ToImmutableDictionary(network => network.Key)
            ),
            ClusterChange.PodChanged { Pod: var pod } => this with { Pods = Pods.SetItem(pod.Key, pod) },
            ClusterChange.PodGone { Key: var key } => this with { Pods = Pods.Remove(key) },
            ClusterChange.NetworkChanged { Network: var network } => this with
            {
                Networks = Networks.SetItem(network.Key, network),
            },
            ClusterChange.NetworkGone { Key: var key } => this with { Networks = Networks.Remove(key) },
            _ => this,
        };
}
