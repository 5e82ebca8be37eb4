using System.Collections.Immutable;

namespace Multus.Configuration.Hocon;

/// <summary>
/// Reads the part of HOCON that operators may use (docs/reference/hocon.md) and says of all else where it stands and
/// what belongs there. Akka's own parser reads on after most mistakes and loses settings without a word.
/// </summary>
internal sealed class HoconText
{
    private const int MaxDepth = 32;

    private readonly Cursor _at;
    private readonly ImmutableArray<Setting>.Builder _settings = ImmutableArray.CreateBuilder<Setting>();

    private HoconText(string text) => _at = new Cursor(text);

    /// <summary>
    /// The settings in the order of the file, and the first mistake; what comes after it has not been read.
    /// </summary>
    public static (ImmutableArray<Setting> Settings, HoconError? Error) Read(string text)
    {
        var reader = new HoconText(text);
        try
        {
            reader.File();
            return (reader._settings.ToImmutable(), null);
        }
        catch (Cursor.MistakeException mistake)
        {
            return (reader._settings.ToImmutable(), mistake.Error);
        }
    }

    /// <summary>Whether a name in a path may have the character without quotes.</summary>
    public static bool IsOfKey(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';

    private void File()
    {
        _at.SkipBlank();
        if (_at.Current != '{')
        {
            Members([], opened: null);
            return;
        }

        var opened = _at.Place;
        _at.Next();
        Members([], opened);
        _at.SkipBlank();
        if (!_at.AtEnd)
            throw _at.Expected("the end of the file after the } of its first {");
    }

    private void Members(ImmutableArray<string> path, Place? opened)
    {
        if (path.Length > MaxDepth)
            throw _at.Wrong($"sections are nested deeper than {MaxDepth}");
        while (true)
        {
            _at.SkipBlank();
            if (_at.AtEnd && opened is { } open)
                throw _at.Wrong($"the file ends, and the {{ at {open} is not closed");
            if (_at.AtEnd)
                return;
            if (_at.Current == '}' && opened is null)
                throw _at.Wrong("there is no { for this }");
            if (_at.Current == '}')
            {
                _at.Next();
                return;
            }

            Member(path);
            EndOfMember();
        }
    }

    private void EndOfMember()
    {
        _at.SkipSpace();
        if (_at.Current == ',')
            _at.Next();
        else if (!_at.AtEnd && _at.Current is not ('\n' or '}'))
            throw _at.Expected("a comma, a } or a new line before the next setting");
    }

    private void Member(ImmutableArray<string> outer)
    {
        var place = _at.Place;
        var path = outer.AddRange(Path());
        _at.SkipSpace();
        if (path is ["include"] && (_at.Current == '"' || IsOfKey(_at.Current)))
            throw Cursor.Wrong(place, "include is not supported: write the settings of that file into this one");
        switch (_at.Current)
        {
            case '{':
                Section(path, place);
                break;
            case '=' or ':':
                _at.Next();
                _at.SkipSpace();
                Value(path, place);
                break;
            case '+' when _at.StartsWith("+="):
                throw _at.Wrong("+= is not supported: write the whole list with =");
            default:
                throw _at.Expected($"=, : or {{ after {Setting.Join(path)}");
        }
    }

    private ImmutableArray<string> Path()
    {
        var path = ImmutableArray.CreateBuilder<string>();
        while (true)
        {
            path.Add(
                _at.Current == '"' ? _at.QuotedText()
                : _at.While(IsOfKey) is { Length: > 0 } name ? name
                : throw _at.Expected("a key")
            );
            if (_at.Current != '.')
                return path.ToImmutable();
            _at.Next();
        }
    }

    private void Section(ImmutableArray<string> path, Place place)
    {
        var before = _settings.Count;
        var opened = _at.Place;
        _at.Next();
        Members(path, opened);
        if (_settings.Count == before)
            _settings.Add(new Setting(path, place, new SettingValue.EmptySection()));
    }

    private void Value(ImmutableArray<string> path, Place place)
    {
        switch (_at.Current)
        {
            case '{':
                Section(path, place);
                break;
            case '[':
                _settings.Add(new Setting(path, place, List()));
                break;
            default:
                _settings.Add(
                    new Setting(path, place, new SettingValue.Scalar(_at.Scalar($"a value for {Setting.Join(path)}")))
                );
                break;
        }
    }

    private SettingValue.List List()
    {
        var opened = _at.Place;
        var items = ImmutableArray.CreateBuilder<string>();
        _at.Next();
        while (true)
        {
            _at.SkipBlank();
            if (_at.AtEnd)
                throw _at.Wrong($"the file ends, and the [ at {opened} is not closed");
            if (_at.Current == ']')
            {
                _at.Next();
                return new SettingValue.List(items.ToImmutable());
            }

            items.Add(_at.Scalar("a value in the list"));
            _at.SkipSpace();
            if (_at.Current == ',')
                _at.Next();
            else if (!_at.AtEnd && _at.Current is not ('\n' or ']'))
                throw _at.Expected("a comma, a ] or a new line after a value in the list");
        }
    }
}
