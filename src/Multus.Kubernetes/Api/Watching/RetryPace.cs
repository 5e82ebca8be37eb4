namespace Multus.Kubernetes.Api.Watching;

/// <summary>
/// How long to wait after failures in a row: up to twice as long each time, and anything up to that, so that ten
/// thousand nodes whose watches broke at once come back one after the other.
/// </summary>
internal sealed class RetryPace(TimeSpan min, TimeSpan max, Random random)
{
    private const int MaxDoublings = 30;
    private const double Least = 0.1; // of the most: a server that is away is not asked without a pause

    /// <param name="failures">1 for the first.</param>
    public TimeSpan After(int failures)
    {
        var doubled = min * Math.Pow(2, Math.Clamp(failures - 1, 0, MaxDoublings));
        var most = doubled < max ? doubled : max;
        return most * (Least + ((1 - Least) * random.NextDouble()));
    }
}
