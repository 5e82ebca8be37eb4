using System.Collections.Immutable;
using k8s.Models;

namespace Multus.Kubernetes.Api.Claims;

/// <summary>
/// One device that a claim was given. Its text is "driver/pool/device", which names it in the whole cluster.
/// </summary>
/// <param name="Request">For which of the claim's requests.</param>
internal sealed record AllocatedDevice(string? Request, string Driver, string Pool, string Device)
{
    /// <summary>None while nothing has been allocated.</summary>
    public static ImmutableArray<AllocatedDevice> Of(Resourcev1ResourceClaim claim)
    {
        var devices = ImmutableArray.CreateBuilder<AllocatedDevice>();
        foreach (var result in claim.Status?.Allocation?.Devices?.Results ?? [])
        {
            if (result.AdminAccess == true)
                continue; // to look at it: another pod may have it
            devices.Add(
                new AllocatedDevice(result.Request, result.Driver ?? "", result.Pool ?? "", result.Device ?? "")
            );
        }

        return devices.ToImmutable();
    }

    public override string ToString() => $"{Driver}/{Pool}/{Device}";
}
