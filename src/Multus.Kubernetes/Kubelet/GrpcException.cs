namespace Multus.Kubernetes.Kubelet;

/// <summary>A gRPC call that did not succeed; <see cref="Status"/> is the server's code, or Unavailable when it never answered.</summary>
public sealed class GrpcException : Exception
{
    public GrpcException(GrpcStatus status, string message)
        : base(message) => Status = status;

    public GrpcException(GrpcStatus status, string message, Exception inner)
        : base(message, inner) => Status = status;

    public GrpcStatus Status { get; }
}
