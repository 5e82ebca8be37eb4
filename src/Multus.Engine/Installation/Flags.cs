using System.Globalization;

namespace Multus.Engine.Installation;

/// <summary>
/// The flags of a command line, with one dash or two, and the value behind it or behind an equals sign; and the words
/// between them.
/// </summary>
public sealed class Flags
{
    private const string Given = "true";
    private const string NotGiven = "false";

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _off = new(StringComparer.Ordinal);
    private readonly List<string> _words = [];

    private Flags() { }

    /// <summary>What is wrong with the command line; empty: nothing.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>What is neither a flag nor the value of one, in order.</summary>
    public IReadOnlyList<string> Words => _words;

    /// <param name="args">The arguments.</param>
    /// <param name="valued">Flags with a value.</param>
    /// <param name="switches">Flags without one, which may have <c>=true</c> or <c>=false</c>.</param>
    /// <param name="needed">What a value is, for the message about one that is missing.</param>
    public static Flags Parse(IReadOnlyList<string> args, string[] valued, string[] switches, string needed = "a value")
    {
        var flags = new Flags();
        for (var i = 0; i < args.Count && flags.Problem.Length == 0; i++)
        {
            var (name, inline) = Split(args[i]);
            if (name.Length == 0)
                flags._words.Add(args[i]);
            else if (switches.Contains(name) && inline is (null or Given or NotGiven))
                flags.Switch(name, inline != NotGiven);
            else if (!valued.Contains(name))
                flags.Problem = $"unknown argument {args[i]}";
            else if ((inline ?? (i + 1 < args.Count ? args[++i] : "")) is { Length: > 0 } value)
                flags._values[name] = value;
            else
                flags.Problem = $"{args[i]} needs {needed}";
        }

        return flags;
    }

    /// <summary>Notes a word as wrong, if there is one.</summary>
    public Flags WithoutWords()
    {
        if (Problem.Length == 0 && _words.Count > 0)
            Problem = $"unknown argument {_words[0]}";
        return this;
    }

    /// <summary>Notes a value as wrong that is not one of these; its case does not count.</summary>
    public Flags OneOf(string name, params string[] allowed)
    {
        if (Problem.Length > 0 || !_values.TryGetValue(name, out var value))
            return this;
        if (Array.Find(allowed, one => one.Equals(value, StringComparison.OrdinalIgnoreCase)) is { } meant)
            _values[name] = meant;
        else
            Problem = $"--{name} must be one of {string.Join(", ", allowed)}; found {value}";
        return this;
    }

    /// <summary>Notes it as wrong if none of these is given.</summary>
    public Flags Required(params string[] names)
    {
        if (Problem.Length == 0 && !names.Any(Has))
            Problem = $"--{names[^1]} is needed";
        return this;
    }

    /// <summary>Notes a value as wrong that is no number of seconds.</summary>
    public Flags Seconds(string name)
    {
        if (
            Problem.Length == 0
            && _values.TryGetValue(name, out var value)
            && !int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        )
            Problem = $"--{name} must be a whole number of seconds; found {value}";
        return this;
    }

    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>Whether it was given as <c>=false</c>.</summary>
    public bool IsOff(string name) => _off.Contains(name);

    /// <summary>The first of these flags that was given.</summary>
    public string Text(string missing, params string[] names) =>
        names.Select(name => _values.GetValueOrDefault(name)).FirstOrDefault(value => value is not null) ?? missing;

    // The last one counts.
    private void Switch(string name, bool isOn)
    {
        _values.Remove(name);
        _off.Remove(name);
        if (isOn)
            _values[name] = Given;
        else
            _off.Add(name);
    }

    private static (string Name, string? Value) Split(string argument)
    {
        if (!argument.StartsWith('-'))
            return ("", null);

        var name = argument.StartsWith("--", StringComparison.Ordinal) ? argument[2..] : argument[1..];
        return name.Split('=', 2) is [var flag, var value] ? (flag, value) : (name, null);
    }
}
