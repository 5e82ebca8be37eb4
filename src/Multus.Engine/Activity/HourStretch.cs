namespace Multus.Engine.Activity;

/// <summary>What ended in one stretch of the last hour.</summary>
/// <param name="Number">Of the stretch, from the beginning of the process.</param>
/// <param name="Added">ADDs that succeeded.</param>
/// <param name="AddsFailed">ADDs that failed.</param>
/// <param name="Deleted">DELs that succeeded.</param>
/// <param name="DeletesFailed">DELs that failed.</param>
public sealed record HourStretch(long Number, int Added, int AddsFailed, int Deleted, int DeletesFailed)
{
    /// <summary>Of the ADDs, in milliseconds, by the bounds between which they are counted; 0: none.</summary>
    public double Median { get; init; }

    public double P95 { get; init; }

    /// <summary>As it was measured.</summary>
    public double Longest { get; init; }
}
