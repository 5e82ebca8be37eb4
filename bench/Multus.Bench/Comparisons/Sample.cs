using Multus.Bench.Runs;

namespace Multus.Bench.Comparisons;

/// <summary>One build's round of a workload.</summary>
/// <param name="CpuMs">Of the daemon, from before the first ADD to after the last DEL.</param>
/// <param name="Remains">What was missing or left behind.</param>
internal sealed record Sample(
    Measurement Add,
    Measurement Del,
    double CpuMs,
    double PeakMb,
    IReadOnlyList<string> Remains
)
{
    public IEnumerable<string> Errors => Add.Errors.Concat(Del.Errors).Concat(Remains);

    public double Value(FigureKind kind) =>
        kind switch
        {
            FigureKind.AddP50 => Add.PercentileMilliseconds(50),
            FigureKind.DelP50 => Del.PercentileMilliseconds(50),
            FigureKind.AddsPerSecond => Add.PerSecond,
            FigureKind.DelsPerSecond => Del.PerSecond,
            FigureKind.CpuPerPod => CpuMs / Add.Outcomes.Length,
            FigureKind.Peak => PeakMb,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "a workload has no such figure"),
        };
}
