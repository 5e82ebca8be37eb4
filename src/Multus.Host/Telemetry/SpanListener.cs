using System.Collections.Concurrent;
using System.Diagnostics;
using Multus.Cni;
using Multus.Engine.Ports;

namespace Multus.Host.Telemetry;

/// <summary>
/// A trace of each operation: a span of it, below it one of each phase, below these one of each plugin.
/// </summary>
internal sealed class SpanListener(ActivitySource source, ILogger log) : IPhases
{
    // A GC's DELs have its request ID, all of them.
    private readonly ConcurrentDictionary<(string RequestId, SandboxId Sandbox), OperationSpans> _operations = new();

    public void Report(OperationPhase phase)
    {
        ArgumentNullException.ThrowIfNull(phase);
        // A span that begins becomes the caller's; the operation is to go on as if nobody had listened.
        var current = Activity.Current;
        try
        {
            Note(phase);
        }
        finally
        {
            Activity.Current = current;
        }
    }

    private void Note(OperationPhase phase)
    {
        var key = (phase.RequestId, phase.Sandbox);
        switch (phase)
        {
            case OperationPhase.Begun begun:
                if (OperationSpans.Begin(source, begun) is not { } spans)
                    return; // sampled out
                _operations[key] = spans;
                HostLog.Traced(log, begun.Verb.ToWire(), begun.Sandbox.Value, begun.RequestId, spans.TraceParent);
                break;
            case OperationPhase.Done done:
                if (_operations.TryRemove(key, out var ended))
                    ended.End(done.Error);
                break;
            default:
                if (_operations.TryGetValue(key, out var operation))
                    operation.Note(phase);
                break;
        }
    }
}
