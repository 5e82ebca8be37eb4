using System.Collections.Immutable;
using Multus.Core.Networks;
using Multus.Core.Pods;

namespace Multus.Kubernetes.Folder;

/// <summary>An object that is in the folder more than once; the one in the file first by name counts.</summary>
internal sealed record Duplicate(string Kind, string Object, string File, long Line, string Winner);

/// <summary>What all good files together say.</summary>
internal sealed record ClusterPicture(
    ImmutableDictionary<PodKey, Pod> Pods,
    ImmutableDictionary<NetworkKey, NetworkAttachmentDefinition> Networks,
    ImmutableArray<Duplicate> Duplicates)
{
    public static ClusterPicture Empty { get; } =
        new(ImmutableDictionary<PodKey, Pod>.Empty, ImmutableDictionary<NetworkKey, NetworkAttachmentDefinition>.Empty, []);

    /// <param name="filesByName">In name order.</param>
    public static ClusterPicture Of(IEnumerable<ManifestFile> filesByName)
    {
        var pods = new FirstWins<PodKey, Pod>("Pod");
        var networks = new FirstWins<NetworkKey, NetworkAttachmentDefinition>("NetworkAttachmentDefinition");
        foreach (var file in filesByName)
        {
            foreach (var pod in file.Content.Pods)
                pods.Add(pod.Value.Key, pod, file.Name);
            foreach (var network in file.Content.Networks)
                networks.Add(network.Value.Key, network, file.Name);
        }

        return new ClusterPicture(pods.ToImmutable(), networks.ToImmutable(), [.. pods.Duplicates, .. networks.Duplicates]);
    }

    public ClusterChange.Replaced ToReplaced() => new([.. Pods.Values], [.. Networks.Values]);

    /// <summary>What turns this picture into the next one: networks before the pods that may use them, what is gone last.</summary>
    public IReadOnlyList<ClusterChange> ChangesTo(ClusterPicture next)
    {
        var changes = new List<ClusterChange>();
        changes.AddRange(next.Networks.Values
            .Where(network => !(Networks.TryGetValue(network.Key, out var old) && AreEqual(old, network)))
            .Select(network => new ClusterChange.NetworkChanged(network)));
        changes.AddRange(next.Pods.Values
            .Where(pod => !(Pods.TryGetValue(pod.Key, out var old) && AreEqual(old, pod)))
            .Select(pod => new ClusterChange.PodChanged(pod)));
        changes.AddRange(Pods.Keys.Where(key => !next.Pods.ContainsKey(key)).Select(key => new ClusterChange.PodGone(key)));
        changes.AddRange(Networks.Keys.Where(key => !next.Networks.ContainsKey(key)).Select(key => new ClusterChange.NetworkGone(key)));
        return changes;
    }

    private static bool AreEqual(Pod a, Pod b) => a.Uid == b.Uid && Annotations.AreSame(a.Annotations, b.Annotations);

    private static bool AreEqual(NetworkAttachmentDefinition a, NetworkAttachmentDefinition b) =>
        a.Config == b.Config && Annotations.AreSame(a.Annotations, b.Annotations);

    private sealed class FirstWins<TKey, TObject>(string kind)
        where TKey : notnull
    {
        private readonly ImmutableDictionary<TKey, TObject>.Builder _objects = ImmutableDictionary.CreateBuilder<TKey, TObject>();
        private readonly Dictionary<TKey, string> _files = [];

        public List<Duplicate> Duplicates { get; } = [];

        public void Add(TKey key, ManifestObject<TObject> item, string file)
        {
            if (_files.TryAdd(key, file))
                _objects[key] = item.Value;
            else
                Duplicates.Add(new Duplicate(kind, key.ToString() ?? "", file, item.Line, _files[key]));
        }

        public ImmutableDictionary<TKey, TObject> ToImmutable() => _objects.ToImmutable();
    }
}
