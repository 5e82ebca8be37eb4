using System.Text.Json;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;
using YamlDotNet.RepresentationModel;

namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>
/// Upstream's manifests with another image and nothing else changed: the shortest way over for who uses them.
/// </summary>
public sealed class UpstreamManifestTests(ITestOutputHelper output)
{
    private const string Conf = "/etc/cni/net.d/00-multus.conf";

    [PluginFact("bridge", "host-local")]
    public async Task The_thick_one_brings_up_a_node_that_attaches_pods()
    {
        await using var node = await StartAsync("thick.yaml");
        await node.InstallAsync();
        await node.StartUnprobedAsync();

        Assert.Equal(
            """
            {"cniVersion":"0.3.1","logLevel":"verbose","logToStderr":true,"name":"multus-cni-network",
            "clusterNetwork":"/host/etc/cni/net.d/10-cluster.conf","type":"multus-shim"}
            """.ReplaceLineEndings(""),
            await File.ReadAllTextAsync(node.Machine[Conf])
        );
        await AttachAndDetachAsync(node, "multus-shim");
    }

    [PluginFact("bridge", "host-local")]
    public async Task The_thin_one_brings_up_a_node_that_attaches_pods()
    {
        await using var node = await StartAsync("thin.yaml");
        await node.InstallAsync();
        await node.StartUnprobedAsync();

        using var conf = JsonDocument.Parse(await File.ReadAllTextAsync(node.Machine[Conf]));
        Assert.Equal("cluster", conf.RootElement.GetProperty("delegates")[0].GetProperty("name").GetString());
        await AttachAndDetachAsync(node, "multus");
    }

    [PluginFact("bridge", "host-local")]
    public async Task The_one_for_CRI_O_brings_up_a_node_that_attaches_pods()
    {
        await using var node = await StartAsync(
            "crio.yaml",
            // Where CRI-O has its plugins; /usr is this machine's, and not to be written to.
            machine => machine.Run("sh", "-ec", "mount -t tmpfs none /usr/libexec; mkdir /usr/libexec/cni")
        );
        await node.StartUnprobedAsync();

        // The reference plugins of this machine are there, and a runtime has one folder for all.
        node.Machine.Run("sh", "-ec", "mv /usr/libexec/cni/multus /opt/cni/bin/");
        await AttachAndDetachAsync(node, "multus");
    }

    private static async Task<DeployedNode> StartAsync(string file, Action<Machine>? prepare = null) =>
        await DeployedNode.StartAsync([.. Documents("role.yaml"), .. Documents(file)], prepare);

    private static IReadOnlyList<YamlMappingNode> Documents(string file)
    {
        var folder = Path.Combine(DeployedFiles.Root, "tests", "Multus.EndToEnd.Tests", "Deployment", "Upstream");
        using var text = File.OpenText(Path.Combine(folder, file));
        return YamlNodes.Documents(text);
    }

    private async Task AttachAndDetachAsync(DeployedNode node, string plugin)
    {
        node.AddNetwork("one", "10.1.0.0/16");
        var pod = node.AddPod("pod", "one");

        var add = node.Machine.Shim("ADD", pod, plugin: plugin);
        output.WriteLine(node.Log.ToString());
        add.Succeeded();

        Assert.Equal(["eth0", "net1"], node.Machine.Links(pod));
        await Wait.Until("the pod has its status", () => node.Status("pod") is not null, () => node.Log.ToString());
        node.Machine.Shim("DEL", pod, plugin: plugin).Succeeded();
        Assert.Empty(node.Machine.Links(pod));
        Assert.Empty(node.OfPods());
    }
}
