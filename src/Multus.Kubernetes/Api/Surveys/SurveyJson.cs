using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Multus.Kubernetes.Api.Surveys;

/// <summary>The bodies of what is asked once. A member of another form than it should have is one that is not there.</summary>
internal static class SurveyJson
{
    public static ImmutableArray<AddressPool> PoolsOf(JsonElement list)
    {
        var pools = ImmutableArray.CreateBuilder<AddressPool>();
        foreach (var item in ItemsOf(list))
        {
            var metadata = Member(item, "metadata");
            var spec = Member(item, "spec");
            pools.Add(
                new AddressPool(
                    Text(metadata, "namespace"),
                    Text(metadata, "name"),
                    Text(spec, "range"),
                    AllocationsOf(Member(spec, "allocations"))
                )
            );
        }

        return pools.ToImmutable();
    }

    /// <summary>A merge patch of one annotation.</summary>
    public static string AnnotationPatch(string annotation, string? value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteStartObject("annotations");
            json.WriteString(annotation, value);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static IEnumerable<JsonElement> ItemsOf(JsonElement list)
    {
        var items = Member(list, "items");
        if (items.ValueKind != JsonValueKind.Array)
            yield break;
        foreach (var item in items.EnumerateArray())
            yield return item;
    }

    /// <summary>Undefined when there is none.</summary>
    public static JsonElement Member(JsonElement from, string name) =>
        from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out var member) ? member : default;

    /// <summary>Empty when there is none.</summary>
    public static string Text(JsonElement from, string name) =>
        Member(from, name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";

    private static ImmutableArray<PoolAllocation> AllocationsOf(JsonElement allocations)
    {
        if (allocations.ValueKind != JsonValueKind.Object)
            return [];
        var all = ImmutableArray.CreateBuilder<PoolAllocation>();
        foreach (var allocation in allocations.EnumerateObject())
        {
            all.Add(
                new PoolAllocation(
                    allocation.Name,
                    Text(allocation.Value, "id"),
                    Text(allocation.Value, "podref"),
                    Text(allocation.Value, "ifName")
                )
            );
        }

        return all.ToImmutable();
    }
}
