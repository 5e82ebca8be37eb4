using Prometheus;

namespace Multus.Host.Metrics;

/// <summary>A metric with all its series.</summary>
/// <param name="Name">As Prometheus has it.</param>
/// <param name="Help">What it says.</param>
/// <param name="Labels">Names of its labels.</param>
internal abstract record Family(string Name, string Help, string[] Labels)
{
    /// <summary>Only ever grows.</summary>
    public sealed record Counted(string Name, string Help, string[] Labels, Counter Counter)
        : Family(Name, Help, Labels);

    /// <summary>Goes up and down.</summary>
    public sealed record Level(string Name, string Help, string[] Labels, Gauge Gauge) : Family(Name, Help, Labels);

    /// <summary>A histogram of seconds.</summary>
    public sealed record Timed(string Name, string Help, string[] Labels, Durations Durations)
        : Family(Name, Help, Labels);
}
