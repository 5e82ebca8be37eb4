using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Multus.Cni;
using Multus.Engine.Ports;
using Multus.Host.Metrics;
using Multus.Host.Telemetry;
using Multus.Host.Tests.Metrics;
using Multus.TestSupport;

namespace Multus.Host.Tests.Telemetry;

public sealed class MeterMirrorTests
{
    [Fact]
    public void The_meter_has_the_values_and_labels_that_Prometheus_reads()
    {
        var time = new CountedTime();
        var metrics = new NodeMetrics(time);
        using var meter = new Meter(Unique.Name("meter"));
        MeterMirror.Mirror(metrics.Families, meter);
        var found = new ConcurrentDictionary<string, double>(StringComparer.Ordinal);
        using var reader = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == meter)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        reader.SetMeasurementEventCallback<double>(
            (instrument, value, tags, _) => found[$"{instrument.Name} {string.Join(' ', tags.ToArray())}"] = value
        );
        reader.Start();

        metrics.Api.Answered("patch", 200);
        metrics.Operations.Report(Phases.Begun("r1", SandboxId.Parse("c1"), CniCommand.Add));
        time.Advance(TimeSpan.FromSeconds(2));
        metrics.Operations.Report(new OperationPhase.Done("r1", SandboxId.Parse("c1"), null));
        metrics.Update(new NodeFigures(null, ["a fault"], null, [], []));
        reader.RecordObservableInstruments();

        Assert.Equal(1, found["multus_api_requests_total [verb, patch] [code, 200]"]);
        Assert.Equal(2, found["multus_phase_seconds [verb, ADD] [phase, planning]"]);
        Assert.Equal(1, found["multus_faults "]);
        Assert.Equal(0, found["multus_ready "]);
    }
}
