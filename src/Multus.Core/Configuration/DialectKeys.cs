using System.Collections.Immutable;
using System.Text.Json;
using Multus.Core.Networks;

namespace Multus.Core.Configuration;

/// <summary>Which dialect a configuration is written in, and the keys that only one of them has.</summary>
internal static class DialectKeys
{
    private const string DefaultDelegatesKey = "defaultDelegates";

    public static Dialect Dialect(OverlaidObject source) =>
        source.Text("dialect") switch
        {
            null => source.For(DefaultDelegatesKey).Find(DefaultDelegatesKey) is null
                ? Networks.Dialect.Multus
                : Networks.Dialect.Tke,
            "multus" => Networks.Dialect.Multus,
            "tke" => Networks.Dialect.Tke,
            var other => throw source
                .For("dialect")
                .Invalid(
                    $"dialect must be {Networks.Dialect.Multus.Name} or {Networks.Dialect.Tke.Name}; found {other}"
                ),
        };

    /// <summary>A name, a list of them, or the JSON form, as text or as it is; none when the key is missing.</summary>
    public static ImmutableArray<NetworkSelection> DefaultDelegates(OverlaidObject source, Dialect dialect)
    {
        // Which of the two networks is a pod's eth0? Nobody can tell, and a pod must not find out.
        if (KeyOfMultus(source) is { } foreign)
        {
            throw source
                .For(foreign)
                .Invalid(
                    $"'{foreign}' does not go with '{DefaultDelegatesKey}', which belongs to the dialect "
                        + $"{dialect.Name}; "
                        + $"remove one of them, or set 'dialect' to {Networks.Dialect.Multus.Name} to have "
                        + $"'{DefaultDelegatesKey}' ignored"
                );
        }

        var members = source.For(DefaultDelegatesKey);
        var text = members.Find(DefaultDelegatesKey) is { ValueKind: JsonValueKind.Array } array
            ? array.GetRawText()
            : members.Text(DefaultDelegatesKey);
        return NetworkSelectionParser
            .Parse(text, "", $"'{DefaultDelegatesKey}'", dialect)
            .Select(OnNode)
            .ToImmutableArray();
    }

    private static string? KeyOfMultus(OverlaidObject source) =>
        source.Text("clusterNetwork") is not null ? "clusterNetwork"
        : source.For("delegates").Array("delegates") is { } delegates && delegates.GetArrayLength() > 0 ? "delegates"
        : null;

    // Whatever namespace it names: a configuration on the node has none.
    private static NetworkSelection OnNode(NetworkSelection selection) => selection with { Namespace = "" };
}
