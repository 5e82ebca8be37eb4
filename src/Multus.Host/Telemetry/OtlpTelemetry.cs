using System.Diagnostics;
using System.Diagnostics.Metrics;
using Multus.Host.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Multus.Host.Telemetry;

/// <summary>
/// Sends a trace of each operation, and the figures, to a collector. Only made where one is named
/// (<see cref="EndpointVariable"/>): else nothing of OpenTelemetry is so much as loaded. Its own variables say the
/// rest: https://opentelemetry.io/docs/specs/otel/protocol/exporter/.
/// </summary>
internal sealed class OtlpTelemetry : IDisposable
{
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string Name = "multus";
    private const int LastBatchMilliseconds = 1000; // of each of the two, when the daemon ends
    private const string IntervalVariable = "OTEL_METRIC_EXPORT_INTERVAL";
    private static readonly TimeSpan UsualInterval = TimeSpan.FromSeconds(60); // OpenTelemetry's own

    private readonly ActivitySource _source = new(Name);
    private readonly Meter _meter = new(Name);
    private readonly TracerProvider _traces;
    private readonly MeterProvider _figures;

    private OtlpTelemetry(NodeMetrics metrics, string nodeName, ILogger log)
    {
        MeterMirror.Mirror(metrics.Families, _meter);
        var resource = ResourceBuilder
            .CreateDefault() // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES, which win
            .AddService(Name, serviceVersion: ProductVersion.Number)
            .AddAttributes(nodeName.Length > 0 ? [new("k8s.node.name", nodeName)] : [])
            .AddEnvironmentVariableDetector();
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(Name)
            .AddOtlpExporter()
            .Build();
        _figures = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(Name)
            .AddOtlpExporter()
            .Build();
        Spans = new SpanListener(_source, log);
    }

    /// <summary>Whether a collector is named. Asks for nothing else: what it takes is loaded by
    /// <see cref="Start"/>.</summary>
    public static bool IsWanted(Func<string, string?> environment) => environment(EndpointVariable) is { Length: > 0 };

    /// <summary>How often the figures are sent.</summary>
    public static TimeSpan Interval(Func<string, string?> environment) =>
        int.TryParse(environment(IntervalVariable), out var milliseconds) && milliseconds > 0
            ? TimeSpan.FromMilliseconds(milliseconds)
            : UsualInterval;

    /// <summary>Makes spans of what it hears of the operations.</summary>
    public SpanListener Spans { get; }

    /// <param name="metrics">What is sent beside the traces.</param>
    /// <param name="nodeName">Empty: not known.</param>
    /// <param name="log">Says which trace a request has.</param>
    public static OtlpTelemetry Start(NodeMetrics metrics, string nodeName, ILogger log) => new(metrics, nodeName, log);

    /// <summary>Sends what there is, for a moment; a collector that is away keeps nobody from ending.</summary>
    public void Dispose()
    {
        _traces.Shutdown(LastBatchMilliseconds);
        _figures.Shutdown(LastBatchMilliseconds);
        _traces.Dispose();
        _figures.Dispose();
        _source.Dispose();
        _meter.Dispose();
    }
}
