using Microsoft.Extensions.Logging;

namespace Multus.Kubernetes.Api.Claims;

/// <summary>Log events 1720–1729.</summary>
internal static partial class ClaimLog
{
    [LoggerMessage(
        1720,
        LogLevel.Warning,
        "Devices of ResourceClaims are left out, only the kubelet's count: {Reason}"
    )]
    public static partial void LeftOut(ILogger log, string reason);

    [LoggerMessage(
        1721,
        LogLevel.Warning,
        "Device {Device} of claim {Claim} is in no ResourceSlice of driver and node: no network can take it"
    )]
    public static partial void NotInSlice(ILogger log, string device, string claim);
}
