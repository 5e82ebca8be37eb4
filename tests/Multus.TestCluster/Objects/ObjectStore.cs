using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Multus.TestCluster.Statuses;

namespace Multus.TestCluster.Objects;

/// <summary>
/// All objects of the cluster, with one revision that every write raises by one, and the writes since the last
/// compaction. What a client does by HTTP and what a test does here end in the same methods.
/// </summary>
public sealed class ObjectStore
{
    private const int HistoryLimit = 100_000;

    private static readonly ImmutableSortedDictionary<ObjectKey, StoredObject> EmptyTable =
        ImmutableSortedDictionary.Create<ObjectKey, StoredObject>(ObjectKey.Order);

    private readonly TimeProvider _time;
    private readonly Lock _gate = new(); // guards everything below; listeners are called under it, so that they hear writes in their order
    private readonly Dictionary<ResourceType, ImmutableSortedDictionary<ObjectKey, StoredObject>> _tables = [];
    private readonly List<StoreChange> _history = [];
    private readonly List<Action<StoreChange>> _listeners = [];
    private readonly HashSet<ResourceType> _absent = [];
    private long _revision = 1000; // a new cluster's first objects are not its first writes
    private long _compacted = 1000;

    internal ObjectStore(TimeProvider time) => _time = time;

    /// <summary>The revision of the newest write.</summary>
    public long Revision
    {
        get
        {
            lock (_gate)
                return _revision;
        }
    }

    /// <summary>
    /// Whether requests for the resource find it; without it they get what a cluster without that CRD answers.
    /// </summary>
    public void Install(ResourceType type, bool isInstalled)
    {
        lock (_gate)
        {
            if (isInstalled)
                _absent.Remove(type);
            else
                _absent.Add(type);
        }
    }

    /// <summary>
    /// Forgets how things came to be: to watch from before now, and to list the rest of an older page, is answered with
    /// 410.
    /// </summary>
    public void Compact()
    {
        lock (_gate)
        {
            _history.Clear();
            _compacted = _revision;
        }
    }

    public StoredObject? Find(ResourceType type, string ns, string name)
    {
        lock (_gate)
            return TableOf(type).GetValueOrDefault(new ObjectKey(ns, name));
    }

    /// <exception cref="ApiException">404.</exception>
    public StoredObject Get(ResourceType type, string ns, string name) =>
        Find(type, ns, name) ?? throw new ApiException(ApiStatus.NotFound(type, name));

    public IReadOnlyList<StoredObject> All(ResourceType type)
    {
        lock (_gate)
            return [.. TableOf(type).Values];
    }

    /// <summary>
    /// Stores a new object under the namespace and name in its metadata; what a server fills in is filled in.
    /// </summary>
    /// <exception cref="ApiException">409, it is there already.</exception>
    public StoredObject Create(ResourceType type, JsonObject content)
    {
        var added = content.DeepClone().AsObject();
        var metadata = MetadataOf(added);
        var key = new ObjectKey(
            type.IsNamespaced ? TextOf(metadata, "namespace") ?? "default" : "",
            TextOf(metadata, "name") ?? ""
        );
        if (type.IsNamespaced)
            metadata["namespace"] = key.Namespace;
        lock (_gate)
        {
            if (TableOf(type).ContainsKey(key))
                throw new ApiException(ApiStatus.AlreadyExists(type, key.Name));
            metadata["uid"] ??= Guid.NewGuid().ToString();
            metadata["creationTimestamp"] ??= _time
                .GetUtcNow()
                .UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
            return Store(StoreChangeKind.Added, StoredObject.Of(type, key, ++_revision, added), previous: null);
        }
    }

    /// <summary>
    /// Changes an object in place. When nothing is different afterwards, nothing is written and nobody is told, as in a
    /// real server.
    /// </summary>
    /// <exception cref="ApiException">404, or what <paramref name="change"/> throws.</exception>
    public StoredObject Update(ResourceType type, string ns, string name, Func<StoredObject, JsonObject> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        lock (_gate)
        {
            var previous =
                TableOf(type).GetValueOrDefault(new ObjectKey(ns, name))
                ?? throw new ApiException(ApiStatus.NotFound(type, name));
            var changed = change(previous);
            MetadataOf(changed)["resourceVersion"] = previous.Revision.ToString(CultureInfo.InvariantCulture);
            if (JsonNode.DeepEquals(changed, previous.ToMutable()))
                return previous;
            return Store(StoreChangeKind.Modified, StoredObject.Of(type, previous.Key, ++_revision, changed), previous);
        }
    }

