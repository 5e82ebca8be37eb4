namespace Multus.Kubernetes.Kubelet;

/// <summary>The codes of the gRPC protocol that make a difference to us.</summary>
public enum GrpcStatus
{
    Ok = 0,
    Cancelled = 1,
    Unknown = 2,
    DeadlineExceeded = 4,
    NotFound = 5,
    ResourceExhausted = 8,
    Unimplemented = 12,
    Unavailable = 14,
}
