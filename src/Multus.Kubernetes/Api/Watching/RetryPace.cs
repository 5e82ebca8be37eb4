namespace Multus.Kubernetes.Api.Watching;

/// <summary>How long to wait after failures in a row: twice as long each time, give or take half, so that a thousand nodes do not come back at once.</summary>
internal sealed class RetryPace(TimeSpan min, TimeSpan max, Random random)
{
    private const int MaxDoublings = 30;

    /// <param name="failures">1 for the first.</param>
    public TimeSpan After(int failures)
    {
        var doubled = min * Math.Pow(2, Math.Clamp(failures - 1, 0, MaxDoublings));
        var middle = doubled < max ? doubled : max;
        return middle * (0.5 + random.NextDouble());
    }
}
