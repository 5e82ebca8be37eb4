using Multus.TestCluster.Objects;
using Multus.TestCluster.Statuses;

namespace Multus.TestCluster.Selectors;

/// <summary>
/// <c>fieldSelector</c>: terms joined by commas, each <c>field=value</c>, <c>field==value</c> or <c>field!=value</c>.
/// </summary>
internal sealed class FieldSelector
{
    private static readonly string[] Everywhere = ["metadata.name", "metadata.namespace"];

    private static readonly Dictionary<ResourceType, string[]> Supported = new()
    {
        [ResourceType.Pods] =
        [
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "status.phase",
            "status.podIP",
        ],
        [ResourceType.CoreEvents] =
        [
            "involvedObject.kind",
            "involvedObject.name",
            "involvedObject.namespace",
            "involvedObject.uid",
            "reason",
            "type",
        ],
        [ResourceType.ResourceSlices] = ["spec.nodeName", "spec.driver"],
    };

    private readonly List<Term> _terms = [];

    /// <exception cref="ApiException">400, malformed or a field that the resource does not select by.</exception>
    public static FieldSelector Parse(ResourceType type, string text)
    {
        var selector = new FieldSelector();
        foreach (var term in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
            selector._terms.Add(ParseTerm(type, term, text));
        return selector;
    }

    public bool Matches(StoredObject item) =>
        _terms.TrueForAll(term => (item.Text(term.Path) ?? "") == term.Value != term.IsNegated);

    private static Term ParseTerm(ResourceType type, string term, string whole)
    {
        var at = term.IndexOf('=', StringComparison.Ordinal);
        if (at <= 0)
            throw new ApiException(ApiStatus.BadRequest($"invalid selector: '{whole}'; can't understand '{term}'"));
        var isNegated = term[at - 1] == '!';
        var field = isNegated ? term[..(at - 1)] : term[..at];
        if (!Everywhere.Contains(field) && !Supported.GetValueOrDefault(type, []).Contains(field))
            throw new ApiException(ApiStatus.BadRequest(UnsupportedText(type, field, whole)));
        return new Term(field.Split('.'), term[(at + 1)..].TrimStart('='), isNegated);
    }

    private static string UnsupportedText(ResourceType type, string field, string whole) =>
        $"Unable to find \"{type.ApiVersion}, Resource={type.Plural}\" that match label selector \"\", field selector \"{whole}\": "
        + $"field label not supported: {field}";

    private sealed record Term(string[] Path, string Value, bool IsNegated);
}
