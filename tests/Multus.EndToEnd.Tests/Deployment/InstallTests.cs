using Multus.EndToEnd.Tests.Nodes;
using Multus.TestCluster;
using Multus.TestCluster.Objects;
using Multus.TestSupport;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>The DaemonSet's init script, the ConfigMap's files and the daemon's command line, with the node's folders in a test's own.</summary>
public sealed class InstallTests(ITestOutputHelper output) : NodeTest(output)
{
    private const UnixFileMode Executable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const string NodeName = "node-1";

    [PluginFact("bridge", "host-local")]
    public async Task What_is_deployed_attaches_a_pod_takes_it_away_and_asks_the_API_server_for_nothing_that_its_role_does_not_allow()
    {
        var clusterNetwork = Node.ClusterNetwork(Node.Networks.Bridge("cluster", "cni0", Node.ClusterSubnet));
        var folder = Path.GetDirectoryName(clusterNetwork)!;
        Install();
        Assert.Equal(["00-multus.conf", Path.GetFileName(clusterNetwork)], Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order());
        Assert.Equal(Executable, File.GetUnixFileMode(Path.Combine(Node.Folders.Plugins, "multus-shim")));
        await using var server = await TestApiServer.StartAsync();
        server.Objects.Create(ResourceType.Networks, TestObjects.Network("default", "one", Node.Networks.Bridge("one", "br-one", "10.1.0.0/16")));
        var pod = Node.UnknownPod("pod");
        server.Objects.Create(ResourceType.Pods, TestObjects.Pod(pod.Namespace, pod.Name, "one", NodeName, pod.Uid));
        var daemon = LaunchDeployed(server);
        await Node.Ready();
        var shim = new ShimOptions(Stdin: await File.ReadAllTextAsync(Path.Combine(folder, "00-multus.conf")));

        (await Node.Add(pod, shim)).Succeeded();
        Assert.Equal(["eth0", "net1"], pod.Links());
        (await Node.Del(pod, shim)).Succeeded();

        Assert.Empty(Node.Folders.CniFiles());
        Assert.Empty(Node.Folders.Addresses());
        daemon.AskToStop();
        Assert.Equal(0, await daemon.Exited());
        Assert.NotNull(server.Objects.Get(ResourceType.Pods, pod.Namespace, pod.Name).Annotation("k8s.v1.cni.cncf.io/network-status"));
        Assert.Contains("patch pods/status", Asked(server));
        Assert.Empty(Asked(server).Except(Role.Permissions));
        Assert.All(
            server.Journal.All.Where(request => request.Verb is "list" or "watch" && request.Resource == ResourceType.Pods),
            request => Assert.Contains($"spec.nodeName%3D{NodeName}", request.Query, StringComparison.Ordinal));
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

    /// <summary>What the daemon has asked for, as the role says it.</summary>
    private static IEnumerable<string> Asked(TestApiServer server) => server.Journal.All
        .Select(request => request.Resource is { } type
            ? Role.Permission(request.Verb, request.Subresource.Length == 0 ? type.Plural : $"{type.Plural}/{request.Subresource}", type.Group)
            : request.ToString())
        .Distinct();

    /// <summary>As the DaemonSet starts it: by its service account, on a node that has a name.</summary>
    private DaemonProcess LaunchDeployed(TestApiServer server)
    {
        var files = server.FilesIn(Path.Combine(Node.Folders.Root, "cluster"));
        var account = $$"""{ "serviceAccountDir": "{{files.ServiceAccount(server.Access.IssueToken())}}", """;
        var configuration = OnTheNode(DeployedFiles.Config("daemon-config.json")).Trim();
        foreach (var (name, value) in files.InClusterEnvironment)
            Node.WithVariable(name, value);
        Node.WithApiServer(server, NodeName);
        return Node.LaunchDaemon(Node.Folders.Write("deployed.json", account + configuration[1..]));
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
