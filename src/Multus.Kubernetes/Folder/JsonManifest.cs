using System.Text;
using System.Text.Json;
using Multus.Cni;

namespace Multus.Kubernetes.Folder;

/// <summary>
/// Reads a *.json manifest into the same nodes as YAML. Lines are known only for what is no JSON at all.
/// </summary>
internal static class JsonManifest
{
    /// <exception cref="ManifestException">Not one JSON document.</exception>
    public static ManifestNode Parse(string text)
    {
        try
        {
            return NodeOf(CniJson.Parse(Encoding.UTF8.GetBytes(text)));
        }
        catch (JsonException bad)
        {
            throw new ManifestException((bad.LineNumber ?? -1) + 1, $"not JSON: {bad.Message}");
        }
    }

    private static ManifestNode NodeOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => MapOf(value),
            JsonValueKind.Array => ListOf(value),
            JsonValueKind.String => new ManifestNode.Text(0, value.GetString()!),
            JsonValueKind.Null => new ManifestNode.Null(0),
            _ => new ManifestNode.Unquoted(0, value.GetRawText()),
        };

    private static ManifestNode.List ListOf(JsonElement value)
    {
        var items = new List<ManifestNode>(value.GetArrayLength());
        foreach (var item in value.EnumerateArray())
            items.Add(NodeOf(item));
        return new ManifestNode.List(0, items);
    }

    private static ManifestNode.Map MapOf(JsonElement value)
    {
        var members = new Dictionary<string, ManifestNode>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            if (!members.TryAdd(member.Name, NodeOf(member.Value)))
                throw new ManifestException(0, $"key '{member.Name}' is there twice");
        }

        return new ManifestNode.Map(0, members);
    }
}
