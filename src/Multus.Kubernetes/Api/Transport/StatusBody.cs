using System.Buffers;
using System.Text;
using System.Text.Json;
using k8s.Models;
using Multus.Kubernetes.Api.Json;

namespace Multus.Kubernetes.Api.Transport;

/// <summary>The parts of a metav1.Status that decide anything.</summary>
/// <param name="Reason">The server's one word for it; <c>null</c> when the body is no Status.</param>
internal readonly record struct StatusBody(string? Message, TimeSpan? RetryAfter, string? Reason)
{
    /// <summary>A body that is no Status, as a gateway's page, is its own message.</summary>
    public static async Task<StatusBody> ReadAsync(HttpResponseMessage response, int maxBytes, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(maxBytes);
        try
        {
            var body = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                var length = await body.ReadAtLeastAsync(
                        buffer.AsMemory(0, maxBytes),
                        maxBytes,
                        throwOnEndOfStream: false,
                        cancel
                    )
                    .ConfigureAwait(false);
                return Parse(buffer.AsSpan(0, length));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static StatusBody Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            // The library marks what is JSON and no Status.
            if (KubeJson.Read<V1Status>(body) is { HasObject: false } status)
                return new StatusBody(
                    status.Message,
                    RetryAfterOf(status),
                    status.Kind == V1Status.KubeKind ? status.Reason : null
                );
        }
        catch (JsonException)
        {
            // a page for people
        }

        return new StatusBody(Encoding.UTF8.GetString(body).ReplaceLineEndings(" ").Trim(), null, null);
    }

    private static TimeSpan? RetryAfterOf(V1Status status) =>
        status.Details?.RetryAfterSeconds is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : null;
}
