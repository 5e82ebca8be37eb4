using System.Collections.Immutable;
using System.Text.Json;
using Multus.Cni;

namespace Multus.Core.Generation;

/// <summary>
/// What an installation takes over from the generated configuration of upstream's Multus: what an operator has decided
/// there, and no path, for each installation has its own.
/// </summary>
public static class Inheritance
{
    private static readonly string[] Keys =
    [
        "capabilities",
        "logLevel",
        "namespaceIsolation",
        "globalNamespaces",
        "auxiliaryCNIChainName",
        "overrideNetworkName",
    ];

    /// <summary>The members that are taken over, by the names that upstream gives them.</summary>
    /// <param name="configuration">An object.</param>
    public static ImmutableArray<KeyValuePair<string, JsonElement>> Of(JsonElement configuration)
    {
        var kept = ImmutableArray.CreateBuilder<KeyValuePair<string, JsonElement>>();
        foreach (var key in Keys)
        {
            if (CniJson.TryGetIgnoringCase(configuration, key, out var value))
                kept.Add(new(key, value));
        }

        return kept.ToImmutable();
    }
}
