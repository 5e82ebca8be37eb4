using System.Collections.Concurrent;
using System.Security;
using Microsoft.Extensions.Logging;
using Multus.Cni;
using Multus.Core.Networks;
using Multus.Core.Pods;

namespace Multus.Kubernetes.Folder;

/// <summary>
/// A cluster made of a folder of Kubernetes manifests: Pods and NetworkAttachmentDefinitions as users write them, for
/// nodes without an API server. A read sees every file as it is on disk at that moment. Replace manifests by renaming
/// over them: a file caught half written may be a valid one that says less. What may be in a part of a file that cannot
/// be read is not "not there": to ask for it fails until somebody mends it.
/// </summary>
public sealed class FolderCluster : IClusterApi, IOwnedStatuses, IDisposable
{
    /// <summary>For changes that no kernel tells of, as writes through mapped memory.</summary>
    private static readonly TimeSpan WholeLookInterval = TimeSpan.FromSeconds(30);

    private readonly FolderClusterSettings _settings;
    private readonly ILogger<FolderCluster> _log;
    private readonly TimeProvider _time;
    private readonly ManifestFolder _folder;
    private readonly StatusFiles _statusFiles;
    private readonly CoalescedRun<bool> _refresh;
    private readonly ConcurrentDictionary<PodKey, string> _statusUids = new();

    private volatile bool _wholeLookIsDue;

    // Guards the three below; changes are published in the order in which they were found.
    private readonly Lock _publishing = new();
    private readonly List<Action<ClusterChange>> _watchers = [];
    private ClusterPicture _published = ClusterPicture.Empty;
    private string? _trouble;

    /// <exception cref="ArgumentException">Status would be written among the manifests and read as such.</exception>
    public FolderCluster(FolderClusterSettings s, ILogger<FolderCluster> log, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(s);
        if (FullPathOf(s.ManifestDir) == FullPathOf(s.StatusDir))
            throw new ArgumentException(
                $"manifestDir and statusDir are both {s.ManifestDir}; the status needs a folder of its own",
                nameof(s)
            );
        _settings = s;
        _log = log;
        _time = time;
        _folder = new ManifestFolder(s.ManifestDir, log, time);
        _statusFiles = new StatusFiles(s.StatusDir, log);
        _refresh = new CoalescedRun<bool>(() => Task.Run(RefreshAndPublish));
    }

    public string Description => $"the manifests in {_settings.ManifestDir}";

    public bool IsAvailable => true;

    public IOwnedStatuses? OwnedStatuses => this;

    /// <summary>How often a file was looked at since the start.</summary>
    internal long FilesLookedAt => _folder.FilesLookedAt;

    public void Dispose() => _folder.Dispose();

