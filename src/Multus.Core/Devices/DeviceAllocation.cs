namespace Multus.Core.Devices;

/// <summary>
/// What a ResourceClaim was given: the same thing under whatever names kubelet and the cluster have for it.
/// </summary>
/// <param name="Claim">"namespace/name".</param>
/// <param name="Device">"driver/pool/device", <c>null</c> when the source does not say; then it may be any of the
/// claim's.</param>
public sealed record DeviceAllocation(string Claim, string? Device)
{
    /// <summary>
    /// True also when it cannot be told apart: one of the two does not say which of the claim's devices it is.
    /// </summary>
    public bool IsSameAs(DeviceAllocation other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return (Device, other.Device) switch
        {
            ({ } mine, { } its) => mine == its,
            (null, null) => false, // from one source, which tells them apart by ID
            _ => Claim == other.Claim,
        };
    }
}
