using Multus.Core.Networks;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Multus.Kubernetes.Surveys;

/// <summary>
/// Where the <c>spec.config</c> of each network of a file begins. Known as far as the file is YAML, of which JSON is a
/// part.
/// </summary>
internal sealed class ConfigPlaces
{
    private const int MaxDepth = 64; // a reader of manifests refuses more
    private readonly List<Found> _found = [];
    private readonly string _text;

    private ConfigPlaces(string text) => _text = text;

    public static ConfigPlaces Of(string text)
    {
        var places = new ConfigPlaces(text);
        try
        {
            var events = new Parser(new StringReader(text));
            while (events.MoveNext())
            {
                if (events.Current is DocumentStart && events.MoveNext())
                    places.Note(Read(events, 0));
            }
        }
        catch (YamlException)
        {
            return places; // what it is that is no YAML is said by the reader of manifests
        }

        return places;
    }

    /// <param name="line">Where the object begins; 0 when that is not known.</param>
    public TextPlace? Find(NetworkKey key, long line) =>
        _found.Find(found => line > 0 ? found.Line == line : found.Namespace == key.Namespace && found.Name == key.Name)
            is { } place
            ? PlaceOf(place.Config)
            : null;

    private void Note(Node? root)
    {
        if (root?.Member("items") is { Items: { } items })
        {
            foreach (var item in items)
                Note(item);
        }

        if (root?.Member("spec")?.Member("config")?.Scalar is not { } config)
            return;
        var metadata = root.Member("metadata");
        _found.Add(
            new Found(
                metadata?.Member("namespace")?.Scalar?.Value ?? "default",
                metadata?.Member("name")?.Scalar?.Value ?? "",
                root.Line,
                config
            )
        );
    }

    private static Node? Read(IParser events, int depth)
    {
        if (depth > MaxDepth || events.Current is not { } current)
            throw new YamlException("too deep, or ended");
        switch (current)
        {
            case Scalar scalar:
                return new Node(scalar.Start.Line) { Scalar = scalar };
            case SequenceStart:
                var items = new List<Node>();
                while (events.MoveNext() && events.Current is not SequenceEnd)
                {
                    if (Read(events, depth + 1) is { } item)
                        items.Add(item);
                }

                return new Node(current.Start.Line) { Items = items };
            case MappingStart:
                var members = new Dictionary<string, Node?>(StringComparer.Ordinal);
                while (events.MoveNext() && events.Current is not MappingEnd)
                {
                    var key = Read(events, depth + 1)?.Scalar?.Value ?? "";
                    events.MoveNext();
                    members[key] = Read(events, depth + 1);
                }

                return new Node(current.Start.Line) { Members = members };
            default:
                return null; // an alias: what it stands for is elsewhere
        }
    }

    private TextPlace PlaceOf(Scalar scalar)
    {
        var at = IndexOf(scalar.Start.Line, scalar.Start.Column);
        switch (scalar.Style)
        {
            case ScalarStyle.Literal or ScalarStyle.Folded:
                var end = _text.IndexOf('\n', at);
                return new TextPlace(_text, end < 0 ? _text.Length : end + 1, ' ', scalar.Value);
            case ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted:
                var quote = scalar.Style == ScalarStyle.SingleQuoted ? '\'' : '"';
                var open = _text.IndexOf(quote, at);
                return new TextPlace(_text, open < 0 ? at : open + 1, quote, scalar.Value);
            default:
                return new TextPlace(_text, at, ' ', scalar.Value);
        }
    }

    private int IndexOf(long line, long column)
    {
        var at = 0;
        for (var n = 1L; n < line; n++)
        {
            var end = _text.IndexOf('\n', at);
            if (end < 0)
                return _text.Length;
            at = end + 1;
        }

        return (int)Math.Min(at + column - 1, _text.Length);
    }

    private sealed record Found(string Namespace, string Name, long Line, Scalar Config);

    private sealed record Node(long Line)
    {
        public Scalar? Scalar { get; init; }

        public IReadOnlyList<Node>? Items { get; init; }

        public IReadOnlyDictionary<string, Node?>? Members { get; init; }

        public Node? Member(string name) => Members?.GetValueOrDefault(name);
    }
}
