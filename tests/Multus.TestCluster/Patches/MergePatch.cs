using System.Text.Json.Nodes;

namespace Multus.TestCluster.Patches;

/// <summary>
/// RFC 7396. A strategic merge patch differs from it only for lists with merge keys and for <c>$patch</c> directives.
/// Of these the conditions of a status are known, whose merge key is <c>type</c>; the others are refused: what the
/// product patches else are maps.
/// </summary>
internal static class MergePatch
{
    private const string Conditions = "conditions";

    /// <param name="isStrategic">Lists with a merge key are merged, not replaced.</param>
    public static void Apply(JsonObject target, JsonObject patch, bool isStrategic = false)
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
                Apply(existing, inner, isStrategic);
            }
            else if (isStrategic && name == Conditions && value is JsonArray conditions)
            {
                if (target[name] is not JsonArray existing)
                    target[name] = existing = [];
                MergeByType(existing, conditions);
            }
            else
            {
                target[name] = value.DeepClone();
            }
        }
    }

    private static void MergeByType(JsonArray target, JsonArray patch)
    {
        foreach (var condition in patch.OfType<JsonObject>())
        {
            var type = condition["type"]?.GetValue<string>();
            if (
                target.OfType<JsonObject>().FirstOrDefault(known => known["type"]?.GetValue<string>() == type) is
                { } known
            )
                Apply(known, condition);
            else
                target.Add(condition.DeepClone());
        }
    }

    /// <summary>
    /// The first thing in the patch that only the real strategic merge understands, <c>null</c> when there is none.
    /// </summary>
    public static string? StrategicPartOf(JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (name.StartsWith('$') || (value is JsonArray && name != Conditions))
                return name;
            if (value is JsonObject inner && StrategicPartOf(inner) is { } found)
                return $"{name}.{found}";
        }

        return null;
    }
}