    /// <summary>Removes an object at once; there are no finalizers and no grace.</summary>
    /// <exception cref="ApiException">404, or 409 when <paramref name="uid"/> is another object's.</exception>
    public StoredObject Delete(ResourceType type, string ns, string name, string? uid = null)
    {
        lock (_gate)
        {
            var previous =
                TableOf(type).GetValueOrDefault(new ObjectKey(ns, name))
                ?? throw new ApiException(ApiStatus.NotFound(type, name));
            if (!string.IsNullOrEmpty(uid) && previous.Uid != uid)
                throw new ApiException(ApiStatus.DeletePrecondition(type, name, uid, previous.Uid));
            return Store(
                StoreChangeKind.Deleted,
                StoredObject.Of(type, previous.Key, ++_revision, previous.ToMutable()),
                previous
            );
        }
    }

    internal bool IsInstalled(ResourceType type)
    {
        lock (_gate)
            return !_absent.Contains(type);
    }

    internal Snapshot Read(ResourceType type)
    {
        lock (_gate)
            return new Snapshot(_revision, TableOf(type));
    }

    /// <summary>
    /// Hands the listener every later write, after <paramref name="begin"/> has had what came before: the writes since
    /// a revision, or what there is. All in one step, so nothing is lost between them and nothing comes twice.
    /// </summary>
    /// <exception cref="ApiException">410, the revision is older than the last compaction.</exception>
    internal void Subscribe(ResourceType type, long? since, Action<StoreChange> listener, Action<Backlog> begin)
    {
        lock (_gate)
        {
            if (since < _compacted)
                throw new ApiException(ApiStatus.TooOldResourceVersion(since.Value, _compacted));
            begin(
                since is null
                    ? new Backlog(
                        _revision,
                        [.. TableOf(type).Values.Select(item => new StoreChange(StoreChangeKind.Added, item, null))]
                    )
                    : new Backlog(
                        _revision,
                        [.. _history.Where(change => change.Object.Type == type && change.Revision > since)]
                    )
            );
            _listeners.Add(listener);
        }
    }

    internal void Unsubscribe(Action<StoreChange> listener)
    {
        lock (_gate)
            _listeners.Remove(listener);
    }

    internal static JsonObject MetadataOf(JsonObject content)
    {
        if (content["metadata"] is JsonObject metadata)
            return metadata;
        var made = new JsonObject();
        content["metadata"] = made;
        return made;
    }

    internal static string? TextOf(JsonObject content, string name) => (content[name] as JsonValue)?.GetValue<string>();

    private StoredObject Store(StoreChangeKind kind, StoredObject item, StoredObject? previous)
    {
        var table = TableOf(item.Type);
        _tables[item.Type] = kind == StoreChangeKind.Deleted ? table.Remove(item.Key) : table.SetItem(item.Key, item);
        var change = new StoreChange(kind, item, previous);
        if (_history.Count == HistoryLimit)
        {
            _compacted = _history[0].Revision;
            _history.RemoveAt(0);
        }

        _history.Add(change);
        foreach (var listener in _listeners)
            listener(change);
        return item;
    }

    private ImmutableSortedDictionary<ObjectKey, StoredObject> TableOf(ResourceType type) =>
        _tables.GetValueOrDefault(type) ?? EmptyTable;
}

/// <summary>All objects of a kind as they were at one revision.</summary>
internal sealed record Snapshot(long Revision, ImmutableSortedDictionary<ObjectKey, StoredObject> Objects);

/// <param name="Revision">Everything up to here is in the changes, or was known to who asks.</param>
internal sealed record Backlog(long Revision, ImmutableArray<StoreChange> Changes);
