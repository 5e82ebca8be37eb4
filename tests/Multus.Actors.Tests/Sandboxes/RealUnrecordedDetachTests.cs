using Multus.Engine.Requests;
using Multus.TestSupport;

namespace Multus.Actors.Tests.Sandboxes;

/// <summary>Pods that the cluster network attached before Multus came, with real plugins.</summary>
public class RealUnrecordedDetachTests : RealPluginsFixture
{
    [PluginFact("bridge", "host-local", "portmap")]
    public async Task The_delete_of_a_pod_that_the_cluster_network_attached_frees_its_address_and_its_host_port_rules()
    {
        var hostPort = 20_000 + (Environment.ProcessId % 20_000);
        var sandbox = Unique.ContainerId();
        var ns = Namespace();
        var before =
            $$$"""{"cniVersion":"1.0.0","name":"before","plugins":[{{{Bridge("before", 84, isV6: false)}}},{"type":"portmap","capabilities":{"portMappings":true}}]}""";
        await AttachedByRuntime(
            ns,
            before,
            $$"""{"portMappings":[{"hostPort":{{hostPort}},"containerPort":80,"protocol":"tcp"}]}""",
            sandbox
        );
        Assert.Contains(sandbox, Rules(), StringComparison.Ordinal);
        Assert.NotEmpty(Addresses("before"));
        ns.Dispose(); // as containerd's second and third DEL find it

        Assert.IsType<CniReply.Done>(await Detach(Sandboxes(""), ns, sandbox));

        Assert.DoesNotContain(sandbox, Rules(), StringComparison.Ordinal);
        Assert.Empty(Addresses("before"));
        Assert.Empty(Directory.GetFiles(RuntimeCache));
    }

    [PluginFact("bridge", "host-local")]
    public async Task The_delete_of_a_pod_whose_cache_entry_is_lost_frees_its_address_by_the_cluster_network_as_it_is_now()
    {
        var ns = Namespace();
        var cluster = Bridge("cluster", 85, isV6: false);
        await AttachedByRuntime(ns, cluster);
        Directory.Delete(RuntimeCache, recursive: true);
        Assert.NotEmpty(Addresses("cluster"));

        Assert.IsType<CniReply.Done>(await Detach(Sandboxes("", clusterNetwork: cluster), ns));

        Assert.Empty(Addresses("cluster"));
        Assert.DoesNotContain("eth0", ns.Links());
    }

    private static string Rules() => ProcessTool.Run("iptables-save", "-t", "nat");

    private string[] Addresses(string network) =>
        Directory.Exists(Temp[$"ipam/{network}"])
            ?
            [
                .. Directory
                    .EnumerateFiles(Temp[$"ipam/{network}"])
                    .Select(path => Path.GetFileName(path))
                    .Where(name => char.IsAsciiDigit(name[0])),
            ]
            : [];
}
