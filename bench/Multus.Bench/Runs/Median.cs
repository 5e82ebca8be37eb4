namespace Multus.Bench.Runs;

internal static class Median
{
    /// <summary>The one in the middle, or half-way between the two in the middle.</summary>
    public static double Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
