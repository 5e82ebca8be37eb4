using System.Text.Json;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestCluster.Objects;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>
/// The DaemonSet as it is written, mounts, paths, commands, probes and all, on a node of the test's own.
/// </summary>
public sealed class DeployedTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Conf = "/etc/cni/net.d";

    private DeployedNode _node = null!; // set before the test begins

    private Machine Machine => _node.Machine;

    public async Task InitializeAsync() => _node = await DeployedNode.StartAsync();

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        output.WriteLine(_node.Log.ToString());
    }

    [PluginFact("bridge", "host-local")]
    public async Task It_attaches_a_pod_whose_sandbox_is_made_after_it_and_takes_all_of_it_away()
    {
        await _node.InstallAsync();
        await _node.StartDaemonAsync();
        _node.AddNetwork("one", "10.1.0.0/16");
        var pod = _node.AddPod("pod", "one");

        var result = Machine.Shim("ADD", pod).Result();

        Assert.Equal("1.0.0", result.GetProperty("cniVersion").GetString());
        Assert.Equal(["eth0", "net1"], Machine.Links(pod));
        Assert.Equal(
            ["networks/cluster/10.244.0.2", "networks/one/10.1.0.2"],
            _node.OfPods().Where(file => file.StartsWith("networks/", StringComparison.Ordinal))
        );
        await Wait.Until("the pod has its status", () => _node.Status("pod") is not null);

        Machine.Shim("DEL", pod).Succeeded();

        Assert.Empty(Machine.Links(pod));
        Assert.Empty(_node.OfPods());
    }

    [PluginTheory("bridge", "host-local")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_pod_that_comes_while_the_daemon_is_replaced_waits_for_the_new_one_and_has_all_its_networks(
        bool isAsked
    )
    {
        _node.AddNetwork("one", "10.1.0.0/16");
        await _node.InstallAsync();
        await _node.StartDaemonAsync();
        if (isAsked)
            _node.Daemon.AskToStop();
        else
            _node.Daemon.KillNow();
        Assert.Equal(isAsked ? 0 : 128 + 9, await _node.Daemon.Exited());
        Assert.Contains("00-multus.conf", Machine.Files(Conf));
        var pod = _node.AddPod("pod", "one");

        var add = Task.Run(() => Machine.Shim("ADD", pod));
        await _node.InstallAsync(); // the shim is replaced while it runs
        await _node.StartDaemonAsync();

        (await add).Succeeded();
        Assert.Equal(["eth0", "net1"], Machine.Links(pod));
    }

    [RootFact]
    public async Task The_runtimes_file_comes_back_when_upstreams_last_pod_takes_it_away_and_the_Node_has_an_event()
    {
        await _node.InstallAsync();
        await _node.StartDaemonAsync();

        File.Delete(Machine[$"{Conf}/00-multus.conf"]);

        await Wait.Until(
            "the file is back",
            () => File.Exists(Machine[$"{Conf}/00-multus.conf"]),
            () => _node.Log.ToString()
        );
        await Wait.Until(
            "the Node has its event",
            () => _node.Cluster.Objects.All(ResourceType.CoreEvents).Any(IsOfTheNode),
            () => _node.Log.ToString()
        );

        static bool IsOfTheNode(StoredObject stored) =>
            stored.Json.GetProperty("involvedObject").GetProperty("kind").GetString() == "Node"
            && stored.Json.GetProperty("reason").GetString() == "RuntimeConfigurationRestored";
    }

    [PluginFact("bridge", "host-local")]
    public async Task Networks_by_the_nodes_files_and_devices_by_the_kubelets_checkpoint_are_within_its_reach()
    {
        const string resource = "vendor.example/vf",
            device = "0000:03:02.0";
        await _node.InstallAsync();
        await _node.StartDaemonAsync();
        Machine.Write(
            "/etc/cni/multus/net.d/20-file.conf",
            """{"cniVersion":"1.0.0","name":"file","type":"bridge","bridge":"br-file","ipam":{"type":"host-local","subnet":"10.2.0.0/16"}}"""
        );
        _node.Cluster.Objects.Create(ResourceType.Networks, TestObjects.Network("default", "file", config: null));
        _node.AddNetwork("dev", "10.1.0.0/16", resource: resource);
        var pod = _node.AddPod("pod", "file,dev");
        Machine.Write(
            "/var/lib/kubelet/device-plugins/kubelet_internal_checkpoint",
            $$"""
            {"Data":{"PodDeviceEntries":[{"PodUID":"{{pod.Uid}}","ContainerName":"main","ResourceName":"{{resource}}","DeviceIDs":{"0":["{{device}}"]},"AllocResp":""}],
             "RegisteredDevices":{} },"Checksum":1}
            """
        );

        Machine.Shim("ADD", pod).Succeeded();

        Assert.Equal("10.2.0.2/16", Machine.Address(pod, "net1"));
        Assert.Contains(
            $"\"deviceID\":\"{device}\"",
            await File.ReadAllTextAsync(Machine[$"{DeployedNode.StateFolder}/multus/{pod.Id}"]),
            StringComparison.Ordinal
        );
    }

    [RootFact]
    public async Task Only_what_is_meant_is_left_on_the_node_by_the_installer()
    {
        var plugins = Machine.Files("/opt/cni/bin");
        await _node.InstallAsync();
        await _node.InstallAsync();

        Assert.Equal(["10-cluster.conf"], Machine.Files(Conf));
        Assert.Equal(["multus-shim"], Machine.Files("/opt/cni/bin").Except(plugins));
        Assert.Equal(File.ReadAllBytes(Binaries.Shim), File.ReadAllBytes(Machine["/opt/cni/bin/multus-shim"]));
        Assert.Equal("755", Machine.Run("stat", "--format=%a", "/opt/cni/bin/multus-shim").Trim());
    }

    [PluginFact("bridge", "host-local")]
    public async Task What_plugins_leave_running_is_no_zombie_when_it_has_ended()
    {
        Machine.Write(
            "/opt/cni/bin/leaver",
            "#!/bin/sh\nsleep 0.1 <&- >&- 2>&- &\necho '{\"cniVersion\":\"1.0.0\"}'\n"
        );
        Machine.Run("chmod", "+x", "/opt/cni/bin/leaver");
        _node.Cluster.Objects.Create(
            ResourceType.Networks,
            TestObjects.Network("default", "left", """{"cniVersion":"1.0.0","name":"left","type":"leaver"}""")
        );
        await _node.InstallAsync();
        await _node.StartDaemonAsync();

        Machine.Shim("ADD", _node.AddPod("pod", "left")).Succeeded();

        await Wait.Until(
            "the container has no processes but its own",
            () => _node.Daemon.Processes() is ["multus-daemon", "sh"] or ["multus-daemon"],
            () => string.Join(", ", _node.Daemon.Processes())
        );
    }

    [RootFact]
    public async Task The_runtimes_file_is_made_from_the_cluster_networks_and_names_what_the_node_has()
    {
        await _node.InstallAsync();
        await _node.StartDaemonAsync();

        Assert.Equal(["00-multus.conf", "10-cluster.conf"], Machine.Files(Conf));
        Assert.Equal("600", Machine.Run("stat", "--format=%a", $"{Conf}/00-multus.conf").Trim());
        using var made = JsonDocument.Parse(await File.ReadAllTextAsync(Machine[$"{Conf}/00-multus.conf"]));
        var file = made.RootElement;
        Assert.Equal("multus-shim", file.GetProperty("type").GetString());
        Assert.Equal($"{Conf}/10-cluster.conf", file.GetProperty("clusterNetwork").GetString());
        Assert.True(file.GetProperty("capabilities").GetProperty("portMappings").GetBoolean());
        Assert.Equal("/var/lib/cni/multus", file.GetProperty("cniDir").GetString());
        Assert.Equal("/run/multus/", file.GetProperty("daemonSocketDir").GetString());
    }

    [PluginFact("bridge", "host-local")]
    public async Task Plugins_run_in_the_nodes_file_system_where_the_container_has_no_program_but_its_own()
    {
        // Needs the node's shell, its libraries and a file of the node.
        Machine.Write("/srv/of-the-node", "read");
        Machine.Write(
            "/opt/cni/bin/reader",
            "#!/bin/sh\n[ \"$(cat /srv/of-the-node)\" = read ] && [ -d /proc/$$/task ] && echo '{\"cniVersion\":\"1.0.0\"}'\n"
        );
        Machine.Run("chmod", "+x", "/opt/cni/bin/reader");
        _node.Cluster.Objects.Create(
            ResourceType.Networks,
            TestObjects.Network("default", "read", """{"cniVersion":"1.0.0","name":"read","type":"reader"}""")
        );
        await _node.InstallAsync();
        await _node.StartDaemonAsync();

        Machine.Shim("ADD", _node.AddPod("pod", "read")).Succeeded();

        Assert.Single(MountsAt("/proc")); // what the daemon mounts for plugins is not seen on the node
        Assert.Single(
            File.ReadLines($"/proc/{_node.Daemon.DaemonId}/mountinfo"),
            line => IsAt(line, "/host/proc") // nor in its container
        );
    }

    [RootFact]
    public async Task A_shim_that_does_not_run_here_is_not_installed()
    {
        Machine.Write($"{ContainerSetup.Image}/usr/local/bin/multus-shim", "no program");

        Assert.NotEqual(0, await _node.TryInstallAsync());

        Assert.DoesNotContain("multus-shim", Machine.Files("/opt/cni/bin"));
    }

    [RootFact]
    public async Task A_daemon_that_cannot_start_leaves_the_runtime_with_what_it_had()
    {
        Machine.Write(DeployedNode.DaemonBinary, "no program");

        Assert.NotEqual(0, await _node.TryInstallAsync());

        Assert.Equal(["10-cluster.conf"], Machine.Files(Conf));
    }

    private IEnumerable<string> MountsAt(string place) =>
        Machine.Run("cat", "/proc/self/mountinfo").Split('\n').Where(line => IsAt(line, place));

    private static bool IsAt(string mount, string place) =>
        mount.Split(' ') is { Length: > 4 } words && words[4] == place;
}
