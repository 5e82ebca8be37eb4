using System.Collections.Immutable;
using System.Text.Json;

namespace Multus.Kubernetes.Api.Claims;

/// <summary>One device that a claim was given. Its text is "driver/pool/device", which names it in the whole cluster.</summary>
/// <param name="Request">For which of the claim's requests.</param>
internal sealed record AllocatedDevice(string? Request, string Driver, string Pool, string Device)
{
    /// <summary>None while nothing has been allocated.</summary>
    /// <param name="claim">The whole object, <c>resource.k8s.io/v1</c>.</param>
    public static ImmutableArray<AllocatedDevice> Of(JsonElement claim)
    {
        var devices = ImmutableArray.CreateBuilder<AllocatedDevice>();
        foreach (var result in claim.Member("status").Member("allocation").Member("devices").Member("results").Elements())
        {
            if (result.Member("adminAccess").ValueKind == JsonValueKind.True)
                continue; // to look at it: another pod may have it
            devices.Add(new AllocatedDevice(result.Text("request"), result.Text("driver") ?? "", result.Text("pool") ?? "", result.Text("device") ?? ""));
        }

        return devices.ToImmutable();
    }

    public override string ToString() => $"{Driver}/{Pool}/{Device}";
}
