using System.Collections.Concurrent;
using Multus.Cni;
using Multus.Engine.Ports;

namespace Multus.Host.Metrics;

/// <summary>How long operations, their phases and their plugins take.</summary>
internal sealed class OperationMetrics : IPhases
{
    private static readonly double[] Buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60];

    private readonly TimeProvider _time;
    private readonly PluginMetrics _plugins;
    private readonly Durations.Series[] _addPhases;
    private readonly Durations.Series[] _otherPhases;

    // A GC's DELs have its request ID, all of them.
    private readonly ConcurrentDictionary<(string RequestId, SandboxId Sandbox), Operation> _operations = new();

    public OperationMetrics(Instruments instruments, TimeProvider time)
    {
        _time = time;
        _plugins = new PluginMetrics(instruments);
        var phases = instruments.Durations(
            "multus_phase_seconds",
            "Phases of operations: planning, attaching, routes and status of an ADD, plugins of another verb",
            Buckets,
            "verb",
            "phase"
        );
        var add = CniCommand.Add.ToWire();
        _addPhases =
        [
            phases.Of(add, "planning"),
            phases.Of(add, "attaching"),
            phases.Of(add, "routes"),
            phases.Of(add, "status"),
        ];
        var verbs = Enum.GetValues<CniCommand>();
        _otherPhases = new Durations.Series[verbs.Length];
        foreach (var verb in (CniCommand[])[CniCommand.Del, CniCommand.Check])
            _otherPhases[(int)verb] = phases.Of(verb.ToWire(), "plugins");
    }

    public void Report(OperationPhase phase)
    {
        ArgumentNullException.ThrowIfNull(phase);
        var (key, now) = ((phase.RequestId, phase.Sandbox), _time.GetTimestamp());
        if (phase is OperationPhase.Begun begun)
        {
            _operations[key] = new Operation(this, begun.Verb, now);
            return;
        }

        if (phase is OperationPhase.Done)
        {
            if (_operations.TryRemove(key, out var done))
                done.End(now);
            return;
        }

        if (_operations.TryGetValue(key, out var operation))
            operation.Note(phase, now);
    }

    private enum Phase
    {
        Planning,
        Attaching,
        Routes,
        Status,
    }

    /// <summary>Several plugins of one operation report at once: hence a lock, of this operation alone.</summary>
    private sealed class Operation(OperationMetrics all, CniCommand verb, long began)
    {
        private readonly Lock _gate = new();
        private readonly List<(PluginRun Plugin, long Began)> _running = new(1);
        private Phase _phase;
        private long _since = began;

        public void Note(OperationPhase phase, long now)
        {
            switch (phase)
            {
                case OperationPhase.Planned:
                    Enter(Phase.Attaching, now);
                    break;
                case OperationPhase.Routes:
                    Enter(Phase.Routes, now);
                    break;
                case OperationPhase.Status:
                    Enter(Phase.Status, now);
                    break;
                case OperationPhase.PluginStarted started:
                    lock (_gate)
                        _running.Add((started.Plugin, now));
                    break;
                case OperationPhase.PluginEnded ended when TakeOut(ended.Plugin) is { } since:
                    all._plugins.Ended(ended.Plugin, all._time.GetElapsedTime(since, now), ended.Error is not null);
                    break;
                default:
                    break; // nothing that takes time
            }
        }

        public void End(long now)
        {
            if (verb == CniCommand.Add)
                Enter(_phase, now);
            else
                all._otherPhases[(int)verb]?.Observe(all._time.GetElapsedTime(_since, now));
        }

        private void Enter(Phase next, long now)
        {
            lock (_gate)
            {
                if (verb == CniCommand.Add)
                    all._addPhases[(int)_phase].Observe(all._time.GetElapsedTime(_since, now));
                (_phase, _since) = (next, now);
            }
        }

        private long? TakeOut(PluginRun plugin)
        {
            lock (_gate)
            {
                for (var i = 0; i < _running.Count; i++)
                {
                    if (!ReferenceEquals(_running[i].Plugin, plugin))
                        continue;
                    var since = _running[i].Began;
                    _running.RemoveAt(i);
                    return since;
                }
            }

            return null;
        }
    }
}
