using System.Text.Json;

namespace Multus.Ctl.Daemons;

/// <summary>An operation that is under way.</summary>
/// <param name="Plugins">What it waits for: "bridge of network blue, net1, for 1.2 s".</param>
internal sealed record RunningOperation(
    string Request,
    string Sandbox,
    string Verb,
    string Step,
    long Milliseconds,
    IReadOnlyList<string> Plugins
)
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
        $"{Text(plugin, "type")} of network {Text(plugin, "network")}, {Text(plugin, "ifName")}, for "
        + $"{plugin.GetProperty("milliseconds").GetInt64() / 1000.0:0.0} s";

    private static string Text(JsonElement of, string member) => of.GetProperty(member).GetString() ?? "";
}
