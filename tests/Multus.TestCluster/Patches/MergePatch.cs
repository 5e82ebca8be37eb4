using System.Text.Json.Nodes;

namespace Multus.TestCluster.Patches;

/// <summary>
/// RFC 7396. A strategic merge patch differs from it only for lists with merge keys and for <c>$patch</c> directives,
/// which are refused: what the product patches are maps.
/// </summary>
internal static class MergePatch
{
    public static void Apply(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                target.Remove(name);
            }
            else if (value is JsonObject inner)
            {
                if (target[name] is not JsonObject existing)
                    target[name] = existing = [];
                Apply(existing, inner);
            }
            else
            {
                target[name] = value.DeepClone();
            }
        }
    }

    /// <summary>
    /// The first thing in the patch that only the real strategic merge understands, <c>null</c> when there is none.
    /// </summary>
    public static string? StrategicPartOf(JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (name.StartsWith('$') || value is JsonArray)
                return name;
            if (value is JsonObject inner && StrategicPartOf(inner) is { } found)
                return $"{name}.{found}";
        }

        return null;
    }
}
