using System.Text.Json;
using System.Text.Json.Serialization;

namespace Multus.Engine.History;

/// <summary>An entry as one line of JSON. Members that are empty are left out; unknown ones are passed over.</summary>
[JsonSerializable(typeof(OperationEntry))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = false
)]
public sealed partial class EntryCodec : JsonSerializerContext
{
    /// <summary>The line, with its end.</summary>
    public static byte[] ToLine(OperationEntry entry)
    {
        using var buffer = new MemoryStream();
        JsonSerializer.Serialize(buffer, entry, Default.OperationEntry);
        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    /// <returns>Null: it is none, as the last line is when the machine stopped in the middle of it.</returns>
    public static OperationEntry? FromLine(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, Default.OperationEntry);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
