using Prometheus;

namespace Multus.Host.Metrics;

/// <summary>
/// Makes what is measured. All of it is written for Prometheus, and mirrored for who else wants it
/// (<see cref="Families"/>). docs/decisions/0032-metrics.md.
/// </summary>
internal sealed class Instruments
{
    private readonly CollectorRegistry _registry = Prometheus.Metrics.NewCustomRegistry();
    private readonly MetricFactory _factory;
    private readonly List<Family> _families = [];

    public Instruments()
    {
        _factory = Prometheus.Metrics.WithCustomRegistry(_registry);
        _factory.ExemplarBehavior = ExemplarBehavior.NoExemplars();
    }

    /// <summary>Everything that was made, in that order. Nothing is made once somebody has asked for it.</summary>
    public IReadOnlyList<Family> Families => _families;

    /// <param name="name">Ends in <c>_total</c>.</param>
    /// <param name="help">What is counted.</param>
    /// <param name="labels">Names of labels, of each a bounded number of values.</param>
    public Counter Counter(string name, string help, params string[] labels)
    {
        var counter = _factory.CreateCounter(
            name,
            help,
            labels,
            new CounterConfiguration { SuppressInitialValue = true }
        );
        _families.Add(new Family.Counted(name, help, labels, counter));
        return counter;
    }

    public Gauge Gauge(string name, string help, params string[] labels)
    {
        var gauge = _factory.CreateGauge(name, help, labels, new GaugeConfiguration { SuppressInitialValue = true });
        _families.Add(new Family.Level(name, help, labels, gauge));
        return gauge;
    }

    /// <param name="name">Ends in <c>_seconds</c>.</param>
    /// <param name="help">What takes so long.</param>
    /// <param name="buckets">Upper bounds, in seconds.</param>
    /// <param name="labels">As above.</param>
    public Durations Durations(string name, string help, double[] buckets, params string[] labels)
    {
        var durations = new Durations(
            _factory.CreateHistogram(name, help, labels, new HistogramConfiguration { Buckets = buckets }),
            labels,
            buckets
        );
        _families.Add(new Family.Timed(name, help, labels, durations));
        return durations;
    }

    /// <summary>Writes all of it in Prometheus' text format, version 0.0.4.</summary>
    public Task WriteAsync(Stream to, CancellationToken cancel) => _registry.CollectAndExportAsTextAsync(to, cancel);
}
