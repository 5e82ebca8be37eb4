namespace Multus.Cni;

/// <summary>Waits between tries that double, from <paramref name="Min"/> up to <paramref name="Max"/>.</summary>
/// <param name="Min">After the first failure.</param>
/// <param name="Max">The longest.</param>
public sealed record Backoff(TimeSpan Min, TimeSpan Max)
{
    private const int MaxDoublings = 30;
    private const double Least = 0.1; // of the most: whoever is away is not asked without a pause

    /// <summary>The wait after so many failures.</summary>
    /// <param name="failures">In a row, 1 for the first.</param>
    public TimeSpan After(int failures)
    {
        var doubled = Min * Math.Pow(2, Math.Clamp(failures - 1, 0, MaxDoublings));
        return doubled < Max ? doubled : Max;
    }

    /// <summary>
    /// Anything from a tenth of that wait up to it, so that ten thousand nodes which failed at once come back one after
    /// the other.
    /// </summary>
    /// <param name="failures">In a row, 1 for the first.</param>
    /// <param name="random">Another on each node.</param>
    public TimeSpan After(int failures, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return After(failures) * (Least + ((1 - Least) * random.NextDouble()));
    }
}
