using System.Collections.Immutable;
using System.Text.Json;
using Multus.Cni;
using Multus.Core.Json;
using Multus.Core.Networks;

namespace Multus.Core.Configuration;

/// <summary>
/// Everything for which the requests would be refused that a daemon's file is laid over, found before the first of them
/// comes.
/// </summary>
internal static class ConfigurationFaults
{
    /// <param name="daemonConfig">A JSON object.</param>
    public static ImmutableArray<CniError> Of(ReadOnlyMemory<byte> daemonConfig)
    {
        // Each key by itself: a reader of the whole file stops at its first fault.
        var faults = ImmutableArray.CreateBuilder<CniError>();
        foreach (var member in JsonText.Parse(daemonConfig).EnumerateObject())
        {
            if (FaultOf(Only(member), source => ReadAlone(source, member.Name)) is { } fault && !faults.Contains(fault))
                faults.Add(fault);
        }

        if (faults.Count > 0)
            return faults.ToImmutable();

        return FaultOf(OverlaidObject.Parse("{}"u8.ToArray(), daemonConfig), ReadTogether) is { } together
            ? [together]
            : [];
    }

    private static void ReadAlone(OverlaidObject source, string key)
    {
        MultusConfigurationReader.ReadSettings(source);
        switch (key.ToLowerInvariant())
        {
            case "clusternetwork":
                _ = source.Text("clusterNetwork");
                break;
            case "defaultnetworks":
                MultusConfigurationReader.DefaultNetworksOf(source.For("defaultNetworks"));
                break;
            case "delegates"
                when source.For("delegates").Array("delegates") is { } delegates && delegates.GetArrayLength() > 0:
                MultusConfigurationReader.DelegatesOf(source);
                break;
            case "defaultdelegates":
                DialectKeys.DefaultDelegates(source, Dialect.Tke);
                break;
        }
    }

    // Keys that do not go with one another. A network that is missing may come with the requests.
    private static void ReadTogether(OverlaidObject source)
    {
        if (MultusConfigurationReader.ReadSettings(source).Dialect is { PodReplacesAll: true } dialect)
            DialectKeys.DefaultDelegates(source, dialect);
    }

    private static OverlaidObject Only(JsonProperty member) =>
        OverlaidObject.Parse(
            "{}"u8.ToArray(),
            CniJson.Write(writer =>
            {
                writer.WriteStartObject();
                member.WriteTo(writer);
                writer.WriteEndObject();
            })
        );

    private static CniError? FaultOf(OverlaidObject source, Action<OverlaidObject> read)
    {
        try
        {
            read(source);
            return null;
        }
        catch (CniException wrong)
        {
            return wrong.Error;
        }
    }
}
