using System.Text.Json;
using Multus.Cni.Json;

namespace Multus.Cni.Configurations;

/// <summary>
/// Puts a network selection's <c>cni-args</c> where plugins look for them: <c>args.cni</c> (attach.md §8.5).
/// </summary>
internal static class CniArgsMerge
{
    public static void Into(JsonDraft plugin, JsonElement pluginRoot, JsonElement cniArgs, string type)
    {
        RequireObject(cniArgs, "cni-args", type);
        var args = Level(pluginRoot, "args", "args", type, out var argsRoot);
        var cni = Level(argsRoot, "cni", "args.cni", type, out _);
        foreach (var member in cniArgs.EnumerateObject())
            cni.Set(member.Name, member.Value);

        args.Set("cni", cni.WriteTo);
        plugin.Set("args", args.WriteTo);
    }

    private static JsonDraft Level(JsonElement parent, string name, string place, string type, out JsonElement root)
    {
        root = default;
        if (
            parent.ValueKind != JsonValueKind.Object
            || !parent.TryGetProperty(name, out root)
            || root.ValueKind == JsonValueKind.Null
        )
            return new JsonDraft();

        RequireObject(root, place, type);
        return JsonDraft.From(root);
    }

    private static void RequireObject(JsonElement value, string place, string type)
    {
        if (value.ValueKind != JsonValueKind.Object)
            throw ConfigurationError.Of(
                $"cannot pass cni-args to plugin {LogText.Text(type)}: {place} must be an object, found "
                    + $"{value.ValueKind}"
            );
    }
}
