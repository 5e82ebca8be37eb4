using System.Collections.Immutable;
using System.Text.Json;
using Multus.Cni.Json;

namespace Multus.Cni.Configurations;

/// <summary>
/// Reads the members of a configuration list (cni-runtime.md §3). Here, unlike in a plugin's object, the case of keys
/// counts.
/// </summary>
internal static class ListReader
{
    private const string Prefix = "error parsing configuration list: ";

    /// <summary>The name, empty if it is empty or, where the caller will give one, missing.</summary>
    public static string Name(JsonElement root, bool mayBeMissing)
    {
        if (!root.TryGetProperty("name", out var name))
            return mayBeMissing ? "" : throw Error("no name");

        return name.ValueKind == JsonValueKind.String
            ? name.GetString()!
            : throw Error($"invalid name type: {name.ValueKind}");
    }

    /// <summary>
    /// The version text that counts: the highest known one of <c>cniVersions</c> and <c>cniVersion</c>.
    /// </summary>
    public static string Version(JsonElement root)
    {
        var said = "";
        if (root.TryGetProperty("cniVersion", out var single))
            said =
                single.ValueKind == JsonValueKind.String
                    ? single.GetString()!
                    : throw Error($"invalid cniVersion type: {single.ValueKind}");

        if (!root.TryGetProperty("cniVersions", out var several))
            return said;
        if (several.ValueKind != JsonValueKind.Array)
            throw Error($"invalid type for cniVersions: {several.ValueKind}");

        var best = said;
        var highest = said.Length > 0 ? Candidate(said) : null;
        var index = 0;
        foreach (var entry in several.EnumerateArray())
        {
            var text =
                entry.ValueKind == JsonValueKind.String
                    ? entry.GetString()!
                    : throw InvalidEntry(entry.GetRawText(), index);
            if (!CniVersion.TryParse(text, out _))
                throw InvalidEntry(text, index);
            if (Candidate(text) is { } candidate && (highest is null || candidate > highest))
                (highest, best) = (candidate, text);
            index++;
        }

        return best;
    }

    public static bool Flag(JsonElement root, string key)
    {
        if (!root.TryGetProperty(key, out var value))
            return false;

        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.String when IsWord(value, "true") => true,
            JsonValueKind.String when IsWord(value, "false") => false,
            JsonValueKind.String => throw Error(
                $"invalid value {LogText.Text(value.GetString())} for {key}: true or false is expected"
            ),
            _ => throw Error($"invalid type {value.ValueKind} for {key}: true or false is expected"),
        };
    }

    public static ImmutableArray<PluginConfiguration> Plugins(JsonElement root, bool mustBeInline)
    {
        if (!root.TryGetProperty("plugins", out var array))
            return mustBeInline ? throw Error("`loadOnlyInlinedPlugins` is true, and no 'plugins' key") : [];
        if (array.ValueKind != JsonValueKind.Array)
            throw Error($"invalid 'plugins' type: {array.ValueKind}");
        if (array.GetArrayLength() == 0)
            throw Error("no plugins in list");

        var plugins = ImmutableArray.CreateBuilder<PluginConfiguration>(array.GetArrayLength());
        foreach (var item in array.EnumerateArray())
            plugins.Add(Plugin(item, plugins.Count));
        return plugins.MoveToImmutable();
    }

    public static CniException Error(string message) => ConfigurationError.Of(Prefix + message);

    public static CniException Error(JsonException cause) => ConfigurationError.Of(Prefix, cause);

    private static PluginConfiguration Plugin(JsonElement item, int index)
    {
        try
        {
            var bytes = CniJson.Write(writer => CniJson.WriteSorted(writer, item));
            return PluginConfiguration.Parse(bytes);
        }
        catch (CniException e)
        {
            throw new CniException(e.Error.Prefixed($"{Prefix}failed to parse plugin config {index}: "), e);
        }
    }

    /// <summary>A version that may be chosen: readable, and not of a specification that is still to come.</summary>
    private static CniVersion? Candidate(string text) =>
        text.Length > 0 && CniVersion.TryParse(text, out var version) && version <= CniVersion.Latest ? version : null;

    private static bool IsWord(JsonElement value, string word) =>
        string.Equals(value.GetString(), word, StringComparison.OrdinalIgnoreCase);

    private static CniException InvalidEntry(string text, int index) =>
        Error($"invalid cniVersions entry {LogText.Text(text)} at index {index}");
}
