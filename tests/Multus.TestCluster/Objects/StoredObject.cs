using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Multus.TestCluster.Objects;

/// <summary>One version of one object. It never changes, so any number of requests may read it at once.</summary>
public sealed class StoredObject
{
    private StoredObject(ResourceType type, ObjectKey key, long revision, JsonElement json, byte[] utf8)
    {
        Type = type;
        Key = key;
        Revision = revision;
        Json = json;
        Utf8 = utf8;
    }

    public ResourceType Type { get; }

    public ObjectKey Key { get; }

    /// <summary>Its <c>metadata.resourceVersion</c>.</summary>
    public long Revision { get; }

    public JsonElement Json { get; }

    /// <summary>The whole object as JSON, kind and apiVersion first.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; }

    public string Uid => Text("metadata", "uid") ?? "";

    /// <summary>The text at a path; <c>null</c> when there is none.</summary>
    public string? Text(params ReadOnlySpan<string> path)
    {
        var at = Json;
        foreach (var step in path)
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(step, out at))
                return null;
        }

        return at.ValueKind == JsonValueKind.String ? at.GetString() : null;
    }

    public string? Annotation(string key) => Text("metadata", "annotations", key);

    public string? Label(string key) => Text("metadata", "labels", key);

    /// <summary>A copy that may be changed.</summary>
    public JsonObject ToMutable() => JsonNode.Parse(Utf8.Span)!.AsObject();

    internal static StoredObject Of(ResourceType type, ObjectKey key, long revision, JsonObject content)
    {
        var metadata = content["metadata"]!.AsObject();
        metadata["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture);
        var ordered = new JsonObject { ["kind"] = type.Kind, ["apiVersion"] = type.ApiVersion };
        foreach (var (name, value) in content.Where(member => member.Key is not ("kind" or "apiVersion")))
            ordered[name] = value?.DeepClone();
        var utf8 = Serialize(ordered);
        return new StoredObject(type, key, revision, Parse(utf8), utf8);
    }

    private static byte[] Serialize(JsonObject json)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            json.WriteTo(writer);
        return buffer.ToArray();
    }

    private static JsonElement Parse(byte[] utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        return JsonElement.ParseValue(ref reader);
    }
}
