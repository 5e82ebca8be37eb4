using Multus.Core.Networks;
using Multus.Core.Pods;

namespace Multus.Kubernetes.Api.Watching;

/// <summary>
/// Makes one story of the two watches: nothing before both are known, changes while both are up, one
/// <see cref="ClusterChange.Disconnected"/> when either is not, and the whole picture when both are up again.
/// </summary>
internal sealed class ClusterWatch
{
    // Guards all below; changes are told under it, so that they arrive in their order.
    private readonly Lock _gate = new();
    private readonly Action<ClusterChange> _tell;
    private readonly Half<PodKey, Pod> _pods;
    private readonly Half<NetworkKey, NetworkAttachmentDefinition> _networks;
    private bool _isFresh; // the receiver has a whole picture that changes are told of
    private string? _toldReason;

    public ClusterWatch(
        Action<ClusterChange> tell,
        Func<Pod, Pod, bool> arePodsSame,
        Func<NetworkAttachmentDefinition, NetworkAttachmentDefinition, bool> areNetworksSame
    )
    {
        _tell = tell;
        _pods = new Half<PodKey, Pod>(
            this,
            pod => pod.Key,
            arePodsSame,
            pod => new ClusterChange.PodChanged(pod),
            key => new ClusterChange.PodGone(key)
        );
        _networks = new Half<NetworkKey, NetworkAttachmentDefinition>(
            this,
            network => network.Key,
            areNetworksSame,
            network => new ClusterChange.NetworkChanged(network),
            key => new ClusterChange.NetworkGone(key)
        );
    }

    public IWatchObserver<PodKey, Pod> Pods => _pods;

    public IWatchObserver<NetworkKey, NetworkAttachmentDefinition> Networks => _networks;

    /// <summary>As the watch last saw it.</summary>
    public Pod? Find(PodKey key)
    {
        lock (_gate)
            return _pods.Find(key);
    }

    private void TellAll_NeedsLock()
    {
        if (!_pods.IsUp || !_networks.IsUp)
            return;
        _isFresh = true;
        _toldReason = null;
        _tell(new ClusterChange.Replaced([.. _pods.Objects], [.. _networks.Objects]));
    }

    private void TellTrouble_NeedsLock(string reason, bool isOutage)
    {
        _isFresh = false;
        if (_toldReason == reason)
            return;
        _toldReason = reason;
        _tell(new ClusterChange.Disconnected(reason) { IsOutage = isOutage });
    }

    /// <summary>What is known of one kind.</summary>
    private sealed class Half<TKey, TObject>(
        ClusterWatch whole,
        Func<TObject, TKey> keyOf,
        Func<TObject, TObject, bool> areSame,
        Func<TObject, ClusterChange> changed,
        Func<TKey, ClusterChange> gone
    ) : IWatchObserver<TKey, TObject>
        where TKey : notnull
        where TObject : class
    {
        private Dictionary<TKey, TObject>? _objects; // null: never listed
        private bool _isBroken;

        public bool IsUp => _objects is not null && !_isBroken;

        public IEnumerable<TObject> Objects => _objects!.Values;

        public TObject? Find(TKey key) => _objects?.GetValueOrDefault(key);

        public void Listed(IReadOnlyCollection<TObject> objects)
        {
            lock (whole._gate)
            {
                _objects = new Dictionary<TKey, TObject>(objects.Count);
                foreach (var item in objects)
                    _objects[keyOf(item)] = item;
                _isBroken = false;
                whole.TellAll_NeedsLock();
            }
        }

        public void Changed(TObject item)
        {
            lock (whole._gate)
            {
                if (_objects!.TryGetValue(keyOf(item), out var known) && areSame(known, item))
                    return; // what changed is none of ours
                _objects[keyOf(item)] = item;
                if (whole._isFresh)
                    whole._tell(changed(item));
            }
        }

        public void Gone(TKey key)
        {
            lock (whole._gate)
            {
                if (_objects!.Remove(key) && whole._isFresh)
                    whole._tell(gone(key));
            }
        }

        public void Up()
        {
            lock (whole._gate)
            {
                _isBroken = false;
                whole.TellAll_NeedsLock();
            }
        }

        public void Down(string reason, bool isOutage)
        {
            lock (whole._gate)
            {
                _isBroken = true;
                whole.TellTrouble_NeedsLock(reason, isOutage);
            }
        }
    }
}
