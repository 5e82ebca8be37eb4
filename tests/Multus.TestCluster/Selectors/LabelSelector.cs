using System.Text.RegularExpressions;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Statuses;

namespace Multus.TestCluster.Selectors;

/// <summary>
/// <c>labelSelector</c>: <c>a=b</c>, <c>a==b</c>, <c>a!=b</c>, <c>a</c>, <c>!a</c>, <c>a in (b,c)</c>, <c>a notin
/// (b,c)</c>, joined by commas.
/// </summary>
internal sealed partial class LabelSelector
{
    private readonly List<Predicate<StoredObject>> _terms = [];

    /// <exception cref="ApiException">400, malformed.</exception>
    public static LabelSelector Parse(string text)
    {
        var selector = new LabelSelector();
        foreach (var term in TermSeparator().Split(text).Select(term => term.Trim()).Where(term => term.Length > 0))
            selector._terms.Add(ParseTerm(term));
        return selector;
    }

    public bool Matches(StoredObject item) => _terms.TrueForAll(term => term(item));

    private static Predicate<StoredObject> ParseTerm(string term)
    {
        if (SetTerm().Match(term) is { Success: true } set)
        {
            var (key, isNegated) = (set.Groups["key"].Value, set.Groups["not"].Success);
            var values = set.Groups["values"].Value.Split(',', StringSplitOptions.TrimEntries);
            return item => item.Label(key) is { } value && values.Contains(value) ? !isNegated : isNegated;
        }

        if (ValueTerm().Match(term) is { Success: true } equal)
        {
            var (key, value, isNegated) = (
                equal.Groups["key"].Value,
                equal.Groups["value"].Value,
                equal.Groups["not"].Success
            );
            return item => item.Label(key) == value != isNegated;
        }

        if (KeyTerm().Match(term) is { Success: true } there)
            return item => item.Label(there.Groups["key"].Value) is null == there.Groups["not"].Success;
        throw new ApiException(ApiStatus.BadRequest($"unable to parse requirement: found '{term}'"));
    }

    [GeneratedRegex(@",(?![^(]*\))")]
    private static partial Regex TermSeparator();

    [GeneratedRegex(@"^(?<key>[\w./-]+)\s+(?<not>not)?in\s*\((?<values>[^)]*)\)$")]
    private static partial Regex SetTerm();

    [GeneratedRegex(@"^(?<key>[\w./-]+)\s*(?:(?<not>!)=|==?)\s*(?<value>[\w.-]*)$")]
    private static partial Regex ValueTerm();

    [GeneratedRegex(@"^(?<not>!)?\s*(?<key>[\w./-]+)$")]
    private static partial Regex KeyTerm();
}
