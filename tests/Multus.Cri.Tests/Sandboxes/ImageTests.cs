using Multus.Cri.Tests.Nodes;
using Multus.TestCluster.Objects;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.Cri.Tests.Sandboxes;

/// <summary>The image in a container runtime, started as the DaemonSet says.</summary>
public sealed class ImageTests(ITestOutputHelper output) : IAsyncLifetime
{
    private ImageNode _node = null!; // set before the test begins

    public async Task InitializeAsync() => _node = await ImageNode.StartAsync();

    public async Task DisposeAsync()
    {
        output.WriteLine(_node.Logs());
        await _node.DisposeAsync();
    }

    [PluginFact("bridge", "host-local", "loopback")]
    public async Task The_DaemonSet_runs_from_the_image_and_pods_of_the_same_runtime_have_their_networks()
    {
        _node.Cluster.Objects.Create(
            ResourceType.Networks,
            TestObjects.Network(
                "default",
                "one",
                """{"cniVersion":"1.0.0","name":"one","type":"bridge","bridge":"br-one","ipam":{"type":"host-local","subnet":"10.1.0.0/16"}}"""
            )
        );
        var daemon = await _node.RunDaemonSetAsync();
        await Wait.Until(
            "the runtime has its configuration",
            () => File.Exists(_node.Machine["/etc/cni/net.d/00-multus.conf"]),
            _node.Logs
        );

        var pod = await _node.RunPodAsync("pod", "one");

        Assert.Equal(["eth0", "net1"], await _node.LinksAsync(pod));
        var (status, said) = await _node.Cri.ExecAsync(daemon, ["ip", "-V"], 10);
        Assert.True(status == 0, said); // plugins that run in the image have it, too
        foreach (var tool in new[] { "iptables", "ip6tables", "nft", "tc", "modprobe" })
            Assert.Equal((tool, 0), (tool, (await _node.Cri.ExecAsync(daemon, [tool, "-V"], 10)).Status));

        await _node.Cri.StopPodSandboxAsync(pod);
        await _node.Cri.RemovePodSandboxAsync(pod);
        Assert.DoesNotContain(
            _node.Machine.Files("/var/lib/cni/networks"),
            file => char.IsAsciiDigit(Path.GetFileName(file)[0])
        );
        await _node.Cri.StopContainerAsync(daemon, 45);
        Assert.Equal(0, (await _node.Cri.ContainerStatusAsync(daemon)).ExitCode);
    }
}
