using Multus.EndToEnd.Tests.Kubernetes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Metrics;

/// <summary>The published daemon and a collector.</summary>
public sealed class OtlpTests(ITestOutputHelper output) : ApiServerTest(output)
{
    [RootFact]
    public async Task An_ADD_is_a_trace_with_its_phases_and_plugins_that_the_log_names_and_figures_come_too()
    {
        await using var receiver = await OtlpReceiver.StartAsync(Node.Bind);
        UseKubeconfig();
        CreateNetwork("one");
        Node.WithVariable("OTEL_EXPORTER_OTLP_ENDPOINT", $"http://127.0.0.1:{OtlpReceiver.Port}")
            .WithVariable("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
            .WithVariable("OTEL_BSP_SCHEDULE_DELAY", "100")
            .WithVariable("OTEL_METRIC_EXPORT_INTERVAL", "300");
        await Node.StartDaemon();

        (await Node.Add(CreatePod("one"))).Succeeded();

        await Wait.Until("the trace has come", () => receiver.Spans.Any(span => span.Name == "ADD"));
        var add = Assert.Single(receiver.Spans, span => span.Name == "ADD");
        await Wait.Until("the plugins' spans have come", () => Count($"{Plugin.Type} ADD") == 2);
        Assert.Equal("", add.Parent);
        Assert.All(receiver.Spans, span => Assert.Equal(add.Trace, span.Trace));
        Assert.All((string[])["planning", "attaching", "status"], phase => Assert.Equal(add.Id, Span(phase).Parent));
        Assert.All(
            receiver.Spans.Where(span => span.Name == $"{Plugin.Type} ADD"),
            span => Assert.Equal(Span("attaching").Id, span.Parent)
        );
        await Node.Log.Line($"traceparent 00-{add.Trace}-{add.Id}-01");
        await Wait.Until(
            "the figures have come",
            () =>
                receiver.Metrics.ContainsKey("multus_requests_total")
                && receiver.Metrics.ContainsKey("multus_phase_seconds")
                && receiver.Metrics.ContainsKey("multus_ready")
        );

        int Count(string name) => receiver.Spans.Count(span => span.Name == name);
        OtlpSpan Span(string name) => Assert.Single(receiver.Spans, span => span.Name == name);
    }

    [RootFact]
    public async Task A_collector_that_is_away_holds_up_neither_pods_nor_the_end()
    {
        UseKubeconfig();
        CreateNetwork("one");
        Node.WithVariable("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
            .WithVariable("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
        var daemon = await Node.StartDaemon();

        (await Node.Add(CreatePod("one"))).Succeeded();

        daemon.AskToStop();
        Assert.Equal(0, await daemon.Exited());
    }
}
