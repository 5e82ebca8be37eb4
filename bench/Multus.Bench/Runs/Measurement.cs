using System.Collections.Immutable;

namespace Multus.Bench.Runs;

/// <summary>One verb of all pods of a workload.</summary>
/// <param name="Outcomes">In order of their ends; failed ones included.</param>
/// <param name="Elapsed">From the first start to the last end.</param>
internal sealed record Measurement(ImmutableArray<Outcome> Outcomes, TimeSpan Elapsed)
{
    /// <summary>Of pods that came one at a time, perhaps with something else in between.</summary>
    public static Measurement OneByOne(ImmutableArray<Outcome> outcomes) =>
        new(outcomes, outcomes.Aggregate(TimeSpan.Zero, (sum, outcome) => sum + outcome.Wall));

    public double PerSecond => Outcomes.Length / Elapsed.TotalSeconds;

    public double CpuMillisecondsPerPod => Outcomes.Average(outcome => outcome.Cpu.TotalMilliseconds);

    public IEnumerable<string> Errors => Outcomes.Select(outcome => outcome.Error).OfType<string>();

    public double MaxMilliseconds => Outcomes.Max(outcome => outcome.Wall.TotalMilliseconds);

    /// <summary>The smallest wall time that at least <paramref name="percent"/> of the pods did not exceed.</summary>
    public double PercentileMilliseconds(int percent)
    {
        var sorted = Outcomes.Select(outcome => outcome.Wall.TotalMilliseconds).Order().ToArray();
        var rank = (sorted.Length * percent + 99) / 100;
        return sorted[Math.Max(rank, 1) - 1];
    }
}