    public async Task WatchAsync(Action<ClusterChange> onChange, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(onChange);
        _statusFiles.Sweep();
        using var watch = new FolderWatch(_settings.ManifestDir, _log, _time);
        await using var wholeLooks = _time
            .CreateTimer(_ => _wholeLookIsDue = true, null, WholeLookInterval, WholeLookInterval)
            .ConfigureAwait(false);
        await _refresh.RunAsync(CancellationToken.None).ConfigureAwait(false);
        Subscribe(onChange);
        try
        {
            while (true)
            {
                await watch.NextAsync(cancel).ConfigureAwait(false);
                await _refresh.RunAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // the caller has asked for the end
        }
        finally
        {
            Unsubscribe(onChange);
        }
    }

    public async Task<Pod?> GetPodAsync(PodKey key, CancellationToken cancel)
    {
        var picture = await ReadAsync(cancel).ConfigureAwait(false);
        return picture.FaultOf(key) is { } fault
            ? throw Unreadable(fault, $"pod {key}")
            : picture.Pods.GetValueOrDefault(key)?.Value;
    }

    public async Task<NetworkAttachmentDefinition?> GetNetworkAsync(NetworkKey key, CancellationToken cancel)
    {
        var picture = await ReadAsync(cancel).ConfigureAwait(false);
        return picture.FaultOf(key) is { } fault
            ? throw Unreadable(fault, $"network-attachment-definition {key}")
            : picture.Networks.GetValueOrDefault(key)?.Value;
    }

    public async Task<IReadOnlyList<string>> FindFaultsAsync(CancellationToken cancel)
    {
        try
        {
            return [.. (await ReadAsync(cancel).ConfigureAwait(false)).Faults.Select(Text)];
        }
        catch (KubernetesException unreadable)
        {
            return [unreadable.Message];
        }
    }

    // One file per pod, whatever the annotation would be called: a reader should not have to know which dialect the
    // node speaks.
    public Task WriteNetworkStatusAsync(
        PodKey pod,
        string? uid,
        string annotation,
        string statusJson,
        CancellationToken cancel
    ) => Task.Run(() => Write(owner: null, pod, uid, statusJson), cancel);

    public Task WriteAsync(SandboxId sandbox, PodKey pod, string? uid, string statusJson, CancellationToken cancel) =>
        Task.Run(() => Write(sandbox.Value, pod, uid, statusJson), cancel);

    public Task ClearAsync(SandboxId sandbox, PodKey pod, string? uid, CancellationToken cancel) =>
        Task.Run(
            () =>
            {
                var isOtherPods = !string.IsNullOrEmpty(uid) && _statusUids.TryGetValue(pod, out var of) && of != uid;
                if (isOtherPods || (_statusFiles.OwnerOf(pod) is { } owner && owner != sandbox.Value))
                    return;

                _statusFiles.Delete(pod, sandbox.Value);
                _statusUids.TryRemove(pod, out _);
            },
            cancel
        );

    private void Write(string? owner, PodKey pod, string? uid, string statusJson)
    {
        if (OtherUidOf(pod, uid) is { } other)
        {
            throw new KubernetesException(
                $"expected pod {pod} UID {uid} but the manifests have {other}",
                isTransient: false
            );
        }

        _statusFiles.Write(pod, statusJson, owner);
        if (!string.IsNullOrEmpty(uid))
            _statusUids[pod] = uid;
    }

    private async Task<ClusterPicture> ReadAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested(); // also when the answer is at hand
        await _refresh.RunAsync(cancel).ConfigureAwait(false);
        lock (_publishing)
        {
            return _trouble is null
                ? _published
                : throw new KubernetesException($"cannot read {Description}: {_trouble}", isTransient: true);
        }
    }

    // File and line come first: an error line may be cut further on.
    private static KubernetesException Unreadable(ManifestFault fault, string what)
    {
        var place = fault.Line > 0 ? $"manifest {fault.File}, line {fault.Line}," : $"manifest {fault.File}";
        return fault.IsFinal
            ? new KubernetesException($"{place} is refused: {fault.Reason}", isTransient: false)
            {
                IsFault = true,
                IsFinal = true,
            }
            : new KubernetesException($"{place} cannot be used: {fault.Reason}; it may be {what}", isTransient: true)
            {
                IsFault = true,
            };
    }

    private string Text(ManifestFault fault) =>
        (fault with { File = Path.Combine(_settings.ManifestDir, fault.File) }).ToString();

    /// <returns>False if the folder could not be read.</returns>
    private bool RefreshAndPublish()
    {
        try
        {
            var isDue = _wholeLookIsDue;
            _wholeLookIsDue = false;
            var changes = _folder.Refresh(wholly: isDue);
            Publish(changes);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SecurityException)
        {
            PublishTrouble(e.Message);
            return false;
        }
    }

    private void Publish(IReadOnlyList<ClusterChange> changes)
    {
        lock (_publishing)
        {
            _published = _folder.Picture;
            var wasInTrouble = _trouble is not null;
            _trouble = null;
            foreach (var change in wasInTrouble ? [_published.ToReplaced()] : changes)
                Tell(change);
        }
    }

    private void PublishTrouble(string reason)
    {
        lock (_publishing)
        {
            if (_trouble == reason)
                return;
            _trouble = reason;
            FolderLog.FolderUnreadable(_log, _settings.ManifestDir, reason);
            Tell(new ClusterChange.Disconnected(reason));
        }
    }

    private void Subscribe(Action<ClusterChange> onChange)
    {
        lock (_publishing)
        {
            onChange(_trouble is null ? _published.ToReplaced() : new ClusterChange.Disconnected(_trouble));
            _watchers.Add(onChange);
        }
    }

    private void Unsubscribe(Action<ClusterChange> onChange)
    {
        lock (_publishing)
            _watchers.Remove(onChange);
    }

    private void Tell(ClusterChange change)
    {
        foreach (var watcher in _watchers)
            watcher(change);
    }

    private string? OtherUidOf(PodKey key, string? uid)
    {
        if (string.IsNullOrEmpty(uid))
            return null;
        lock (_publishing)
        {
            return
                _published.Pods.GetValueOrDefault(key)?.Value is { IsStatic: false, Uid: { Length: > 0 } known }
                && known != uid
                ? known
                : null;
        }
    }

    private static string FullPathOf(string folder) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
}
