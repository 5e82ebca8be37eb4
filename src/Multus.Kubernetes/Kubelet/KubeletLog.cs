using Microsoft.Extensions.Logging;

namespace Multus.Kubernetes.Kubelet;

/// <summary>Log events 1700–1799.</summary>
internal static partial class KubeletLog
{
    [LoggerMessage(
        1700,
        LogLevel.Information,
        "this kubelet does not answer questions about one pod's devices; the whole node is listed instead: {Reason}"
    )]
    public static partial void GetRefused(ILogger log, string reason);

    [LoggerMessage(
        1701,
        LogLevel.Warning,
        "CDI device \"{Name}\" of claim {Claim} is passed over: expected vendor/class=name"
    )]
    public static partial void CdiNameUnreadable(ILogger log, string name, string claim);

    [LoggerMessage(
        1702,
        LogLevel.Debug,
        "no kubelet socket at {Socket}: devices are read from the checkpoint {Checkpoint}"
    )]
    public static partial void UsingCheckpoint(ILogger log, string socket, string checkpoint);
}
