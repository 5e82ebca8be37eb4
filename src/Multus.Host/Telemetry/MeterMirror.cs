using System.Diagnostics.Metrics;
using Multus.Host.Metrics;

namespace Multus.Host.Telemetry;

/// <summary>
/// The figures for Prometheus as instruments of a meter, under the same names, so that queries are the same whichever
/// way they came.
/// </summary>
internal static class MeterMirror
{
    public static void Mirror(IReadOnlyList<Family> families, Meter meter)
    {
        foreach (var family in families)
        {
            switch (family)
            {
                case Family.Counted counted:
                    meter.CreateObservableCounter(family.Name, () => Read(counted), description: family.Help);
                    break;
                case Family.Level level:
                    meter.CreateObservableGauge(family.Name, () => Read(level), description: family.Help);
                    break;
                case Family.Timed timed:
                    timed.Durations.MirrorTo(HistogramOf(timed, meter));
                    break;
                default:
                    throw new InvalidOperationException($"unknown metric {family}");
            }
        }
    }

    private static Histogram<double> HistogramOf(Family.Timed timed, Meter meter) =>
        meter.CreateHistogram(
            timed.Name,
            "s",
            timed.Help,
            tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = timed.Durations.Buckets }
        );

    private static IEnumerable<Measurement<double>> Read(Family.Counted counted)
    {
        foreach (var labels in counted.Counter.GetAllLabelValues())
            yield return new(counted.Counter.WithLabels(labels).Value, Tags.Of(counted.Labels, labels));
        if (counted.Labels.Length == 0)
            yield return new(counted.Counter.Value);
    }

    private static IEnumerable<Measurement<double>> Read(Family.Level level)
    {
        foreach (var labels in level.Gauge.GetAllLabelValues())
            yield return new(level.Gauge.WithLabels(labels).Value, Tags.Of(level.Labels, labels));
        if (level.Labels.Length == 0)
            yield return new(level.Gauge.Value);
    }
}
