using System.Text;

namespace Multus.ActorKernel.Configuration;

/// <summary>Replaces the substitutions of a document by what its own keys hold.</summary>
internal sealed class SubstitutionResolver
{
    private readonly HoconObject _root;
    private readonly Dictionary<HoconValue, HoconValue?> _resolved = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<HoconValue> _resolving = new(ReferenceEqualityComparer.Instance);

    private SubstitutionResolver(HoconObject root) => _root = root;

    /// <exception cref="ConfigurationException">A substitution leads nowhere or back to itself.</exception>
    public static HoconObject Resolve(HoconObject root) => new SubstitutionResolver(root).ResolveObject(root);

    /// <summary>Puts parts together: objects merge, arrays follow each other, anything else is text. Null if there are none.</summary>
    public static HoconValue? Join(IReadOnlyList<HoconValue> parts, HoconPosition position)
    {
        var solid = parts.Where(part => part is not HoconText { IsNull: false } text || !string.IsNullOrWhiteSpace(text.Text)).ToList();
        return solid switch
        {
            [] => parts.Count == 0 ? null : parts[0],
            [var only] => only,
            [HoconObject, ..] when solid.TrueForAll(part => part is HoconObject) =>
                solid.Cast<HoconObject>().Aggregate((below, above) => below.MergedWith(above)),
            [HoconArray, ..] when solid.TrueForAll(part => part is HoconArray) =>
                new HoconArray([.. solid.Cast<HoconArray>().SelectMany(array => array.Items)], position),
            _ when solid.TrueForAll(part => part is HoconText) => new HoconText(JoinText(parts), isNull: false, position),
            _ => throw HoconReader.Error("text, arrays and objects cannot stand side by side in one value; is a comma or a new line missing?", position),
        };
    }

    private static string JoinText(IReadOnlyList<HoconValue> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
            text.Append(((HoconText)part).Text);
        return text.ToString();
    }

    private HoconObject ResolveObject(HoconObject from)
    {
        var resolved = new HoconObject(from.Position);
        foreach (var (key, value) in from.Fields)
        {
            if (ResolveValue(value) is { } known)
                resolved.Set(key, known);
        }

        return resolved;
    }

    /// <summary>Null: nothing was left of it, as all its substitutions were optional and lead nowhere.</summary>
    private HoconValue? ResolveValue(HoconValue value)
    {
        if (value is HoconText)
            return value;

        if (_resolved.TryGetValue(value, out var known))
            return known;

        if (!_resolving.Add(value))
            throw HoconReader.Error("the value here depends on itself through its substitutions", value.Position);

        try
        {
            return _resolved[value] = value switch
            {
                HoconObject nested => ResolveObject(nested),
                HoconArray array => new HoconArray([.. array.Items.Select(ResolveValue).OfType<HoconValue>()], array.Position),
                HoconSubstitution substitution => Look(substitution),
                HoconConcatenation concatenation => Join([.. concatenation.Parts.Select(ResolveValue).OfType<HoconValue>()], value.Position),
                HoconOverride both => Override(both),
                _ => value,
            };
        }
        finally
        {
            _resolving.Remove(value);
        }
    }

    private HoconValue? Override(HoconOverride both) => (ResolveBelow(both), ResolveValue(both.Above)) switch
    {
        (var below, null) => below,
        (HoconObject below, HoconObject above) => below.MergedWith(above),
        (_, var above) => above,
    };

    /// <summary>What is overridden is looked at before what overrides it: <c>a = ${a} [more]</c> means the former <c>a</c>.</summary>
    private HoconValue? ResolveBelow(HoconOverride both)
    {
        var below = ResolveValue(both.Below);
        _resolved[both] = below;
        return below;
    }

    private HoconValue? Look(HoconSubstitution substitution)
    {
        HoconValue? found = _root;
        foreach (var element in substitution.Path)
        {
            found = found switch
            {
                null => null,
                HoconObject nested => nested.TryGet(element, out var value) ? value : null,
                _ when ResolveValue(found) is HoconObject nested && nested.TryGet(element, out var value) => value,
                _ => null,
            };
        }

        if (found is not null && ResolveValue(found) is { } resolved)
            return resolved;

        return substitution.IsOptional
            ? null
            : throw HoconReader.Error($"{substitution} leads to no value of this document; write ${{?…}} if it may be missing", substitution.Position);
    }
}
