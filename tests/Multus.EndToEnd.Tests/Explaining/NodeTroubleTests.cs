using System.Text.Json;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Explaining;

/// <summary>One command says why a pod has no network where it is the node that is sick.</summary>
public sealed class NodeTroubleTests(ITestOutputHelper output) : NodeTest(output)
{
    [PluginFact("bridge", "host-local")]
    public async Task A_plugin_that_hangs_now()
    {
        var sick = Node.Steered("sick");
        var gate = sick.Gate();
        sick.On("ADD", does => does.WaitsFor(gate));
        Node.Manifests.Network("blue", Networks.Steered("blue", "sick"));
        var pod = Node.Pod("blue");
        await Node.Start();
        var add = Node.Add(pod);
        await sick.Began("ADD");

        await Explains(
            pod,
            "WaitsForPlugin",
            "ADD is under way for ",
            "waits for plugin sick of network blue, net1, for "
        );

        gate.Open();
        (await add).Succeeded();
    }

    [PluginFact("bridge", "host-local")]
    public async Task An_absent_daemon()
    {
        var pod = Node.Pod();

        await Explains(pod, "DaemonAbsent", "no daemon answers on", "See whether the daemon's pod runs");
    }

    [PluginFact("bridge", "host-local")]
    public async Task Somebody_who_takes_the_runtimes_configuration_again_and_again()
    {
        var folder = Path.Combine(Node.Folders.Root, "runtime.d");
        Directory.CreateDirectory(folder);
        File.WriteAllText(
            Path.Combine(folder, "05-cilium.conf"),
            Node.Networks.Bridge("cluster", "cni0", Nodes.Node.ClusterSubnet)
        );
        Node.Without("clusterNetwork").With("multusConfigFile", "auto").With("cniConfigDir", folder);
        var own = Path.Combine(folder, "00-multus.conf");
        var pod = Node.Pod();
        await Node.Start();
        await Wait.Until(
            "the daemon gives up",
            async () =>
            {
                if (File.Exists(own))
                    File.Move(own, $"{own}.cilium_bak", overwrite: true);
                return await HasGivenUp();
            }
        );

        await Explains(
            pod,
            "RuntimeConfigurationTaken",
            "Somebody removes or changes Multus' configuration",
            "05-cilium.conf",
            "cni.exclusive"
        );
        var node = Node.Ctl("status");
        Assert.Equal(1, node.ExitCode);
        Assert.Contains("not ready", node.Stdout, StringComparison.Ordinal);
    }

    [PluginFact("bridge", "host-local")]
    public async Task A_full_disk()
    {
        Directory.CreateDirectory(Node.Folders.CniDir);
        ProcessTool.Run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", Node.Folders.CniDir);
        try
        {
            var pod = Node.Pod();
            await Node.Start();
            var fill = Path.Combine(Node.Folders.CniDir, ".fill");
            _ = ProcessTool.Try("dd", "if=/dev/zero", $"of={fill}", "bs=1k", "count=64");

            Assert.Contains("No space left on device", (await Node.Add(pod)).Error().Message, StringComparison.Ordinal);

            await Explains(pod, "DiskFull", $"The disk of {Node.Folders.CniDir} is full", "Make room");
            File.Delete(fill);
            (await Node.Add(pod)).Succeeded();
            (await Node.Del(pod)).Succeeded();
            await Stopped();
        }
        finally
        {
            ProcessTool.Run("umount", "-l", Node.Folders.CniDir);
        }
    }

    private async Task Stopped()
    {
        Node.Daemon.AskToStop();
        await Node.Daemon.Exited();
    }

    private async Task Explains(TestPod pod, string cause, params string[] words)
    {
        ToolResult ran = null!;
        await Wait.Until(
            $"explain says {cause}",
            () =>
            {
                ran = Node.Ctl("explain", $"{pod.Namespace}/{pod.Name}", "-o", "json");
                using var json = JsonDocument.Parse(ran.Stdout);
                return json
                    .RootElement.GetProperty("findings")
                    .EnumerateArray()
                    .Any(finding => finding.GetProperty("cause").GetString() == cause);
            },
            () => $"{ran.ExitCode} {ran.Stdout} {ran.Stderr}"
        );
        var said = Node.Ctl("explain", $"{pod.Namespace}/{pod.Name}");
        Assert.Equal(1, said.ExitCode);
        Assert.All(words, word => Assert.Contains(word, said.Stdout, StringComparison.Ordinal));
    }

    private async Task<bool> HasGivenUp()
    {
        using var reply = await Node.Client.Send(HttpMethod.Get, "/healthz");
        using var json = JsonDocument.Parse(await reply.Content.ReadAsStringAsync());
        return json.RootElement.GetProperty("runtimeConfig").GetProperty("givenUp").GetBoolean();
    }
}
