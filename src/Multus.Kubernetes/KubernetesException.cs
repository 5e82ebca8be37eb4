namespace Multus.Kubernetes;

/// <summary>The cluster did not do what was asked of it.</summary>
public sealed class KubernetesException : Exception
{
    public KubernetesException(string message, bool isTransient)
        : base(message) => IsTransient = isTransient;

    public KubernetesException(string message, bool isTransient, Exception inner)
        : base(message, inner) => IsTransient = isTransient;

    /// <summary>True when the same request may succeed later without anybody changing it.</summary>
    public bool IsTransient { get; }
}
