using System.Text.Json;
using Multus.Cni;
using Multus.Cni.Configurations;
using Capabilities = System.Collections.Immutable.ImmutableArray<System.Collections.Generic.KeyValuePair<
    string,
    System.Text.Json.JsonElement
>>;

namespace Multus.Core.Planning;

/// <summary>
/// What the bandwidth plugin refuses, at ADD and, worse, at DEL too: a rate without a burst, a burst without a rate, a
/// burst of 4 GB and more. Found here, it is one clear error, and nothing is left that no DEL can take away.
/// </summary>
internal static class BandwidthRules
{
    private const string PluginType = "bandwidth";
    private const string Capability = "bandwidth";
    private const ulong BurstLimit = (ulong)uint.MaxValue * 8; // in bits

    /// <param name="offered">What the network's plugins get, if they declare it.</param>
    /// <exception cref="CniException">Code 7; says where the values are from.</exception>
    public static void Require(NetworkConfiguration network, string displayName, Capabilities offered)
    {
        foreach (var plugin in network.Plugins)
        {
            if (plugin.Type != PluginType)
                continue; // others have rules of their own

            RequireBoth(CniJson.Parse(plugin.Bytes), displayName, "its plugin bandwidth");
            if (!plugin.Capabilities.TryGetValue(Capability, out var isDeclared) || !isDeclared)
                continue;
            foreach (var (name, value) in offered)
            {
                if (name == Capability)
                    RequireBoth(value, displayName, "the bandwidth that is asked of it");
            }
        }
    }

    private static void RequireBoth(JsonElement limits, string displayName, string owner)
    {
        Require(limits, "ingress", displayName, owner);
        Require(limits, "egress", displayName, owner);
    }

    private static void Require(JsonElement limits, string direction, string displayName, string owner)
    {
        var (rate, burst) = (NumberOf(limits, $"{direction}Rate"), NumberOf(limits, $"{direction}Burst"));
        var problem = (rate, burst) switch
        {
            (> 0, 0) => $"has {direction}Rate without {direction}Burst",
            (0, > 0) => $"has {direction}Burst without {direction}Rate",
            (_, >= BurstLimit) => $"has the {direction}Burst {burst}, must be less than {BurstLimit} bits",
            _ => null,
        };
        if (problem is not null)
        {
            throw new CniException(
                CniErrorCode.InvalidNetworkConfig,
                $"network {displayName}: {owner} {problem}",
                $"give both {direction}Rate and {direction}Burst, in bits, or neither; the bandwidth plugin "
                    + "refuses anything else, also at DEL"
            );
        }
    }

    // What is no whole number is for others to refuse.
    private static ulong NumberOf(JsonElement limits, string key) =>
        limits.ValueKind == JsonValueKind.Object
        && CniJson.TryGetIgnoringCase(limits, key, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetUInt64(out var number)
            ? number
            : 0;
}
