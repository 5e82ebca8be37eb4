using System.Collections.Concurrent;
using System.Diagnostics;
using Multus.Cni;
using Multus.Engine.Ports;
using Multus.Host.Telemetry;
using Multus.Host.Tests.Logging;
using Multus.Host.Tests.Metrics;
using Multus.TestSupport;

namespace Multus.Host.Tests.Telemetry;

public sealed class SpanListenerTests : IDisposable
{
    private static readonly SandboxId Sandbox = SandboxId.Parse("c1");

    private readonly ActivitySource _source = new(Unique.Name("spans"));
    private readonly ActivityListener _collector;
    private readonly ConcurrentQueue<Activity> _spans = [];
    private readonly MemoryLog _log = new();
    private readonly SpanListener _listener;

    public SpanListenerTests()
    {
        _collector = new ActivityListener
        {
            ShouldListenTo = source => source == _source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_collector);
        _listener = new SpanListener(_source, _log);
    }

    [Fact]
    public void An_ADD_is_one_trace_with_a_span_of_each_phase_and_of_each_plugin_below_its_phase()
    {
        var plugin = new PluginRun("bridge", CniCommand.Add, "blue", "net1");
        _listener.Report(Phases.Begun("r1", Sandbox, CniCommand.Add));
        _listener.Report(new OperationPhase.Planned("r1", Sandbox, []));
        _listener.Report(new OperationPhase.PluginStarted("r1", Sandbox, plugin));
        _listener.Report(new OperationPhase.PluginEnded("r1", Sandbox, plugin, null, ""));
        _listener.Report(new OperationPhase.Routes("r1", Sandbox));
        _listener.Report(new OperationPhase.Status("r1", Sandbox));
        _listener.Report(new OperationPhase.Done("r1", Sandbox, null));

        var add = Span("ADD");
        Assert.Equal(
            ["planning", "bridge ADD", "attaching", "routes", "status", "ADD"],
            _spans.Select(span => span.DisplayName)
        );
        Assert.All(_spans, span => Assert.Equal(add.TraceId, span.TraceId));
        Assert.Equal(default, add.ParentSpanId);
        Assert.Equal(Span("attaching").SpanId, Span("bridge ADD").ParentSpanId);
        Assert.All(
            (string[])["planning", "attaching", "routes", "status"],
            phase => Assert.Equal(add.SpanId, Span(phase).ParentSpanId)
        );
        Assert.Equal(("c1", "r1"), (add.GetTagItem("cni.container_id"), add.GetTagItem("multus.request")));
        Assert.Equal("blue", Span("bridge ADD").GetTagItem("cni.network"));
        Assert.Equal($"Information ADD of c1, request r1: traceparent {add.Id}", Assert.Single(_log.Lines));
    }

    [Fact]
    public void What_has_failed_says_so_with_its_code()
    {
        var (plugin, error) = (new PluginRun("bridge", CniCommand.Del, "blue", "net1"), new CniError(100, "busy"));
        _listener.Report(Phases.Begun("r1", Sandbox, CniCommand.Del));
        _listener.Report(new OperationPhase.PluginStarted("r1", Sandbox, plugin));
        _listener.Report(new OperationPhase.PluginEnded("r1", Sandbox, plugin, error, ""));
        _listener.Report(new OperationPhase.Done("r1", Sandbox, error));

        Assert.All(
            (string[])["bridge DEL", "DEL"],
            name =>
            {
                Assert.Equal((ActivityStatusCode.Error, "busy"), (Span(name).Status, Span(name).StatusDescription));
                Assert.Equal(100u, Span(name).GetTagItem("cni.error_code"));
            }
        );
    }

    [Fact]
    public void The_span_of_who_reports_stays_its_own_and_no_operation_is_below_it()
    {
        using var callers = new Activity("of the caller").Start();

        _listener.Report(Phases.Begun("r1", Sandbox, CniCommand.Add));
        Assert.Same(callers, Activity.Current);
        _listener.Report(new OperationPhase.Done("r1", Sandbox, null));

        Assert.Same(callers, Activity.Current);
        Assert.NotEqual(callers.TraceId, Span("ADD").TraceId);
    }

    public void Dispose()
    {
        _collector.Dispose();
        _source.Dispose();
    }

    private Activity Span(string name) => Assert.Single(_spans, span => span.DisplayName == name);
}
