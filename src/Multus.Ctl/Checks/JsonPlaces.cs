using System.Globalization;
using System.Text;
using System.Text.Json;
using Multus.Cni;

namespace Multus.Ctl.Checks;

/// <summary>Where the keys of a JSON text stand. Paths are as "plugins[0].ipam.type"; case does not count.</summary>
internal sealed class JsonPlaces
{
    private readonly byte[] _json;
    private readonly Dictionary<string, Member> _members = new(StringComparer.OrdinalIgnoreCase);

    private JsonPlaces(byte[] json) => _json = json;

    /// <summary>The members' paths, in the order of the text.</summary>
    public IEnumerable<string> Paths => _members.Keys;

    /// <summary>Paths of keys that are there more than once in one object; the last counts.</summary>
    public IReadOnlyList<(string Path, int Offset)> Twice { get; private set; } = [];

    /// <exception cref="JsonException">It is no JSON.</exception>
    public static JsonPlaces Of(ReadOnlyMemory<byte> json)
    {
        _ = CniJson.Parse(json); // which refuses more than the reader does
        var places = new JsonPlaces(json.ToArray());
        places.Read();
        return places;
    }

    /// <summary>Where the key is; null when there is none of that path.</summary>
    public int? OffsetOfKey(string path) => _members.TryGetValue(path, out var member) ? member.Key : null;

    /// <summary>Where the key's value begins; null when there is none of that path.</summary>
    public int? OffsetOfValue(string path) => _members.TryGetValue(path, out var member) ? member.Value : null;

    /// <summary>Line and column, from 1, of a byte; columns count characters.</summary>
    public static (int Line, int Column) PlaceOf(ReadOnlySpan<byte> json, int offset)
    {
        var before = json[..Math.Min(offset, json.Length)];
        var begin = before.LastIndexOf((byte)'\n') + 1;
        return (before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[begin..]) + 1);
    }

    /// <summary>Line and column, from 1, of a byte of this text.</summary>
    public (int Line, int Column) PlaceOf(int offset) => PlaceOf(_json, offset);

    /// <summary>The byte at which a text stops being JSON; its end when nobody says.</summary>
    public static int OffsetOf(ReadOnlySpan<byte> json, JsonException fault)
    {
        if (fault.LineNumber is not { } line || fault.BytePositionInLine is not { } column)
            return 0;
        var at = 0;
        for (; line > 0 && json[at..].IndexOf((byte)'\n') is >= 0 and var end; line--)
            at += end + 1;
        return (int)Math.Min(at + column, json.Length);
    }

    private void Read()
    {
        var twice = new List<(string, int)>();
        var levels = new Stack<Level>();
        var reader = new Utf8JsonReader(_json, new JsonReaderOptions { MaxDepth = CniJson.MaxDepth });
        var path = "";
        var key = 0;
        while (reader.Read())
        {
            var at = (int)reader.TokenStartIndex;
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                var outer = levels.Peek().Path;
                path = outer.Length == 0 ? reader.GetString()! : $"{outer}.{reader.GetString()}";
                key = at;
                continue;
            }

            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                levels.Pop();
                continue;
            }

            if (levels.TryPeek(out var level) && level.IsArray)
            {
                path = string.Create(CultureInfo.InvariantCulture, $"{level.Path}[{level.Count++}]");
                key = at;
            }

            if (levels.Count > 0 && !_members.TryAdd(path, new Member(key, at)))
            {
                twice.Add((path, key));
                _members[path] = new Member(key, at);
            }

            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                levels.Push(new Level(levels.Count == 0 ? "" : path, reader.TokenType == JsonTokenType.StartArray));
        }

        Twice = twice;
    }

    private sealed record Member(int Key, int Value);

    private sealed class Level(string path, bool isArray)
    {
        public string Path { get; } = path;

        public bool IsArray { get; } = isArray;

        public int Count { get; set; }
    }
}
