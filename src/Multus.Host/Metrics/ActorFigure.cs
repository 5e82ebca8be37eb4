namespace Multus.Host.Metrics;

/// <summary>A figure of <c>/healthz</c> as a metric.</summary>
/// <param name="Part">The part of the node that reports it.</param>
/// <param name="Figure">Its name there.</param>
/// <param name="Metric">Its name for Prometheus.</param>
/// <param name="Help">What it says.</param>
internal sealed record ActorFigure(string Part, string Figure, string Metric, string Help)
{
    /// <summary>Only ever grows, until the part is started anew.</summary>
    public bool IsCounter => Metric.EndsWith("_total", StringComparison.Ordinal);
}
