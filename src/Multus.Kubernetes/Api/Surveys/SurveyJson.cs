using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Multus.Core.Pods;

namespace Multus.Kubernetes.Api.Surveys;

/// <summary>
/// The bodies of what is asked once. A member of another form than it should have is one that is not there.
/// </summary>
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

    /// <summary>A strategic merge patch of one condition: those of other types stay.</summary>
    public static string ConditionPatch(string uid, PodCondition condition, DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            if (uid.Length > 0)
                json.WriteString("uid", uid);
            json.WriteEndObject();
            json.WriteStartObject("status");
            json.WriteStartArray("conditions");
            json.WriteStartObject();
            json.WriteString("type", condition.Type);
            json.WriteString("status", condition.IsTrue ? "True" : "False");
            json.WriteString("reason", condition.Reason);
            json.WriteString("message", condition.Message);
            json.WriteString("lastProbeTime", now.UtcDateTime.ToString("s", CultureInfo.InvariantCulture) + "Z");
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static IReadOnlyList<SurveyedStatus> RunningOf(JsonElement list, string annotation)
    {
        var running = new List<SurveyedStatus>();
        foreach (var item in ItemsOf(list))
        {
            var metadata = Member(item, "metadata");
            if (Text(Member(item, "status"), "phase") != "Running")
                continue;
            var annotations = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
            foreach (var key in new[] { Pod.SourceAnnotation, Pod.MirrorAnnotation })
            {
                if (Text(Member(metadata, "annotations"), key) is { Length: > 0 } value)
                    annotations[key] = value;
            }

            var name = new PodKey(Text(metadata, "namespace"), Text(metadata, "name"));
            var pod = new Pod(name, Text(metadata, "uid"), annotations.ToImmutable());
            var status = Text(Member(metadata, "annotations"), annotation);
            running.Add(
                new SurveyedStatus(
                    pod.Key,
                    pod.Uid ?? "",
                    pod.RuntimeUid ?? "",
                    status.Length == 0 ? null : status,
                    Member(Member(item, "spec"), "hostNetwork").ValueKind == JsonValueKind.True
                )
            );
        }

        return running;
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
