using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>Members of a mapping that must be there, of the kind asked for.</summary>
internal static class YamlNodes
{
    public static string Text(this YamlMappingNode map, string key) => ((YamlScalarNode)map.Children[key]).Value!;

    public static YamlMappingNode Map(this YamlMappingNode map, string key) => (YamlMappingNode)map.Children[key];

    public static IEnumerable<YamlMappingNode> Maps(this YamlMappingNode map, string key) =>
        ((YamlSequenceNode)map.Children[key]).Cast<YamlMappingNode>();

    public static IEnumerable<string> Texts(this YamlMappingNode map, string key) =>
        ((YamlSequenceNode)map.Children[key]).Select(item => ((YamlScalarNode)item).Value!);

    public static bool Has(this YamlMappingNode map, string key) => map.Children.ContainsKey(key);

    /// <summary>The mapping and all below it.</summary>
    public static IEnumerable<YamlMappingNode> Everything(this YamlNode node) =>
        node switch
        {
            YamlMappingNode map => map.Children.Values.SelectMany(Everything).Prepend(map),
            YamlSequenceNode items => items.SelectMany(Everything),
            _ => [],
        };

    public static IReadOnlyList<YamlMappingNode> Documents(TextReader text)
    {
        var yaml = new YamlStream();
        yaml.Load(text);
        return [.. yaml.Documents.Select(document => (YamlMappingNode)document.RootNode)];
    }

    /// <summary>The same as an API server has it, with every scalar as a text.</summary>
    public static JsonNode ToJson(this YamlNode node) =>
        node switch
        {
            YamlMappingNode map => new JsonObject(
                map.Children.Select(member =>
                    KeyValuePair.Create<string, JsonNode?>(((YamlScalarNode)member.Key).Value!, ToJson(member.Value))
                )
            ),
            YamlSequenceNode items => new JsonArray([.. items.Select(ToJson)]),
            _ => JsonValue.Create(((YamlScalarNode)node).Value!),
        };
}
