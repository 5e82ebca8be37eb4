using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Multus.Kubernetes.Folder;

/// <summary>Reads YAML from its event stream into nodes; no reflection, bounded depth, aliases by reference.</summary>
internal sealed class YamlDocuments
{
    private const int MaxDepth = 64;
    private const string StringTag = "tag:yaml.org,2002:str";

    private readonly IParser _events;
    private readonly Dictionary<string, ManifestNode> _anchors = new(StringComparer.Ordinal);

    private readonly long _linesBefore;

    private YamlDocuments(IParser events, long linesBefore)
    {
        _events = events;
        _linesBefore = linesBefore;
    }

    /// <summary>The documents in order; one that holds nothing is passed over.</summary>
    /// <param name="linesBefore">How many lines come before the text in its file.</param>
    /// <exception cref="ManifestException">Not YAML.</exception>
    public static IReadOnlyList<ManifestNode> Parse(string text, long linesBefore = 0)
    {
        try
        {
            return new YamlDocuments(new Parser(new StringReader(text)), linesBefore).ReadAll();
        }
        catch (YamlException bad)
        {
            throw new ManifestException(bad.Start.Line + linesBefore, $"not YAML: {bad.Message}");
        }
    }

    private List<ManifestNode> ReadAll()
    {
        var documents = new List<ManifestNode>();
        while (_events.MoveNext())
        {
            if (_events.Current is not DocumentStart)
                continue;
            _anchors.Clear();
            Next();
            if (Read(0) is not ManifestNode.Null and var root)
                documents.Add(root);
        }

        return documents;
    }

    private ManifestNode Read(int depth)
    {
        var current = Current;
        if (depth > MaxDepth)
            throw new ManifestException(LineOf(current), $"nested deeper than {MaxDepth} levels");
        if (current is AnchorAlias alias)
        {
            return _anchors.TryGetValue(alias.Value.Value, out var shared)
                ? shared
                : throw new ManifestException(LineOf(alias), $"alias *{alias.Value.Value} comes before what it names");
        }

        ManifestNode node = current switch
        {
            Scalar scalar => OfScalar(scalar),
            SequenceStart => ReadList(LineOf(current), depth),
            MappingStart => ReadMap(LineOf(current), depth),
            _ => throw new ManifestException(LineOf(current), "a value is expected here"),
        };
        if (current is NodeEvent { Anchor.IsEmpty: false } anchored)
            _anchors[anchored.Anchor.Value] = node;
        return node;
    }

    private ManifestNode.List ReadList(long line, int depth)
    {
        var items = new List<ManifestNode>();
        while (Next() is not SequenceEnd)
            items.Add(Read(depth + 1));
        return new ManifestNode.List(line, items);
    }

    private ManifestNode.Map ReadMap(long line, int depth)
    {
        var members = new Dictionary<string, ManifestNode>(StringComparer.Ordinal);
        var merged = new List<ManifestNode.Map>();
        while (Next() is not MappingEnd)
        {
            var key = KeyOf(Current);
            Next();
            var value = Read(depth + 1);
            if (key is "<<")
                merged.AddRange(MergeSources(value));
            else if (!members.TryAdd(key, value))
                throw new ManifestException(value.Line, $"key '{key}' is there twice");
        }

        foreach (var map in merged)
        {
            foreach (var (key, value) in map.Members)
                members.TryAdd(key, value);
        }

        return new ManifestNode.Map(line, members);
    }

    private string KeyOf(ParsingEvent key) =>
        key is Scalar scalar ? scalar.Value : throw new ManifestException(LineOf(key), "a key must be a plain word");

    private static IEnumerable<ManifestNode.Map> MergeSources(ManifestNode value) =>
        value switch
        {
            ManifestNode.Map map => [map],
            ManifestNode.List list => list.Items.SelectMany(MergeSources),
            _ => throw new ManifestException(value.Line, $"'<<' merges maps, found {value.Kind}"),
        };

    private ManifestNode OfScalar(Scalar scalar)
    {
        var line = LineOf(scalar);
        if (scalar.Style != ScalarStyle.Plain || (!scalar.Tag.IsEmpty && scalar.Tag.Value == StringTag))
            return new ManifestNode.Text(line, scalar.Value);
        return PlainScalar.IsNull(scalar.Value) ? new ManifestNode.Null(line)
            : PlainScalar.IsNumberOrBoolean(scalar.Value) ? new ManifestNode.Unquoted(line, scalar.Value)
            : new ManifestNode.Text(line, scalar.Value);
    }

    private ParsingEvent Next()
    {
        _events.MoveNext();
        return Current;
    }

    private ParsingEvent Current =>
        _events.Current ?? throw new ManifestException(_linesBefore, "the document ends early");

    private long LineOf(ParsingEvent at) => at.Start.Line + _linesBefore;
}
