using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Recovery;

/// <summary>
/// Real plugins whose DEL fails for the reason that their ADD failed: nothing was ever made, and nothing may be tried
/// for ever.
/// </summary>
public sealed class HopelessDeleteTests(ITestOutputHelper output) : NodeTest(output)
{
    [PluginTheory("bridge", "host-local", "host-device", "firewall", "vrf", "ptp")]
    [InlineData("""{"cniVersion":"1.0.0","name":"broken","type":"host-device"}""")]
    [InlineData("""{"cniVersion":"0.3.1","name":"broken","type":"firewall"}""")]
    [InlineData("""{"cniVersion":"0.3.0","name":"broken","type":"vrf","vrfname":"red"}""")]
    [InlineData("""{"cniVersion":"1.0.0","name":"broken","type":"ptp","ipam":{}}""")]
    public async Task What_a_plugin_refuses_at_DEL_as_at_ADD_is_given_up_and_dropped_by_the_operators_command(
        string config
    )
    {
        Node.Manifests.Network("broken-net", config);
        var pod = Node.Pod("broken-net");
        var before = Node.Remains();
        await Node.StartDaemon();

        var add = await Node.Add(pod);
        pod.Dispose();
        await Node.Del(pod);

        Assert.Contains("broken-net", add.Error().Message, StringComparison.Ordinal);
        await Wait.Until(
            "its DEL is given up",
            () => Node.Folders.PendingFiles() is [var file] && file.EndsWith(".given-up", StringComparison.Ordinal),
            () => Node.Log.ToString()
        );
        Assert.Empty(Node.Folders.Addresses());
        Node.Exec(
            Binaries.Daemon,
            "pending",
            "drop",
            "all",
            "-config",
            Path.Combine(Node.Folders.Root, "daemon-config.json")
        );
        Assert.Equal(before, Node.Remains());
    }

    [PluginFact("bridge", "host-local", "portmap")]
    public async Task A_plugin_that_lacks_a_program_at_DEL_as_at_ADD_frees_the_cluster_networks_address_and_is_given_up()
    {
        Node.WithVariable(
            "PATH",
            Node.Folders.Write("no-programs/nothing", "") is var file ? Path.GetDirectoryName(file)! : ""
        );
        Node.Manifests.Network(
            "ports",
            Node.Networks.BridgeList(
                "ports",
                "ports0",
                "10.30.0.0/16",
                """{"type":"portmap","snat":true,"capabilities":{"portMappings":true}}"""
            )
        );
        var pod = Node.Pod("""[{"name":"ports","portMappings":[{"hostPort":18080,"containerPort":80}]}]""");
        await Node.StartDaemon();

        var add = await Node.Add(pod);
        pod.Dispose();
        await Node.Del(pod);

        Assert.Contains("portmap", add.Error().Message, StringComparison.Ordinal);
        Assert.Empty(Node.Folders.Addresses());
        await Wait.Until(
            "nothing is tried any more",
            () => Node.Folders.PendingFiles().All(name => name.EndsWith(".given-up", StringComparison.Ordinal)),
            () => Node.Log.ToString()
        );
    }
}
