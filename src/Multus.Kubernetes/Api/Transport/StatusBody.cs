using System.Buffers;
using System.Text;
using System.Text.Json;

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
            using var body = await response.Content.ReadAsStreamAsync(cancel);
            var length = await body.ReadAtLeastAsync(buffer.AsMemory(0, maxBytes), maxBytes, throwOnEndOfStream: false, cancel);
            return Parse(buffer.AsMemory(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static StatusBody Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                return new StatusBody(root.GetRawText(), null, null);
            return new StatusBody(TextOf(root, "message"), RetryAfterOf(root), TextOf(root, "kind") == "Status" ? TextOf(root, "reason") : null);
        }
        catch (JsonException)
        {
            return new StatusBody(Encoding.UTF8.GetString(body.Span).ReplaceLineEndings(" ").Trim(), null, null);
        }
    }

    private static string? TextOf(JsonElement root, string name) =>
        root.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static TimeSpan? RetryAfterOf(JsonElement root) =>
        root.TryGetProperty("details", out var details) && details.ValueKind == JsonValueKind.Object
            && details.TryGetProperty("retryAfterSeconds", out var seconds) && seconds.ValueKind == JsonValueKind.Number
            && seconds.TryGetInt32(out var number) && number > 0
            ? TimeSpan.FromSeconds(number) : null;
}
