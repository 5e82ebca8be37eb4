using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Multus.Core.Pods;

namespace Multus.Kubernetes.Api.Pods;

/// <summary>The bodies with which the annotation is written.</summary>
internal static class StatusBodies
{
    // Not for a web page.
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// A merge patch of the annotation alone, as text: the library takes nothing else under Native AOT.
    /// </summary>
    /// <param name="uid">What the pod's UID must be; <c>null</c>: whatever it is.</param>
    public static string Patch(string? uid, StatusValue status)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Writing))
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            if (uid is not null)
                json.WriteString("uid", uid);
            json.WriteStartObject("annotations");
            json.WriteString(status.Annotation, status.Json);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static Task<JsonDocument> ReadWholeAsync(Stream body, CancellationToken cancel) =>
        JsonDocument.ParseAsync(body, default, cancel);

    /// <exception cref="KubernetesException">It is no pod.</exception>
    public static Pod PodOf(PodKey key, JsonDocument whole)
    {
        if (
            whole.RootElement.ValueKind != JsonValueKind.Object
            || !whole.RootElement.TryGetProperty("metadata", out var metadata)
            || metadata.ValueKind != JsonValueKind.Object
        )
            throw new KubernetesException($"the API server's answer for pod {key} has no metadata", isTransient: true);
        var annotations = ImmutableDictionary<string, string>.Empty;
        // What decides whose pod it is.
        foreach (var deciding in (ReadOnlySpan<string>)[Pod.SourceAnnotation, Pod.MirrorAnnotation])
        {
            if (TextIn(AnnotationsOf(metadata), deciding) is { } value)
                annotations = annotations.Add(deciding, value);
        }

        return new Pod(key, TextIn(metadata, "uid"), annotations);
    }

    /// <summary>The pod as it was read, resourceVersion and all, with the annotation set.</summary>
    public static ReadOnlyMemory<byte> WithStatus(JsonDocument whole, StatusValue status)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Writing))
        {
            json.WriteStartObject();
            foreach (var member in whole.RootElement.EnumerateObject())
            {
                if (member.NameEquals("metadata"))
                    WriteMetadata(json, member.Value, status);
                else
                    member.WriteTo(json);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void WriteMetadata(Utf8JsonWriter json, JsonElement metadata, StatusValue status)
    {
        json.WriteStartObject("metadata");
        foreach (var member in metadata.EnumerateObject())
        {
            if (!member.NameEquals("annotations"))
                member.WriteTo(json);
        }

        json.WriteStartObject("annotations");
        if (AnnotationsOf(metadata) is { ValueKind: JsonValueKind.Object } annotations)
        {
            foreach (var annotation in annotations.EnumerateObject())
            {
                if (!annotation.NameEquals(status.Annotation))
                    annotation.WriteTo(json);
            }
        }

        json.WriteString(status.Annotation, status.Json);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static JsonElement AnnotationsOf(JsonElement metadata) =>
        metadata.TryGetProperty("annotations", out var annotations) ? annotations : default;

    private static string? TextIn(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}

/// <summary>The annotation and what it is to say.</summary>
internal readonly record struct StatusValue(string Annotation, string Json);
