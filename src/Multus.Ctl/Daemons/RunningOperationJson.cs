using System.Text.Json;
using Multus.Engine.Explain;

namespace Multus.Ctl.Daemons;

/// <summary>Reads the operations that <c>/readyz</c> says are under way.</summary>
internal static class RunningOperationJson
{
    public static RunningOperation Read(JsonElement operation) =>
        new(
            Text(operation, "request"),
            Text(operation, "sandbox"),
            Text(operation, "verb"),
            Text(operation, "step"),
            operation.GetProperty("milliseconds").GetInt64(),
            [.. operation.GetProperty("plugins").EnumerateArray().Select(PluginOf)]
        );

    private static string PluginOf(JsonElement plugin) =>
        RunningOperation.PluginText(
            Text(plugin, "type"),
            Text(plugin, "network"),
            Text(plugin, "ifName"),
            plugin.GetProperty("milliseconds").GetInt64()
        );

    private static string Text(JsonElement of, string member) => of.GetProperty(member).GetString() ?? "";
}
