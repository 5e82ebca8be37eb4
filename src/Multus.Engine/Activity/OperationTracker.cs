using System.Collections.Concurrent;
using System.Collections.Immutable;
using Multus.Cni;
using Multus.Engine.Ports;

namespace Multus.Engine.Activity;

/// <summary>What is under way, and how far: the one model that figures, pages and commands read. Any thread.</summary>
public sealed class OperationTracker(TimeProvider time) : IPhases
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
            case OperationPhase.Done:
                _operations.TryRemove(key, out _);
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
        private string _step = "planning";

        public void Note(OperationPhase phase, long now)
        {
            lock (_gate)
            {
                switch (phase)
                {
                    case OperationPhase.Planned:
                        _step = "attaching";
                        break;
                    case OperationPhase.PluginStarted started:
                        _plugins.Add(started.Plugin, now);
                        break;
                    case OperationPhase.PluginEnded ended:
                        _plugins.Remove(ended.Plugin);
                        break;
                    case OperationPhase.Routes:
                        _step = "routes";
                        break;
                    case OperationPhase.Status:
                        _step = "status";
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
                    begun.Verb == CniCommand.Add ? _step : "plugins",
                    time.GetElapsedTime(began),
                    plugins.MoveToImmutable()
                );
            }
        }
    }
}
