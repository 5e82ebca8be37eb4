using System.Collections.Concurrent;
using Multus.Cni;
using Multus.Engine.Ports;
using Multus.Engine.Requests;

namespace Multus.Engine.History;

/// <summary>
/// Remembers what was done to the sandboxes of this node, for <c>multusctl explain</c>. Any thread; a CHECK that
/// succeeded is not remembered.
/// </summary>
/// <param name="take">Takes each entry, on the thread of the operation: it must not wait.</param>
/// <param name="time">The clock.</param>
public sealed class OperationHistory(Action<Func<OperationEntry>> take, TimeProvider time) : IPhases
{
    private readonly ConcurrentDictionary<(string RequestId, SandboxId Sandbox), RecordedOperation> _running = new();

    public void Report(OperationPhase phase)
    {
        ArgumentNullException.ThrowIfNull(phase);
        var key = (phase.RequestId, phase.Sandbox);
        if (phase is OperationPhase.Begun begun)
        {
            _running[key] = new RecordedOperation(begun, time);
            return;
        }

        if (phase is not OperationPhase.Done done)
        {
            if (_running.TryGetValue(key, out var running))
                running.Note(phase);
            return;
        }

        if (!_running.TryRemove(key, out var ended))
            return;
        ended.Note(done);
        if (done.Error is not null || ended.Verb != CniCommand.Check)
            take(ended.ToEntry);
    }

    /// <summary>A request that was refused before it had its turn: no phase tells of it.</summary>
    public void NoteRefusal(CniRequest.OfSandbox request, CniError error)
    {
        ArgumentNullException.ThrowIfNull(request);
        var now = time.GetUtcNow();
        take(() =>
            RecordedOperation.Frame(request.Id, request.Verb, request.Request, now, 0) with
            {
                Error = RecordedOperation.ErrorOf(error),
                Refused = true,
            }
        );
    }
}
