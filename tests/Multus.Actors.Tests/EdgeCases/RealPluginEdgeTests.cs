using Multus.Actors.Tests.Sandboxes;
using Multus.TestSupport;

namespace Multus.Actors.Tests.EdgeCases;

/// <summary>Rows of edge-cases.md that only real plugins in a real namespace show.</summary>
public class RealPluginEdgeTests : RealPluginsFixture
{
    [PluginFact("bridge", "host-local", "tuning")]
    public async Task Edge_102_a_chain_that_runs_for_net1_may_change_eth0_when_it_names_it()
    {
        Temp.File("vendor/10-tuning.conf", """{"type":"tuning","sysctl":{"net.ipv4.conf.eth0.arp_filter":"1"}}""");
        ExtraKeys = ",\"auxiliaryCNIChainName\":\"vendor\"";
        using var ns = Namespace();

        await Attached(Sandboxes(""), ns);

        Assert.Equal("1", ns.Exec("cat", "/proc/sys/net/ipv4/conf/eth0/arp_filter").Trim());
        Assert.Equal(["eth0"], ns.Links());
    }
}
