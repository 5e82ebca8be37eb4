using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Multus.Core.Networks;
using Multus.Core.Pods;

namespace Multus.Kubernetes.Folder;

/// <summary>
/// The picture that files give together, kept up file by file, so that a change costs what the changed file holds and
/// not what all of them do. Of an object that is there more than once the one in the file first by name counts.
/// </summary>
internal sealed class ManifestIndex(string folder, ILogger log)
{
    private readonly FirstWins<PodKey, Pod> _pods = new(ManifestReader.PodKind, pod => pod.Key);
    private readonly FirstWins<NetworkKey, NetworkAttachmentDefinition> _networks = new(
        ManifestReader.NetworkKind,
        network => network.Key
    );
    private readonly SortedDictionary<string, ImmutableArray<ManifestFault>> _faults = new(StringComparer.Ordinal);

    public ClusterPicture Picture { get; private set; } = ClusterPicture.Empty;

    /// <summary>Takes what the file holds now in the place of what it held.</summary>
    public void Replace(string file, ManifestContent old, ManifestContent now)
    {
        _pods.Replace(file, old.Pods, now.Pods);
        _networks.Replace(file, old.Networks, now.Networks);
        if (now.Faults.IsEmpty)
            _faults.Remove(file);
        else
            _faults[file] = now.Faults;
        LogFaults(file, old.Faults, now.Faults);
    }

    /// <summary>
    /// What is different since the last call, networks before the pods that may use them, what is gone last;
    /// <see cref="Picture"/> has it then.
    /// </summary>
    public IReadOnlyList<ClusterChange> TakeChanges()
    {
        var (pods, networks) = (_pods.TakeTouched(), _networks.TakeTouched());
        Picture = new ClusterPicture(With(Picture.Pods, pods), With(Picture.Networks, networks), AllFaults());
        foreach (var twice in _pods.TakeDuplicates().Concat(_networks.TakeDuplicates()))
            FolderLog.ObjectTwice(log, twice.File, twice.Line, twice.Kind, twice.Object, twice.Winner);

        var changes = new List<ClusterChange>();
        foreach (var (_, before, now) in networks)
        {
            if (now is not null && !(before is not null && AreEqual(before.Value, now.Value)))
                changes.Add(new ClusterChange.NetworkChanged(now.Value));
        }

        foreach (var (_, before, now) in pods)
        {
            if (now is not null && !(before is not null && AreEqual(before.Value, now.Value)))
                changes.Add(new ClusterChange.PodChanged(now.Value));
        }

        changes.AddRange(
            pods.Where(touched => touched is { Before: not null, Now: null })
                .Select(touched => new ClusterChange.PodGone(touched.Key))
        );
        changes.AddRange(
            networks
                .Where(touched => touched is { Before: not null, Now: null })
                .Select(touched => new ClusterChange.NetworkGone(touched.Key))
        );
        return changes;
    }

    private ImmutableArray<ManifestFault> AllFaults()
    {
        var all = ImmutableArray.CreateBuilder<ManifestFault>();
        foreach (var faults in _faults.Values)
            all.AddRange(faults);
        return all.ToImmutable();
    }

    private static ImmutableDictionary<TKey, Placed<TObject>> With<TKey, TObject>(
        ImmutableDictionary<TKey, Placed<TObject>> picture,
        IReadOnlyList<Touched<TKey, TObject>> touched
    )
        where TKey : notnull
    {
        var next = picture.ToBuilder();
        foreach (var (key, _, now) in touched)
        {
            if (now is null)
                next.Remove(key);
            else
                next[key] = now;
        }

        return next.ToImmutable();
    }

    private static bool AreEqual(Pod a, Pod b) => a.Uid == b.Uid && Annotations.AreSame(a.Annotations, b.Annotations);

    private static bool AreEqual(NetworkAttachmentDefinition a, NetworkAttachmentDefinition b) =>
        a.Config == b.Config && Annotations.AreSame(a.Annotations, b.Annotations);

    private void LogFaults(string file, ImmutableArray<ManifestFault> old, ImmutableArray<ManifestFault> now)
    {
        var path = Path.Combine(folder, file);
        foreach (var fault in now.Except(old))
        {
            if (fault.IsFinal)
                FolderLog.ObjectRefused(log, path, fault.Line, fault.Reason);
            else
                FolderLog.FileRejected(log, path, fault.Line, fault.Reason);
        }

        if (now.IsEmpty && !old.IsEmpty)
            FolderLog.FileMended(log, path);
    }
}
