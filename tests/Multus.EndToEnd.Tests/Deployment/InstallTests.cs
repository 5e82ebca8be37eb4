using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>The DaemonSet's init script, the ConfigMap's files and the daemon's command line, with the node's folders in a test's own.</summary>
public sealed class InstallTests(ITestOutputHelper output) : NodeTest(output)
{
    private const UnixFileMode Executable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    [PluginFact("bridge", "host-local")]
    public async Task What_is_deployed_attaches_a_pod_and_takes_it_away()
    {
        var clusterNetwork = Node.ClusterNetwork(Node.Networks.Bridge("cluster", "cni0", Node.ClusterSubnet));
        Install();
        Assert.Equal(["00-multus.conf", Path.GetFileName(clusterNetwork)], Directory.EnumerateFiles(Path.GetDirectoryName(clusterNetwork)!).Select(Path.GetFileName).Order());
        Assert.Equal(Executable, File.GetUnixFileMode(Path.Combine(Node.Folders.Plugins, "multus-shim")));
        var daemon = Node.LaunchDaemon(Node.Folders.Write("deployed.json", OnTheNode(DeployedFiles.Config("daemon-config.json").Replace("{", $$"""{ "manifestDir": "{{Node.Folders.Manifests}}", "statusDir": "{{Node.Folders.Status}}", """, StringComparison.Ordinal))));
        await Node.Ready();
        Node.Manifests.Network("one", Node.Networks.Bridge("one", "br-one", "10.1.0.0/16"));
        var pod = Node.Pod("one");
        var shim = new ShimOptions(Stdin: await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(clusterNetwork)!, "00-multus.conf")));

        (await Node.Add(pod, shim)).Succeeded();
        Assert.Equal(["eth0", "net1"], pod.Links());
        (await Node.Del(pod, shim)).Succeeded();

        Assert.Empty(Node.Folders.CniFiles());
        Assert.Empty(Node.Folders.Addresses());
        daemon.AskToStop();
        Assert.Equal(0, await daemon.Exited());
    }

    [RootFact]
    public void An_installed_shim_is_replaced_while_it_runs()
    {
        Install();
        var before = File.OpenRead(Path.Combine(Node.Folders.Plugins, "multus-shim")); // as the kernel holds the file of a running program
        using (before)
        {
            Install();
            Assert.Equal(new FileInfo(Binaries.Shim).Length, before.Length);
        }

        Assert.DoesNotContain(Directory.EnumerateFiles(Node.Folders.Plugins), file => file.EndsWith(".new", StringComparison.Ordinal));
    }

    private void Install()
    {
        var script = Assert.Single(DeployedFiles.Installer.Texts("args"));
        Node.Folders.Write("config/00-multus.conf", OnTheNode(DeployedFiles.Config("00-multus.conf")));
        Directory.CreateDirectory(Path.Combine(Node.Folders.Root, "net.d"));
        var here = OnTheNode(script)
            .Replace("/usr/local/bin/multus-shim", Binaries.Shim, StringComparison.Ordinal)
            .Replace("/config/00-multus.conf", Path.Combine(Node.Folders.Root, "config", "00-multus.conf"), StringComparison.Ordinal);
        ProcessTool.Run("/bin/sh", "-ec", here);
    }

    /// <summary>The same with this node's folders for those of a real one.</summary>
    private string OnTheNode(string text) => text
        .Replace("/etc/cni/multus/net.d", Path.Combine(Node.Folders.Root, "conf"), StringComparison.Ordinal)
        .Replace("/etc/cni/net.d", Path.Combine(Node.Folders.Root, "net.d"), StringComparison.Ordinal)
        .Replace("/opt/cni/bin", Node.Folders.Plugins, StringComparison.Ordinal)
        .Replace("/run/multus/", Node.Folders.SocketDir, StringComparison.Ordinal)
        .Replace("/var/lib/cni/multus", Node.Folders.CniDir, StringComparison.Ordinal);
}
