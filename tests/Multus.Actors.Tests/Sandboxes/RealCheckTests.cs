using Multus.Engine.Requests;
using Multus.TestSupport;

namespace Multus.Actors.Tests.Sandboxes;

public class RealCheckTests : RealPluginsFixture
{
    [PluginFact("bridge", "host-local")]
    public async Task A_check_after_an_add_succeeds_and_says_what_is_removed_later()
    {
        Define("a", Bridge("a", 82));
        Define("old", Bridge("old", 83, version: "0.2.0", isDefault: false));
        var sandboxes = Sandboxes("""[{"name":"a","default-route":["10.82.0.254","fd82::fe"]},{"name":"old"}]""");
        using var ns = Namespace();
        await Attached(sandboxes, ns);
        Assert.Null(Refusal(await Check(sandboxes, ns)));

        ns.Ip("route", "delete", "172.83.0.0/16");
        await Gone("route 172.83.0.0/16", "network ns/old, interface net2");
        ns.Ip("-6", "address", "flush", "dev", "net1", "scope", "global");
        await Gone("address fd82::2/64 of interface net1", "network ns/a, interface net1");
        ns.Ip("address", "flush", "dev", "net1");
        await Gone("address 10.82.0.2/24 of interface net1", "network ns/a, interface net1");
        ns.Ip("link", "delete", "net1");
        await Gone("interface net1", "network ns/a, interface net1");

        async Task Gone(string what, string where) =>
            Assert.Equal(
                $"{what} is gone from {ns.Path}: {where}",
                Assert.IsType<CniReply.Refused>(await Check(sandboxes, ns)).Error.Message
            );
    }

    [PluginFact("bridge", "host-local")]
    public async Task A_default_route_that_has_gone_back_to_another_network_is_missed()
    {
        Define("a", Bridge("a", 82));
        var sandboxes = Sandboxes("""[{"name":"a","default-route":["10.82.0.254"]}]""");
        using var ns = Namespace();
        await Attached(sandboxes, ns);

        ns.Ip("route", "replace", "default", "via", "10.81.0.1", "dev", "eth0");

        Assert.StartsWith(
            "route default (0.0.0.0/0) via 10.82.0.254 is gone",
            Assert.IsType<CniReply.Refused>(await Check(sandboxes, ns)).Error.Message,
            StringComparison.Ordinal
        );
    }

    // In versions without CHECK, so that only ours is heard: the plugins' own finds fault with what they have made
    // themselves.
    [PluginFact("bridge", "host-local", "sbr", "tuning")]
    public async Task Routes_that_a_plugin_of_the_chain_has_moved_to_another_table_are_there()
    {
        var bridge = Bridge("a", 82, version: "0.3.1", isV6: false);
        Define("a", $$"""{"cniVersion":"0.3.1","name":"a","plugins":[{{bridge}},{"type":"sbr"},{"type":"tuning"}]}""");
        var sandboxes = Sandboxes("a");
        using var ns = Namespace();
        await Attached(sandboxes, ns);
        Assert.Contains(RoutesOf(ns), line => line.Contains("net1 table 100", StringComparison.Ordinal));

        Assert.Null(Refusal(await Check(sandboxes, ns)));
    }

    [PluginTheory("ptp", "macvlan", "host-local", "static")]
    [InlineData(
        """{"cniVersion":"0.3.1","name":"a","type":"ptp","ipam":{"type":"static","addresses":[{"address":"10.82.0.2/24","gateway":"10.82.0.1"}],"routes":[{"dst":"172.30.0.0/16"}]}}"""
    )]
    [InlineData(
        """{"cniVersion":"0.3.1","name":"a","type":"macvlan","master":"PARENT","ipam":{"type":"static","addresses":[{"address":"10.82.0.2/24"},{"address":"FD82:0::2/64"}],"routes":[{"dst":"172.30.0.0/16"},{"dst":"fdee::/64","gw":"fd82::0:1"}]}}"""
    )]
    public async Task Plugins_that_do_it_their_own_way_raise_no_alarm(string config)
    {
        using var parent = new Parent();
        Define("a", config.Replace("PARENT", parent.Name, StringComparison.Ordinal));
        var sandboxes = Sandboxes("a");
        using var ns = Namespace();
        await Attached(sandboxes, ns);

        Assert.Null(Refusal(await Check(sandboxes, ns)));
    }

    private static string? Refusal(CniReply reply) => reply is CniReply.Refused refused ? refused.Error.Text : null;

    /// <summary>A link of the node for macvlan.</summary>
    private sealed class Parent : IDisposable
    {
        public Parent()
        {
            ProcessTool.Run("ip", "link", "add", Name, "type", "veth", "peer", "name", Unique.Name("mrp"));
            ProcessTool.Run("ip", "link", "set", Name, "up");
        }

        public string Name { get; } = Unique.Name("mrp");

        public void Dispose() => ProcessTool.Run("ip", "link", "delete", Name);
    }
}
