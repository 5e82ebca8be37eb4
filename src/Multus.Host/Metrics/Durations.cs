using Prometheus;

namespace Multus.Host.Metrics;

/// <summary>How long something takes, as a histogram of seconds.</summary>
/// <param name="histogram">Prometheus' own.</param>
/// <param name="labels">Names of its labels.</param>
/// <param name="buckets">Upper bounds, in seconds.</param>
internal sealed class Durations(Histogram histogram, string[] labels, double[] buckets)
{
    private System.Diagnostics.Metrics.Histogram<double>? _mirror;

    public IReadOnlyList<double> Buckets => buckets;

    /// <summary>From now on it is told of everything as well.</summary>
    public void MirrorTo(System.Diagnostics.Metrics.Histogram<double> mirror) => _mirror = mirror;

    /// <summary>One series: to be kept by who observes often, for the search costs more than an observation.</summary>
    public Series Of(params string[] values) => new(this, histogram.WithLabels(values), values);

    /// <summary>What has the same labels.</summary>
    internal sealed class Series
    {
        private readonly Durations _all;
        private readonly Histogram.Child _histogram;
        private readonly KeyValuePair<string, object?>[] _tags;

        public Series(Durations all, Histogram.Child histogram, string[] values)
        {
            _all = all;
            _histogram = histogram;
            _tags = Tags.Of(all.Labels, values);
        }

        public void Observe(TimeSpan took)
        {
            _histogram.Observe(took.TotalSeconds);
            _all._mirror?.Record(took.TotalSeconds, _tags);
        }
    }

    private string[] Labels => labels;
}
