using System.Collections.Concurrent;
using Multus.Cni;
using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.Kubernetes;

namespace Multus.Actors.Tests.Fakes;

/// <summary>A cluster that says what the test makes it say, and remembers what was asked of it.</summary>
internal sealed class FakeCluster : IClusterApi, IOwnedStatuses
{
    private readonly TaskCompletionSource _watchEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Action<ClusterChange>> _watching = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly BlockingCollection<StatusWrite> _writes = [];

    private int _watches;
    private int _watchesEnded;

    public string Description => "the fake cluster";

    public bool IsAvailable { get; set; }

    /// <summary>Whether it is a cluster in which nobody else writes statuses.</summary>
    public bool IsFolder { get; set; }

    public IOwnedStatuses? OwnedStatuses => IsFolder ? this : null;

    public ConcurrentDictionary<PodKey, Pod> Pods { get; } = [];

    public ConcurrentDictionary<NetworkKey, NetworkAttachmentDefinition> Networks { get; } = [];

    public ConcurrentQueue<object> LiveReads { get; } = [];

    public Exception? ReadFailure { get; set; }

    /// <summary>What questions about pods wait for when they have been looked up.</summary>
    public Task MayAnswer { get; set; } = Task.CompletedTask;

    /// <summary>Whether questions about pods stay without an answer.</summary>
    public bool IsSilent { get; set; }

    public async Task SayAsync(ClusterChange change) => (await _watching.Task.WaitAsync(Patience))(change);

    public void EndWatch(Exception crash) => _watchEnd.SetException(crash);

    public StatusWrite NextWrite() =>
        _writes.TryTake(out var write, Patience) ? write : throw new TimeoutException("nothing was written");

    public bool HasMoreWrites => _writes.Count > 0;

    /// <summary>How many watches were begun, and how many of them have ended because they were cancelled.</summary>
    public int Watches => Volatile.Read(ref _watches);

    public int WatchesEnded => Volatile.Read(ref _watchesEnded);

    public async Task WatchAsync(Action<ClusterChange> onChange, CancellationToken cancel)
    {
        Interlocked.Increment(ref _watches);
        _watching.TrySetResult(onChange);
        try
        {
            await _watchEnd.Task.WaitAsync(cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            Interlocked.Increment(ref _watchesEnded); // ends without an exception, as the contract says
        }
    }

    public async Task<Pod?> GetPodAsync(PodKey key, CancellationToken cancel)
    {
        LiveReads.Enqueue(key);
        if (IsSilent)
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
        var found = Pods.GetValueOrDefault(key);
        await MayAnswer.WaitAsync(cancel);
        return await (ReadFailure is { } failure ? Task.FromException<Pod?>(failure) : Task.FromResult(found));
    }

    public Task<NetworkAttachmentDefinition?> GetNetworkAsync(NetworkKey key, CancellationToken cancel)
    {
        LiveReads.Enqueue(key);
        return ReadFailure is { } failure
            ? Task.FromException<NetworkAttachmentDefinition?>(failure)
            : Task.FromResult(Networks.GetValueOrDefault(key));
    }

    public Task WriteNetworkStatusAsync(
        PodKey pod,
        string? uid,
        string annotation,
        string statusJson,
        CancellationToken cancel
    ) => WriteAsync(new StatusWrite(pod, annotation, statusJson) { Uid = uid }, cancel);

    public Task WriteAsync(SandboxId sandbox, PodKey pod, string? uid, string statusJson, CancellationToken cancel) =>
        WriteAsync(new StatusWrite(pod, "", statusJson) { Uid = uid }, cancel);

    public Task ClearAsync(SandboxId sandbox, PodKey pod, string? uid, CancellationToken cancel) =>
        WriteAsync(new StatusWrite(pod, "", null) { Uid = uid }, cancel);

    private Task WriteAsync(StatusWrite write, CancellationToken cancel)
    {
        _writes.Add(write, CancellationToken.None);
        return write.Task.WaitAsync(cancel);
    }

    /// <summary>One write that waits for the test; <see cref="Json"/> is null for a clearing.</summary>
    internal sealed class StatusWrite(PodKey pod, string annotation, string? json)
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public PodKey Pod { get; } = pod;

        public string? Uid { get; init; }

        public string Annotation { get; } = annotation;

        public string? Json { get; } = json;

        public Task Task => _end.Task;

        public void Succeed() => _end.SetResult();

        public void Fail(Exception failure) => _end.SetException(failure);
    }
}
