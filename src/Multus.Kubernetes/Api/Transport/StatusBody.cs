using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Multus.Kubernetes.Api.Transport;

/// <summary>The parts of a metav1.Status that decide anything.</summary>
internal readonly record struct StatusBody(string? Message, TimeSpan? RetryAfter)
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
                return new StatusBody(root.GetRawText(), null);
            return new StatusBody(MessageOf(root), RetryAfterOf(root));
        }
        catch (JsonException)
        {
            return new StatusBody(Encoding.UTF8.GetString(body.Span).ReplaceLineEndings(" ").Trim(), null);
        }
    }

    private static string? MessageOf(JsonElement root) =>
        root.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String ? message.GetString() : null;

    private static TimeSpan? RetryAfterOf(JsonElement root) =>
        root.TryGetProperty("details", out var details) && details.ValueKind == JsonValueKind.Object
            && details.TryGetProperty("retryAfterSeconds", out var seconds) && seconds.ValueKind == JsonValueKind.Number
            && seconds.TryGetInt32(out var number) && number > 0
            ? TimeSpan.FromSeconds(number) : null;
}
