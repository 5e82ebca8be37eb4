using Multus.Engine.Requests;
using Multus.TestSupport;

namespace Multus.Actors.Tests.Sandboxes;

/// <summary>
/// What operators have reported of networks that share more than they seem to: every start of a pod has to give the
/// same.
/// </summary>
public class SharedRoutesTests : RealPluginsFixture
{
    private const int Starts = 10;

    [PluginFact("bridge", "macvlan", "host-local", "static")]
    public async Task Of_two_networks_with_the_same_route_the_one_has_it_at_every_start_that_has_it_in_sequential_mode()
    {
        using var parent = new Parent();
        foreach (var n in (int[])[1, 2])
        {
            Define(
                $"up{n}",
                $$$"""
                {"cniVersion":"1.0.0","name":"up{{{n}}}","type":"macvlan","master":"{{{parent.Name}}}","mode":"bridge","ipam":{"type":"static",
                "addresses":[{"address":"10.4{{{n}}}.0.2/24","gateway":"10.4{{{n}}}.0.1"},{"address":"fd4{{{n}}}::2/64","gateway":"fd4{{{n}}}::1"}],"routes":[{"dst":"172.20.0.0/16"},{"dst":"fdee::/16"}]}}
                """
            );
        }

        var sandboxes = Sandboxes("up1,up2");
        ExtraKeys = ",\"attachMode\":\"sequential\"";
        var inOrder = await WaysAsync(sandboxes, "c0");
        ExtraKeys = "";
        for (var start = 1; start <= Starts; start++)
            Assert.Equal(inOrder, await WaysAsync(sandboxes, $"c{start}"));
    }

    [PluginFact("bridge", "macvlan", "host-local", "static", "tuning")]
    public async Task A_sysctl_of_another_network_s_interface_finds_it_at_every_start()
    {
        using var parent = new Parent();
        Define(
            "wan",
            $$$"""{"cniVersion":"1.0.0","name":"wan","type":"macvlan","master":"{{{parent.Name}}}","ipam":{"type":"static","addresses":[{"address":"10.51.0.2/24"}]}}"""
        );
        Define(
            "lan",
            $$$"""
            {"cniVersion":"1.0.0","name":"lan","plugins":[{"type":"macvlan","master":"{{{parent.Name}}}"},{"type":"tuning","sysctl":{"net.ipv4.conf.net1.rp_filter":"2","net.ipv4.conf.net2.rp_filter":"2"}}]}
            """
        );
        var sandboxes = Sandboxes("wan,lan");
        for (var start = 0; start < Starts; start++)
        {
            using var ns = Pod();
            await Attached(sandboxes, ns, $"c{start}");

            Assert.Equal("2", ns.Exec("cat", "/proc/sys/net/ipv4/conf/net1/rp_filter").Trim());
            Assert.IsType<CniReply.Done>(await Detach(sandboxes, ns, $"c{start}"));
        }
    }

    private async Task<string> WaysAsync(IActorRef sandboxes, string sandbox)
    {
        using var ns = Pod();
        await Attached(sandboxes, ns, sandbox);
        var ways =
            $"{ns.Ip("route", "get", "172.20.1.1")}{ns.Ip("-6", "route", "get", "fdee::1")}{string.Join(' ', LinksByIndex(ns))}";
        Assert.EndsWith("eth0 net1 net2", ways, StringComparison.Ordinal);
        Assert.IsType<CniReply.Done>(await Detach(sandboxes, ns, sandbox));
        return ways;
    }

    // No second of waiting for each IPv6 address.
    private static TestNamespace Pod()
    {
        var ns = new TestNamespace("msr");
        ns.Exec("sh", "-c", "echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad");
        return ns;
    }

    private static string[] LinksByIndex(TestNamespace ns) =>
        [
            .. ns.Ip("-oneline", "link")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(':', '@')[1].Trim())
                .Where(name => name != "lo"),
        ];

    /// <summary>A link of the node for macvlan.</summary>
    private sealed class Parent : IDisposable
    {
        public Parent()
        {
            ProcessTool.Run("ip", "link", "add", Name, "type", "veth", "peer", "name", Unique.Name("msp"));
            ProcessTool.Run("ip", "link", "set", Name, "up");
        }

        public string Name { get; } = Unique.Name("msp");

        public void Dispose() => ProcessTool.Run("ip", "link", "delete", Name);
    }
}
