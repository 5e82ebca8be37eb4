namespace Multus.ActorKernel.Configuration;

/// <summary>Reads a HOCON document: comments, dotted and quoted keys, objects that merge, arrays, strings, substitutions. Not <c>include</c>, and not <c>+=</c>.</summary>
internal sealed class HoconParser
{
    private readonly HoconReader _reader;

    private HoconParser(string text) => _reader = new HoconReader(text);

    /// <exception cref="ConfigurationException">The text is no HOCON.</exception>
    public static HoconObject Parse(string text) => new HoconParser(text).ParseDocument();

    private HoconObject ParseDocument()
    {
        _reader.SkipToContent();
        var root = new HoconObject(_reader.Position);
        if (_reader.Current == '{')
        {
            root = ParseObject();
            _reader.SkipToContent();
        }
        else
        {
            ParseFields(root, isRoot: true);
        }

        return _reader.IsAtEnd ? root : throw _reader.Error($"{_reader.Describe()} closes nothing that was opened");
    }

    private HoconObject ParseObject()
    {
        var start = _reader.Position;
        _reader.Take();
        var parsed = new HoconObject(start);
        ParseFields(parsed, isRoot: false);
        if (!_reader.TryTake("}"))
            throw HoconReader.Error("this '{' has no closing '}'", start);
        return parsed;
    }

    private void ParseFields(HoconObject into, bool isRoot)
    {
        _reader.SkipToContent();
        while (!_reader.IsAtEnd && _reader.Current != '}')
        {
            ParseField(into);
            SkipSeparator(isRoot ? '\0' : '}');
        }
    }

    private void ParseField(HoconObject into)
    {
        var position = _reader.Position;
        var path = HoconPath.Take(_reader);
        _reader.SkipBlanks();
        if (path is ["include"] && _reader.Current is '"' or 'f' or 'u' or 'r')
            throw HoconReader.Error("'include' is not supported: put everything into this one document", position);

        if (_reader.Looks("+="))
            throw _reader.Error("'+=' is not supported: write the list out, or ${key} [more]");

        if (_reader.Current != '{' && !_reader.TryTake("=") && !_reader.TryTake(":"))
            throw _reader.Error($"after the key '{string.Join('.', path)}' there must be '=', ':' or '{{', not {_reader.Describe()}");

        _reader.SkipToContent();
        var value = ParseValue(path[^1]);
        for (var i = path.Count - 1; i > 0; i--)
        {
            var parent = new HoconObject(position);
            parent.Set(path[i], value);
            value = parent;
        }

        into.Merge(path[0], value);
    }

    private HoconArray ParseArray()
    {
        var start = _reader.Position;
        _reader.Take();
        List<HoconValue> items = [];
        _reader.SkipToContent();
        while (_reader.Current != ']')
        {
            if (_reader.IsAtEnd)
                throw HoconReader.Error("this '[' has no closing ']'", start);

            items.Add(ParseValue("[]"));
            SkipSeparator(']');
        }

        _reader.Take();
        return new HoconArray(items, start);
    }

    /// <summary>Between two fields or items: a comma, a line end, or the end of what they are in.</summary>
    private void SkipSeparator(char end)
    {
        var newLine = _reader.SkipToContent();
        if (_reader.TryTake(","))
            _reader.SkipToContent();
        else if (!newLine && !_reader.IsAtEnd && _reader.Current != end)
            throw _reader.Error($"a comma or a new line must come before {_reader.Describe()}");
    }

    private HoconValue ParseValue(string key)
    {
        var start = _reader.Position;
        List<HoconValue> parts = [];
        while (ParsePart() is { } part)
        {
            parts.Add(part);
            var blanks = _reader.TakeBlanks();
            if (blanks.Length > 0 && IsAtPart)
                parts.Add(new HoconText(blanks, isNull: false, _reader.Position));
        }

        return parts.Count switch
        {
            0 => throw HoconReader.Error($"the value of '{key}' is missing: {_reader.Describe()} is no value", start),
            1 when parts[0] is not HoconSubstitution => parts[0],
            _ when parts.Exists(part => part is HoconSubstitution) => new HoconConcatenation(parts, start),
            _ => SubstitutionResolver.Join(parts, start)!,
        };
    }

    private bool IsAtPart => _reader.Current is '{' or '[' or '"' or '$' || _reader.IsAtUnquoted;

    private HoconValue? ParsePart()
    {
        var position = _reader.Position;
        switch (_reader.Current)
        {
            case '{':
                return ParseObject();
            case '[':
                return ParseArray();
            case '"':
                return new HoconText(_reader.TakeQuoted(), isNull: false, position);
            case '$':
                return ParseSubstitution();
            default:
                if (!_reader.IsAtUnquoted)
                    return null;
                var text = _reader.TakeUnquoted(inKey: false);
                return new HoconText(text, isNull: text == "null", position);
        }
    }

    private HoconSubstitution ParseSubstitution()
    {
        var position = _reader.Position;
        if (!_reader.TryTake("${"))
            throw _reader.Error("'$' begins a substitution and must be followed by '{'; quote the text if it is meant as it is");

        var isOptional = _reader.TryTake("?");
        _reader.SkipBlanks();
        var path = HoconPath.Take(_reader);
        _reader.SkipBlanks();
        if (!_reader.TryTake("}"))
            throw HoconReader.Error("this '${' has no closing '}'", position);
        return new HoconSubstitution(path, isOptional, position);
    }
}
