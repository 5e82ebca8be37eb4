using Multus.TestCluster.Statuses;

namespace Multus.TestCluster.Requests;

/// <summary>An answer that is known in full before its first byte is sent.</summary>
internal sealed record ApiReply(int Code, ReadOnlyMemory<byte> Body, string ContentType = "application/json")
{
    public int? RetryAfterSeconds { get; init; }

    public static ApiReply Of(ApiStatus status) =>
        new(status.Code, status.ToUtf8()) { RetryAfterSeconds = status.RetryAfterSeconds };

    /// <summary>Of a path that no resource has, as of a CRD that is not installed.</summary>
    public static ApiReply PageNotFound() => new(404, "404 page not found\n"u8.ToArray(), "text/plain; charset=utf-8");
}
