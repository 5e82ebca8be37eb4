using System.Collections.Immutable;

namespace Multus.Configuration.Hocon;

/// <summary>One key of a file with its value. A path that the file nests or dots is the same path.</summary>
internal sealed record Setting(ImmutableArray<string> Path, Place Place, SettingValue Value)
{
    /// <summary>The path as an operator writes it.</summary>
    public string Key => Join(Path);

    /// <summary>Dots between the names, quotes around those that need them.</summary>
    public static string Join(IEnumerable<string> path) =>
        string.Join('.', path.Select(name => name.Length > 0 && IsPlain(name) ? name : HoconWriter.LogText(name)));

    private static bool IsPlain(string name)
    {
        foreach (var c in name)
        {
            if (!HoconText.IsOfKey(c))
                return false;
        }

        return true;
    }
}

/// <summary>A place in a file; line and column count from 1.</summary>
internal readonly record struct Place(int Line, int Column)
{
    public override string ToString() => $"{Line}:{Column}";
}

/// <summary>What is wrong with a file, and where.</summary>
internal sealed record HoconError(Place Place, string Text);

internal abstract record SettingValue
{
    private SettingValue() { }

    /// <summary>A number, a duration, a switch, a text: what it has to be is known by its key.</summary>
    public sealed record Scalar(string Text) : SettingValue;

    public sealed record List(ImmutableArray<string> Items) : SettingValue;

    /// <summary>Braces with nothing in them.</summary>
    public sealed record EmptySection : SettingValue;
}
