using System.Buffers;
using System.Text;
using System.Text.Json;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Statuses;

namespace Multus.TestCluster.Requests;

/// <summary>How much of an object the client asked for in its Accept header.</summary>
internal sealed class ObjectForm
{
    private const string MetadataGroup = "meta.k8s.io/v1";

    private readonly bool _isMetadataOnly;

    private ObjectForm(bool isMetadataOnly) => _isMetadataOnly = isMetadataOnly;

    private static ObjectForm Whole { get; } = new(isMetadataOnly: false);

    private static ObjectForm MetadataOnly { get; } = new(isMetadataOnly: true);

    /// <exception cref="ApiException">406, nothing that this server can write (it has JSON only).</exception>
    public static ObjectForm Of(string accept)
    {
        foreach (var range in accept.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = range.Split(';', StringSplitOptions.TrimEntries);
            var kind = parts.FirstOrDefault(part => part.StartsWith("as=", StringComparison.Ordinal));
            if (parts[0] is not ("application/json" or "application/*" or "*/*"))
                continue;
            if (kind is null)
                return Whole;
            if (
                kind is "as=PartialObjectMetadata" or "as=PartialObjectMetadataList"
                && parts.Contains("g=meta.k8s.io")
                && parts.Contains("v=v1")
            )
                return MetadataOnly;
        }

        return accept.Length == 0 ? Whole : throw new ApiException(ApiStatus.NotAcceptable());
    }

    public string ListKindOf(ResourceType type) => _isMetadataOnly ? "PartialObjectMetadataList" : $"{type.Kind}List";

    public string ListApiVersionOf(ResourceType type) => _isMetadataOnly ? MetadataGroup : type.ApiVersion;

    public string KindOf(ResourceType type) => _isMetadataOnly ? "PartialObjectMetadata" : type.Kind;

    public string ApiVersionOf(ResourceType type) => _isMetadataOnly ? MetadataGroup : type.ApiVersion;

    public ReadOnlyMemory<byte> Render(StoredObject item)
    {
        if (!_isMetadataOnly)
            return item.Utf8;
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("kind", KindOf(item.Type));
            json.WriteString("apiVersion", ApiVersionOf(item.Type));
            json.WritePropertyName("metadata");
            item.Json.GetProperty("metadata").WriteTo(json);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>
    /// The built-in kinds leave kind and apiVersion out of list items, as the real server does; a client must not need
    /// them.
    /// </summary>
    public void RenderListItem(StoredObject item, Utf8JsonWriter json)
    {
        if (_isMetadataOnly || item.Type.IsCustom)
        {
            json.WriteRawValue(Render(item).Span, skipInputValidation: true);
            return;
        }

        var head = Encoding.UTF8.GetByteCount(
            $"{{\"kind\":\"{item.Type.Kind}\",\"apiVersion\":\"{item.Type.ApiVersion}\","
        );
        byte[] withoutHead = [(byte)'{', .. item.Utf8.Span[head..]];
        json.WriteRawValue(withoutHead, skipInputValidation: true);
    }
}
