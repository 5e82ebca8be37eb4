namespace Multus.Bench.Comparisons;

/// <summary>What is measured of a workload.</summary>
internal enum FigureKind
{
    /// <summary>How long half of the ADDs took at most.</summary>
    AddP50,

    DelP50,

    AddsPerSecond,

    DelsPerSecond,

    /// <summary>Of the daemon, for ADD and DEL of a pod.</summary>
    CpuPerPod,

    /// <summary>Of the daemon, from its start to the last DEL.</summary>
    Peak,
}
