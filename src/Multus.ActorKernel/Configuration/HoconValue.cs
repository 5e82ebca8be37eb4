using System.Diagnostics.CodeAnalysis;

namespace Multus.ActorKernel.Configuration;

/// <summary>A place in a document, both counted from 1.</summary>
internal readonly record struct HoconPosition(int Line, int Column)
{
    public override string ToString() => $"line {Line}, column {Column}";
}

/// <summary>A value of a document.</summary>
internal abstract class HoconValue(HoconPosition position)
{
    public HoconPosition Position { get; } = position;
}

/// <summary>Text, quoted or not; what it means is up to the reader.</summary>
internal sealed class HoconText(string text, bool isNull, HoconPosition position) : HoconValue(position)
{
    public string Text { get; } = text;

    public bool IsNull { get; } = isNull;
}

internal sealed class HoconArray(IReadOnlyList<HoconValue> items, HoconPosition position) : HoconValue(position)
{
    public IReadOnlyList<HoconValue> Items { get; } = items;
}

internal sealed class HoconObject(HoconPosition position) : HoconValue(position)
{
    private readonly Dictionary<string, HoconValue> _fields = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, HoconValue> Fields => _fields;

    public bool TryGet(string key, [NotNullWhen(true)] out HoconValue? value) => _fields.TryGetValue(key, out value);

    public void Set(string key, HoconValue value) => _fields[key] = value;

    public void Remove(string key) => _fields.Remove(key);

    /// <summary>Sets a key; two objects become one, as does anything with a substitution in it, which is not known yet.</summary>
    public void Merge(string key, HoconValue value)
    {
        if (!_fields.TryGetValue(key, out var present))
            _fields[key] = value;
        else if (present is HoconObject below && value is HoconObject above)
            _fields[key] = below.MergedWith(above);
        else if (value is HoconConcatenation || (present is HoconConcatenation && value is HoconObject))
            _fields[key] = new HoconOverride(present, value);
        else
            _fields[key] = value;
    }

    /// <summary>A new object with the fields of both; where both have one, that of <paramref name="above"/>.</summary>
    public HoconObject MergedWith(HoconObject above)
    {
        var merged = new HoconObject(Position);
        foreach (var (key, value) in _fields)
            merged._fields[key] = value;
        foreach (var (key, value) in above._fields)
            merged.Merge(key, value);
        return merged;
    }
}

/// <summary><c>${a.b}</c> or <c>${?a.b}</c>.</summary>
internal sealed class HoconSubstitution(IReadOnlyList<string> path, bool isOptional, HoconPosition position) : HoconValue(position)
{
    public IReadOnlyList<string> Path { get; } = path;

    public bool IsOptional { get; } = isOptional;

    public override string ToString() => $"${{{(IsOptional ? "?" : "")}{string.Join('.', Path)}}}";
}

/// <summary>Parts that stand side by side, one of them a substitution at least; joined once those are known.</summary>
internal sealed class HoconConcatenation(IReadOnlyList<HoconValue> parts, HoconPosition position) : HoconValue(position)
{
    public IReadOnlyList<HoconValue> Parts { get; } = parts;
}

/// <summary>A value set over another before it is known whether both are objects.</summary>
internal sealed class HoconOverride(HoconValue below, HoconValue above) : HoconValue(above.Position)
{
    public HoconValue Below { get; } = below;

    public HoconValue Above { get; } = above;
}
