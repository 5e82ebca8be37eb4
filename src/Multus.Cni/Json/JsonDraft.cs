using System.Collections.Immutable;
using System.Text.Json;

namespace Multus.Cni.Json;

/// <summary>
/// A JSON object being changed: members by name, written in the order of their names (cni-runtime.md §1, §6).
/// </summary>
internal sealed class JsonDraft
{
    private readonly SortedDictionary<string, Action<Utf8JsonWriter>> _members = new(StringComparer.Ordinal);

    /// <summary>All members of the object, the last of equal names; values are written sorted as well.</summary>
    public static JsonDraft From(JsonElement o)
    {
        var draft = new JsonDraft();
        foreach (var member in o.EnumerateObject())
        {
            var value = member.Value;
            draft.Set(member.Name, writer => CniJson.WriteSorted(writer, value));
        }

        return draft;
    }

    /// <summary>The pairs as members, the last of equal names.</summary>
    public static JsonDraft From(ImmutableArray<KeyValuePair<string, JsonElement>> members)
    {
        var draft = new JsonDraft();
        foreach (var (name, value) in members)
            draft.Set(name, value);
        return draft;
    }

    public void Set(string name, string value) => Set(name, writer => writer.WriteStringValue(value));

    public void Set(string name, JsonElement value) => Set(name, writer => CniJson.WriteSorted(writer, value));

    public void Set(string name, Action<Utf8JsonWriter> write) => _members[name] = write;

    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var (name, write) in _members)
        {
            writer.WritePropertyName(name);
            write(writer);
        }

        writer.WriteEndObject();
    }

    public byte[] ToBytes() => CniJson.Write(WriteTo);
}
