using Multus.Bench.Runs;

namespace Multus.Bench.Reports;

/// <summary>ADDs alone, and beside DELs of containers that nobody has heard of.</summary>
/// <param name="Dels">How many there were.</param>
internal sealed record UnrecordedDelsRow(int Dels, Measurement Alone, Measurement Beside)
{
    /// <summary>How much slower the slowest hundredth of the ADDs is.</summary>
    public double Ratio => Beside.PercentileMilliseconds(99) / Alone.PercentileMilliseconds(99);
}
