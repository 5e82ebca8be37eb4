using System.Collections.Concurrent;
using System.Collections.Immutable;
using Multus.Cni;
using Multus.Engine.Ports;

namespace Multus.Engine.Activity;

/// <summary>What is under way, and how far: the one model that figures, pages and commands read. Any thread.</summary>
/// <param name="time">The clock.</param>
/// <param name="hour">Counts what ends; null: nobody wants to know.</param>
public sealed class OperationTracker(TimeProvider time, LastHour? hour = null) : IPhases
{
    // A GC's DELs have its request ID, all of them.
    private readonly ConcurrentDictionary<(string RequestId, SandboxId Sandbox), Operation> _operations = new();

    public void Report(OperationPhase phase)
    {
        ArgumentNullException.ThrowIfNull(phase);
        var key = (phase.RequestId, phase.Sandbox);
        switch (phase)
        {
            case OperationPhase.Begun begun:
                _operations[key] = new Operation(begun, time.GetTimestamp());
                break;
            case OperationPhase.Done done:
                if (_operations.TryRemove(key, out var ended))
                    hour?.Count(ended.Verb, time.GetElapsedTime(ended.Began), done.Error is not null);
                break;
            default:
                if (_operations.TryGetValue(key, out var operation))
                    operation.Note(phase, time.GetTimestamp());
                break;
        }
    }

    /// <summary>The operations that are under way, the oldest first.</summary>
    public ImmutableArray<OperationView> Snapshot()
    {
        var views = _operations.Values.Select(operation => operation.View(time)).ToList();
        views.Sort(static (one, other) => other.Age.CompareTo(one.Age));
        return [.. views];
    }

    /// <summary>Several plugins of one operation report at once: hence a lock, of this operation alone.</summary>
    private sealed class Operation(OperationPhase.Begun begun, long began)
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<PluginRun, long> _plugins = [];
        private readonly List<(string Name, long At)> _steps =
        [
            (begun.Verb == CniCommand.Add ? "planning" : "plugins", began),
        ];

        public CniCommand Verb => begun.Verb;

        public long Began => began;

        public void Note(OperationPhase phase, long now)
        {
            lock (_gate)
            {
                switch (phase)
                {
                    case OperationPhase.Planned:
                        _steps.Add(("attaching", now));
                        break;
                    case OperationPhase.PluginStarted started:
                        _plugins.Add(started.Plugin, now);
                        break;
                    case OperationPhase.PluginEnded ended:
                        _plugins.Remove(ended.Plugin);
                        break;
                    case OperationPhase.Routes:
                        _steps.Add(("routes", now));
                        break;
                    case OperationPhase.Status:
                        _steps.Add(("status", now));
                        break;
                    default:
                        break; // begun and done are the tracker's
                }
            }
        }

        public OperationView View(TimeProvider time)
        {
            lock (_gate)
            {
                var plugins = ImmutableArray.CreateBuilder<PluginView>(_plugins.Count);
                foreach (var (plugin, since) in _plugins)
                    plugins.Add(new PluginView(plugin, time.GetElapsedTime(since)));
                return new OperationView(
                    begun.RequestId,
                    begun.Sandbox,
                    begun.Verb,
                    _steps[^1].Name,
                    time.GetElapsedTime(began),
                    plugins.MoveToImmutable()
                )
                {
                    Pod = begun.Request.Pod,
                    Steps = Steps(time),
                };
            }
        }

        private ImmutableArray<StepView> Steps(TimeProvider time)
        {
            var steps = ImmutableArray.CreateBuilder<StepView>(_steps.Count);
            foreach (var (name, at) in _steps)
                steps.Add(new StepView(name, time.GetElapsedTime(began, at)));
            return steps.MoveToImmutable();
        }
    }
}
