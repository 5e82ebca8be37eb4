namespace Multus.Bench.Reports;

/// <summary>What a GC of many sandboxes took, each with one network of the null plugin.</summary>
/// <param name="DaemonCpuMs">CPU of the daemon itself per sandbox.</param>
/// <param name="DaemonPeakMb">The most memory the daemon had until its end.</param>
/// <param name="Errors">What failed or was left behind.</param>
internal sealed record CollectionRow(
    int Sandboxes,
    double PerSecond,
    double DaemonCpuMs,
    double DaemonPeakMb,
    IReadOnlyList<string> Errors
);
