using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>Overlays whose folders differ, on nodes that have their folders there.</summary>
public sealed class OverlayTests(ITestOutputHelper output)
{
    private const string Snap = "/var/snap/microk8s";

    [OverlayFact]
    public async Task On_K3s_a_pod_is_attached_and_detached_and_the_usual_folders_stay_as_they_are()
    {
        await using var node = await DeployedNode.StartAsync(Kustomization.Overlay("k3s").Documents);

        await AttachAndDetachAsync(node);

        Assert.Equal(["00-multus.conf", "10-cluster.conf"], node.Machine.Files(node.ConfDir));
        Assert.Contains("multus-shim", node.Machine.Files("/var/lib/rancher/k3s/data/cni"));
        Assert.Empty(node.Machine.Files("/opt/cni/bin"));
        Assert.Empty(node.Machine.Files("/etc/cni/net.d"));
    }

    [OverlayFact]
    public async Task On_MicroK8s_the_daemon_follows_the_link_that_a_refresh_of_the_snap_moves()
    {
        await using var node = await DeployedNode.StartAsync(
            Kustomization.Overlay("microk8s").Documents,
            machine => machine.Run("sh", "-c", $"mkdir -p {Snap}/1 && ln -s 1 {Snap}/current")
        );
        await AttachAndDetachAsync(node);

        node.Machine.Run(
            "sh",
            "-ec",
            $"cd {Snap}; cp -a 1 2; rm 2/args/cni-network/00-multus.conf; ln -s 2 next; mv -T next current; rm -r 1"
        );

        await Wait.Until(
            "the runtime has its configuration in the new revision",
            () => File.Exists(node.Machine[$"{Snap}/2/args/cni-network/00-multus.conf"]),
            () => node.Log.ToString()
        );
        node.Shim("ADD", node.AddPod("after", "one")).Succeeded();
    }

    [OverlayFact]
    public async Task On_TKE_a_pod_that_names_no_network_has_those_of_the_configuration()
    {
        await using var node = await DeployedNode.StartAsync(Kustomization.Overlay("tke").Documents);
        node.Machine.Write(
            "/etc/cni/net.d/multus/tke-bridge.conf",
            """{"cniVersion":"0.3.1","name":"tke-bridge","type":"bridge","bridge":"cbr0","ipam":{"type":"host-local","subnet":"10.7.0.0/24"}}"""
        );
        await node.InstallAsync();
        await node.StartDaemonAsync();
        var pod = node.AddPod("pod", "");

        node.Shim("ADD", pod).Succeeded();

        Assert.Equal("10.7.0.2/24", node.Machine.Address(pod, "eth0"));
        node.Shim("DEL", pod).Succeeded();
        Assert.Empty(node.Machine.Links(pod));
    }

    private async Task AttachAndDetachAsync(DeployedNode node)
    {
        await node.InstallAsync();
        await node.StartDaemonAsync();
        node.AddNetwork("one", "10.1.0.0/16");
        var pod = node.AddPod("pod", "one");

        node.Shim("ADD", pod).Succeeded();
        Assert.Equal(["eth0", "net1"], node.Machine.Links(pod));
        node.Shim("DEL", pod).Succeeded();

        Assert.Empty(node.Machine.Links(pod));
        Assert.Empty(node.OfPods());
        output.WriteLine(node.Log.ToString());
    }

    /// <summary>Renders with kubectl, and runs real plugins as root.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class OverlayFactAttribute : FactAttribute
    {
        public OverlayFactAttribute() =>
            Skip = Requirements.Root() ?? Requirements.Plugins("bridge", "host-local") ?? Requirements.Kubectl();
    }
}
