using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Cni.Tests.Runtime;
using Multus.TestSupport;

namespace Multus.Cni.Tests.Properties;

/// <summary>What holds for whatever stands in a configuration file or in a NetworkAttachmentDefinition.</summary>
public sealed class ConfigurationProperties
{
    private const string Good = """
        {"cniVersion":"1.0.0","cniVersions":["1.0.0","0.4.0"],"name":"n","disableCheck":"true","disableGC":false,"loadOnlyInlinedPlugins":true,
        "plugins":[{"type":"bridge","args":{"cni":{"a":1},"b":2},"capabilities":{"mac":true,"ips":false},"ipam":{"type":"host-local"},"dns":{"nameservers":["10.0.0.1"]},"big":12345678901234567890},{"type":"tuning","runtimeConfig":{"mac":"m"}}]}
        """;

    private static readonly string[] Keys =
    [
        "name",
        "type",
        "cniVersion",
        "cniVersions",
        "plugins",
        "disableCheck",
        "disableGC",
        "loadOnlyInlinedPlugins",
        "capabilities",
        "ipam",
        "dns",
        "args",
        "cni",
        "prevResult",
        "runtimeConfig",
        "cni.dev/valid-attachments",
    ];

    private static readonly (string, string)[] Offered = [("mac", "\"m\""), ("a", "[1]"), ("type", "{}")];

    [Fact]
    public void Any_document_is_refused_with_code_7_or_can_be_used() =>
        PropertyRule.Holds(Documents(), IsRefusedOrUsable, 4_000);

    [Fact]
    public void Any_damage_to_a_good_list_is_refused_with_code_7_or_can_be_used() =>
        PropertyRule.Holds(HostileJson.Damaged(Good), IsRefusedOrUsable, 2_000);

    [Fact]
    public void Some_of_the_hostile_documents_are_good_ones()
    {
        // Without this the two rules above might hold because nothing is ever accepted.
        var accepted = 0;
        PropertyRule.Holds(Documents(), bytes => (accepted += IsAccepted(bytes) ? 1 : 0) >= 0, 4_000);

        Assert.InRange(accepted, 400, 3_600);
    }

    private static Gen<byte[]> Documents() =>
        Gen.OneOf(
            HostileJson.Document(Keys),
            HostileJson.DocumentWith(
                [
                    "\"type\":\"t\"",
                    "\"name\":\"n\",\"plugins\":[{\"type\":\"t\"}]",
                    "\"name\":\"n\",\"plugins\":[{\"type\":\"t\",\"args\":{}},{\"type\":\"u\"}]",
                ],
                Keys
            )
        );

    private static bool IsAccepted(byte[] bytes)
    {
        try
        {
            NetworkConfiguration.Parse(bytes);
            return true;
        }
        catch (CniException)
        {
            return false;
        }
    }

    private static bool IsRefusedOrUsable(byte[] bytes) =>
        new Func<ReadOnlyMemory<byte>, NetworkConfiguration>[]
        {
            NetworkConfiguration.Parse,
            NetworkConfiguration.ParseConf,
            NetworkConfiguration.ParseList,
        }.All(parse =>
        {
            NetworkConfiguration network;
            try
            {
                network = parse(bytes);
            }
            catch (CniException e)
            {
                return e.Error.Code == CniErrorCode.InvalidNetworkConfig
                    && !e.Message.Contains('\n', StringComparison.Ordinal);
            }

            return network.Plugins.All(plugin => plugin.Type.Length > 0)
                && IsReadBack(network)
                && TakesInjections(network)
                && GivesPluginsJson(network);
        });

    private static bool IsReadBack(NetworkConfiguration network)
    {
        var again = network.IsList
            ? NetworkConfiguration.ParseList(WithName(network))
            : NetworkConfiguration.ParseConf(network.Bytes);
        return again.Version == network.Version && again.Types == network.Types;
    }

    private static ReadOnlyMemory<byte> WithName(NetworkConfiguration network) =>
        network.WithDefaultName(network.Name.Length > 0 ? network.Name : "given").Bytes;

    /// <summary>Each injection works, or says in one of its own errors why not.</summary>
    private static bool TakesInjections(NetworkConfiguration network)
    {
        var named = network.WithDefaultName("given").WithDefaultVersion(CniVersion.V100);
        try
        {
            named.WithCniArgs(Json.Element("""{"k":1}"""));
        }
        catch (CniException e)
        {
            return e.Error.Code == CniErrorCode.InvalidNetworkConfig
                && !e.Message.Contains('\n', StringComparison.Ordinal);
        }

        return named.Name.Length > 0 && named.CniVersionText.Length > 0 && named.Types == network.Types;
    }

    private static bool GivesPluginsJson(NetworkConfiguration network)
    {
        if (network.Plugins.IsEmpty)
            return true;

        var node = new Node();
        foreach (var plugin in network.Plugins)
            node.Plugins.Answers(CniCommand.Del, plugin.Type, () => new PluginOutput.Succeeded(default));
        try
        {
            node.DeleteAsync(network, Node.Attachment("net1", Offered)).GetAwaiter().GetResult(); // nothing in it waits
        }
        catch (CniException)
        {
            return node.Plugins.Calls.Count == 0; // a name under which nothing can be stored
        }

        return node.Plugins.Calls.Count == network.Plugins.Length
            && node.Plugins.Calls.All(call =>
                CniJson.Parse(call.Stdin) is { ValueKind: JsonValueKind.Object } stdin
                && stdin.GetProperty("name").GetString() == network.Name
                && stdin.GetProperty("cniVersion").GetString() == network.CniVersionText
            );
    }
}
