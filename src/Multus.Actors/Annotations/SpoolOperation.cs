using Multus.Core.Pods;
using static Multus.Actors.Annotations.AnnotationsProtocol;

namespace Multus.Actors.Annotations;

/// <summary>Something that is done to the spool, and whom it lets be answered, with what.</summary>
/// <param name="pod">Whose file it is about.</param>
/// <param name="task">Ends when it is done.</param>
/// <param name="waiters">None where there is no reply.</param>
internal sealed class SpoolOperation(PodKey pod, Task task, IReadOnlyList<IActorRef> waiters, Reply? reply)
{
    private IReadOnlyList<IActorRef> _waiters = waiters;

    public PodKey Pod { get; } = pod;

    public Task Task { get; } = task;

    /// <summary>They get their answer elsewhere.</summary>
    public IReadOnlyList<IActorRef> StopWaiting()
    {
        var waiters = _waiters;
        _waiters = [];
        return waiters;
    }

    /// <summary>To be called once it has ended. Nobody is promised what did not come to be.</summary>
    public void Answer()
    {
        var answer = Task.Exception is { } crash ? new Reply.Refused(crash.GetBaseException().Message) : reply;
        foreach (var waiter in StopWaiting())
            waiter.Tell(answer);
    }
}
