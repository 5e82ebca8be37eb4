namespace Multus.Cni.Results;

/// <summary>An address that a plugin assigned.</summary>
/// <param name="Address">CIDR with the host part, as the plugin wrote it.</param>
/// <param name="Gateway">The default gateway of its subnet, as the plugin wrote it, or null.</param>
/// <param name="Interface">
/// Index into <see cref="CniResult.Interfaces"/>; 0 is not the same as null. Not checked against their number: plugins
/// that only assign addresses point at interfaces that another one reports.
/// </param>
/// <param name="Family">"4" or "6" as the plugin said below 1.0.0; null when it did not say, and from 1.0.0 on.</param>
public sealed record CniIp(string Address, string? Gateway = null, int? Interface = null, string? Family = null);
