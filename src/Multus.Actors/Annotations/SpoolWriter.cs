using Multus.Core.Pods;
using Multus.Engine.State;
using static Multus.Actors.Annotations.AnnotationsProtocol;

namespace Multus.Actors.Annotations;

/// <summary>
/// Does what an actor asks of the spool away from the actor's thread, one thing after the other, in the order in which
/// it was asked.
/// </summary>
/// <remarks>
/// One instance of an actor owns it, tells it of each operation that has <see cref="Ended"/>, and at its own end waits
/// for the rest with <see cref="FinishAll"/>: two never work in one folder.
/// </remarks>
internal sealed class SpoolWriter(IStatusSpool spool)
{
    private readonly Dictionary<PodKey, List<SpoolOperation>> _underWay = [];
    private Task _last = Task.CompletedTask;

    /// <summary>How many pods have a file.</summary>
    public int Files => spool.Count;

    public bool IsBusyWith(PodKey pod) => _underWay.ContainsKey(pod);

    /// <summary>Whether the pod has a file, or something is under way that makes or removes it.</summary>
    public bool Holds(PodKey pod) => IsBusyWith(pod) || spool.Has(pod);

    /// <summary>What an earlier one has left to do. Before anything else, and on the caller's thread.</summary>
    public IReadOnlyList<(ICommand Write, DateTimeOffset Since)> Load() =>
        [.. spool.Load().Select(left => (OfSpooled(left.Status), left.Since))];

    /// <param name="write">Replaces what the pod's file has.</param>
    /// <param name="since">When it was asked for.</param>
    /// <param name="waiters">Are told <paramref name="reply"/> when it is on disk.</param>
    public SpoolOperation Keep(ICommand write, DateTimeOffset since, IReadOnlyList<IActorRef> waiters, Reply? reply)
    {
        var status = ToSpooled(write);
        return Begin(write.Pod, () => spool.Keep(status, since), waiters, reply);
    }

    /// <param name="pod">Whose file is removed.</param>
    /// <param name="waiters">Are told <paramref name="reply"/> when it is gone.</param>
    public SpoolOperation Forget(PodKey pod, IReadOnlyList<IActorRef> waiters, Reply? reply) =>
        Begin(pod, () => spool.Forget(pod), waiters, reply);

    /// <summary>Nobody waits any more for what is under way for the pod.</summary>
    /// <returns>Who waited.</returns>
    public IReadOnlyList<IActorRef> StopWaiting(PodKey pod) =>
        _underWay.TryGetValue(pod, out var operations)
            ? [.. operations.SelectMany(operation => operation.StopWaiting())]
            : [];

    /// <summary>An operation has ended: who waited for it is answered.</summary>
    public void Ended(SpoolOperation operation)
    {
        var operations = _underWay[operation.Pod];
        operations.Remove(operation);
        if (operations.Count == 0)
            _underWay.Remove(operation.Pod);
        operation.Answer();
    }

    /// <summary>Blocks until all is done that was asked, and answers who waited for it.</summary>
    public void FinishAll()
    {
#pragma warning disable VSTHRD002 // in PostStop, where nobody waits for a handler any more
        Task.WaitAny(_last); // does not throw what the last one has thrown
#pragma warning restore VSTHRD002
        foreach (var operation in _underWay.Values.SelectMany(operations => operations))
            operation.Answer();
        _underWay.Clear();
    }

    // One that crashes keeps none behind it from being done.
    private SpoolOperation Begin(PodKey pod, Action act, IReadOnlyList<IActorRef> waiters, Reply? reply)
    {
        _last = _last.ContinueWith(
            _ => act(),
            CancellationToken.None,
            TaskContinuationOptions.DenyChildAttach,
            TaskScheduler.Default
        );
        var operation = new SpoolOperation(pod, _last, waiters, reply);
        if (!_underWay.TryGetValue(pod, out var operations))
            _underWay.Add(pod, operations = []);
        operations.Add(operation);
        return operation;
    }

    private static SpooledStatus ToSpooled(ICommand write) =>
        new(write.Sandbox, write.Pod, write.Uid, write.Annotation, (write as Publish)?.Json);

    private static ICommand OfSpooled(SpooledStatus status) =>
        status.Json is { } json
            ? new Publish(status.Sandbox, status.Pod, status.Uid, status.Annotation, json)
            : new Clear(status.Sandbox, status.Pod, status.Uid, status.Annotation);
}
