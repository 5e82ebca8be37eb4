using System.Diagnostics;
using Multus.Cni;
using Multus.Engine.Ports;

namespace Multus.Host.Telemetry;

/// <summary>
/// The spans of one operation. Several of its plugins report at once: hence a lock, of this operation alone.
/// </summary>
internal sealed class OperationSpans
{
    private readonly ActivitySource _source;
    private readonly Activity _operation;
    private readonly Lock _gate = new();
    private readonly List<(PluginRun Run, Activity Span)> _plugins = new(1);
    private Activity? _phase;

    private OperationSpans(ActivitySource source, Activity operation)
    {
        _source = source;
        _operation = operation;
    }

    /// <summary>As W3C has it: what names the trace to others.</summary>
    public string TraceParent => _operation.Id!;

    /// <returns>Null: nobody wants this one.</returns>
    public static OperationSpans? Begin(ActivitySource source, OperationPhase.Begun begun)
    {
        Activity.Current = null; // a request is the beginning of its trace
        var operation = source.StartActivity(begun.Verb.ToWire(), ActivityKind.Server);
        if (operation is null)
            return null;

        operation.SetTag("cni.verb", begun.Verb.ToWire());
        operation.SetTag("cni.container_id", begun.Sandbox.Value);
        operation.SetTag("multus.request", begun.RequestId);
        var spans = new OperationSpans(source, operation);
        spans._phase = spans.Start(begun.Verb == CniCommand.Add ? "planning" : "plugins", operation);
        return spans;
    }

    public void Note(OperationPhase phase)
    {
        lock (_gate)
        {
            switch (phase)
            {
                case OperationPhase.Planned:
                    Enter("attaching");
                    break;
                case OperationPhase.Routes:
                    Enter("routes");
                    break;
                case OperationPhase.Status:
                    Enter("status");
                    break;
                case OperationPhase.PluginStarted started:
                    Begin(started.Plugin);
                    break;
                case OperationPhase.PluginEnded ended:
                    End(ended.Plugin, ended.Error);
                    break;
                default:
                    break; // nothing that takes time
            }
        }
    }

    public void End(CniError? error)
    {
        lock (_gate)
        {
            foreach (var (_, span) in _plugins)
                span.Dispose(); // its end was not told of
            _plugins.Clear();
            _phase?.Dispose();
            Fail(_operation, error);
            _operation.Dispose();
        }
    }

    private void Enter(string phase)
    {
        _phase?.Dispose();
        _phase = Start(phase, _operation);
    }

    private void Begin(PluginRun plugin)
    {
        if (Start($"{plugin.Type} {plugin.Verb.ToWire()}", _phase ?? _operation) is not { } span)
            return;
        span.SetTag("cni.plugin", plugin.Type);
        span.SetTag("cni.verb", plugin.Verb.ToWire());
        span.SetTag("cni.network", plugin.Network);
        span.SetTag("cni.ifname", plugin.IfName);
        _plugins.Add((plugin, span));
    }

    private void End(PluginRun plugin, CniError? error)
    {
        for (var i = 0; i < _plugins.Count; i++)
        {
            if (!ReferenceEquals(_plugins[i].Run, plugin))
                continue;
            Fail(_plugins[i].Span, error);
            _plugins[i].Span.Dispose();
            _plugins.RemoveAt(i);
            return;
        }
    }

    private Activity? Start(string name, Activity parent) =>
        _source.StartActivity(name, ActivityKind.Internal, parent.Context);

    private static void Fail(Activity span, CniError? error)
    {
        if (error is null)
            return;
        span.SetStatus(ActivityStatusCode.Error, error.Text);
        span.SetTag("cni.error_code", error.Code);
    }
}
