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

    /// <summary>
    /// True when what is asked for can never be, whoever tries again and whatever becomes of the cluster meanwhile.
    /// </summary>
    public bool IsFinal { get; init; }

    /// <summary>
    /// True when the message is about what somebody wrote, for that person: it says where and what, and needs no word
    /// before it.
    /// </summary>
    public bool IsFault { get; init; }

    /// <summary>
    /// The HTTP status of an API server's answer, or the code in a watch's ERROR event; <c>null</c> when there was no
    /// answer.
    /// </summary>
    public int? Status { get; init; }

    /// <summary>
    /// Whether it says more of the whole cluster than of what was asked: there was no answer, or one that says that
    /// whoever answers cannot do it now.
    /// </summary>
    public bool IsOutage => IsTransient && Status is null or 429 or 502 or 503 or 504;

    /// <summary>
    /// Whether the API server itself says that there is no such object; a gateway in front of it that knows no such
    /// page says 404, too.
    /// </summary>
    public bool IsNoSuchObject { get; init; }

    /// <summary>How long the server wants not to be asked again; <c>null</c> when it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
