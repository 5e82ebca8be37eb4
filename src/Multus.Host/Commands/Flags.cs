namespace Multus.Host.Commands;

/// <summary>
/// The flags of a command, with one dash or two, and the value behind it or behind an equals sign.
/// </summary>
internal sealed class Flags
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private Flags() { }

    /// <summary>What is wrong with the command line; empty: nothing.</summary>
    public string Problem { get; private init; } = "";

    /// <param name="args">What follows the command.</param>
    /// <param name="valued">Flags with a value.</param>
    /// <param name="switches">Flags without.</param>
    public static Flags Parse(IReadOnlyList<string> args, string[] valued, string[] switches)
    {
        var flags = new Flags();
        for (var i = 0; i < args.Count; i++)
        {
            var parts = args[i].TrimStart('-').Split('=', 2);
            if (!args[i].StartsWith('-'))
                return new Flags { Problem = $"unknown argument {args[i]}" };
            if (switches.Contains(parts[0]) && parts.Length == 1)
                flags._values[parts[0]] = "true";
            else if (!valued.Contains(parts[0]))
                return new Flags { Problem = $"unknown argument {args[i]}" };
            else if (
                (
                    parts.Length == 2 ? parts[1]
                    : i + 1 < args.Count ? args[++i]
                    : ""
                ) is
                { Length: > 0 } value
            )
                flags._values[parts[0]] = value;
            else
                return new Flags { Problem = $"{args[i]} needs a value" };
        }

        return flags;
    }

    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>The first of these flags that was given.</summary>
    public string Text(string missing, params string[] names) =>
        names.Select(name => _values.GetValueOrDefault(name)).FirstOrDefault(value => value is not null) ?? missing;
}
