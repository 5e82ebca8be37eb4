namespace Multus.Kubernetes.Certificates;

/// <summary>
/// How long to wait after a request for a certificate that failed: five tries in half a minute, then less often.
/// </summary>
internal static class RenewalPace
{
    private const int FirstTries = 5;

    private static readonly TimeSpan First = TimeSpan.FromSeconds(2);

    /// <param name="failures">In a row; 1 for the first.</param>
    public static TimeSpan After(int failures) => First * Math.Pow(2, Math.Clamp(failures, 1, FirstTries) - 1);
}
