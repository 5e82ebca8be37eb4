namespace Multus.Bench.Comparisons;

/// <summary>
/// Whether pairs that were measured side by side allow the word "better": how likely it is that so many lie on one side
/// if neither were. It supposes nothing of how figures spread, and takes six pairs at least.
/// </summary>
internal static class SignTest
{
    /// <summary>What is rarer than this is no chance.</summary>
    public const double Level = 0.05;

    /// <param name="ratios">One for each pair; those of exactly 1 say nothing.</param>
    /// <returns>The probability, of both sides together; 1 where there is no pair.</returns>
    public static double Probability(IEnumerable<double> ratios)
    {
        var (below, above) = (0, 0);
        foreach (var ratio in ratios)
        {
            below += ratio < 1 ? 1 : 0;
            above += ratio > 1 ? 1 : 0;
        }

        var pairs = below + above;
        var (ways, all) = (1.0, 0.0); // C(pairs, i)
        for (var i = 0; i <= Math.Min(below, above); i++)
        {
            all += ways;
            ways = ways * (pairs - i) / (i + 1);
        }

        return Math.Min(1, 2 * all / Math.Pow(2, pairs));
    }
}
