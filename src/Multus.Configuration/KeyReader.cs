using System.Collections.Immutable;
using System.Text.Json;
using Multus.Cni;

namespace Multus.Configuration;

/// <summary>
/// Reads the keys of a JSON object and notes every one of the wrong type: the key, what it must be, what was found.
/// </summary>
internal sealed class KeyReader(JsonElement? root, List<string> errors, string prefix = "")
{
    public string Text(string key, string missing) =>
        Read(key, missing, JsonValueKind.String, "a string", e => e.GetString()!);

    public bool Flag(string key, bool missing) =>
        Find(key) switch
        {
            null => missing,
            { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False } => false,
            { } found => Wrong(key, "true or false", found, missing),
        };

    public int Number(string key, int missing)
    {
        if (Find(key) is not { } found)
            return missing;
        return found.ValueKind == JsonValueKind.Number && found.TryGetInt32(out var number) && number >= 0
            ? number
            : Wrong(key, "a whole number from 0", found, missing);
    }

    /// <summary>A list of strings; empty when it is missing.</summary>
    public ImmutableArray<string> Texts(string key)
    {
        if (Find(key) is not { } found)
            return [];
        if (found.ValueKind != JsonValueKind.Array)
            return Wrong(key, "a list of strings", found, ImmutableArray<string>.Empty);
        var texts = ImmutableArray.CreateBuilder<string>();
        foreach (var text in found.EnumerateArray())
        {
            if (text.ValueKind != JsonValueKind.String)
                return Wrong(key, "a list of strings", found, ImmutableArray<string>.Empty);
            texts.Add(text.GetString()!);
        }

        return texts.ToImmutable();
    }

    public KeyReader Object(string key) =>
        Find(key) switch
        {
            { ValueKind: JsonValueKind.Object } found => new KeyReader(found, errors, $"{prefix}{key}."),
            { } other => Wrong(key, "an object", other, new KeyReader(null, errors)),
            null => new KeyReader(null, errors),
        };

    public void Require(string key, bool holds, string rule)
    {
        if (!holds)
            errors.Add($"{prefix}{key} {rule}" + (Find(key) is { } found ? $"; found {found.GetRawText()}" : ""));
    }

    private T Read<T>(string key, T missing, JsonValueKind kind, string expected, Func<JsonElement, T> read) =>
        Find(key) switch
        {
            null => missing,
            { } found when found.ValueKind == kind => read(found),
            { } found => Wrong(key, expected, found, missing),
        };

    private JsonElement? Find(string key) => root is { } o ? CniJson.Find(o, key) : null;

    private T Wrong<T>(string key, string expected, JsonElement found, T instead)
    {
        errors.Add($"{prefix}{key} must be {expected}; found {found.GetRawText()}");
        return instead;
    }
}
