using System.Collections.Immutable;

namespace Multus.Kubernetes.Folder;

/// <summary>
/// Typed reading of one map of a manifest; an error names the field, what was found, and what must be there.
/// </summary>
internal sealed class ManifestFields
{
    private readonly ManifestNode.Map _map;
    private readonly string _path;

    private ManifestFields(ManifestNode.Map map, string path)
    {
        _map = map;
        _path = path;
    }

    public long Line => _map.Line;

    public static ManifestFields Of(ManifestNode node, string what) =>
        node is ManifestNode.Map map
            ? new ManifestFields(map, "")
            : throw new ManifestException(node.Line, $"{what} is {node.Kind}, must be a Kubernetes object");

    /// <summary>The text, <c>null</c> when it is missing, empty or null.</summary>
    public string? Text(string name) =>
        Find(name) switch
        {
            null => null,
            ManifestNode.Text text => text.Value.Length > 0 ? text.Value : null,
            var other => throw Invalid(
                name,
                $"is {other.Kind}, must be a string{(other is ManifestNode.Unquoted ? "; quote it" : "")}"
            ),
        };

    public string RequiredText(string name) => Text(name) ?? throw Invalid(name, "is missing");

    public ManifestFields Map(string name) => OptionalMap(name) ?? throw Invalid(name, "is missing");

    public ManifestFields? OptionalMap(string name) =>
        Find(name) switch
        {
            null => null,
            ManifestNode.Map map => new ManifestFields(map, $"{_path}{name}."),
            var other => throw Invalid(name, $"is {other.Kind}, must be a map"),
        };

    public IReadOnlyList<ManifestNode> Items(string name) =>
        Find(name) switch
        {
            null => [],
            ManifestNode.List list => list.Items,
            var other => throw Invalid(name, $"is {other.Kind}, must be a list"),
        };

    /// <summary>A map of texts; none when it is missing.</summary>
    public ImmutableDictionary<string, string> Texts(string name)
    {
        if (OptionalMap(name) is not { } fields)
            return ImmutableDictionary<string, string>.Empty;
        var texts = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var key in fields._map.Members.Keys)
            texts[key] = fields.Text(key) ?? "";
        return texts.ToImmutable();
    }

    /// <summary>A list of texts; none when it is missing.</summary>
    public ImmutableArray<string> TextItems(string name) =>
        [
            .. Items(name)
                .Select(item =>
                    item is ManifestNode.Text text
                        ? text.Value
                        : throw Invalid(name, $"has an item that is {item.Kind}, must be strings")
                ),
        ];

    /// <summary>True or false; false when it is missing.</summary>
    public bool Flag(string name) =>
        Find(name) switch
        {
            null => false,
            ManifestNode.Unquoted { Value: "true" or "True" or "TRUE" } => true,
            ManifestNode.Unquoted { Value: "false" or "False" or "FALSE" } => false,
            var other => throw Invalid(name, $"is {other.Kind}, must be true or false"),
        };

    public bool Has(string name) => Find(name) is not null;

    public ManifestException Invalid(string name, string problem) =>
        new(_map.Members.GetValueOrDefault(name)?.Line ?? Line, $"'{_path}{name}' {problem}");

    /// <summary>As <see cref="Invalid"/>, for what nobody has to mend: it can be read, and can never be.</summary>
    public ManifestException Refused(string name, string problem)
    {
        var invalid = Invalid(name, problem);
        return new ManifestException(invalid.Line, invalid.Message) { IsFinal = true };
    }

    private ManifestNode? Find(string name) =>
        _map.Members.GetValueOrDefault(name) is { } node and not ManifestNode.Null ? node : null;
}
