namespace Multus.Bench.Reports;

/// <summary>What a run of a plugin costs whoever starts it, the plugin's own work left out.</summary>
/// <param name="AtOnce">As many runs at a time.</param>
/// <param name="WallUs">Microseconds from the first start to the last end, per run.</param>
/// <param name="CpuUs">Microseconds of the starting process's own processor time, per run.</param>
/// <param name="AllocatedBytes">Bytes that it allocates, per run.</param>
internal sealed record ProcessRunRow(int AtOnce, double WallUs, double CpuUs, long AllocatedBytes);
