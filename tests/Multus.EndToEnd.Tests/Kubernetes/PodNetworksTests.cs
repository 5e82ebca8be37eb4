using System.Text.Json;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestCluster.Objects;
using Multus.TestSupport;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Kubernetes;

/// <summary>Pods of an API server: which networks they get, and what the server is told.</summary>
public sealed class PodNetworksTests(ITestOutputHelper output) : ApiServerTest(output)
{
    [PluginFact("bridge", "host-local")]
    public async Task A_pod_gets_its_networks_and_the_API_server_its_status_in_one_write()
    {
        Node.With("clusterNetwork", Node.ClusterNetwork(Node.Networks.Bridge("cluster", "cni0", Node.ClusterSubnet)));
        foreach (
            var (name, bridge, subnet) in new[]
            {
                ("blue", "br-blue", "10.20.0.0/16"),
                ("red", "br-red", "10.30.0.0/16"),
            }
        )
            Server.Objects.Create(
                ResourceType.Networks,
                TestObjects.Network(Manifests.Namespace, name, Node.Networks.Bridge(name, bridge, subnet))
            );
        UseKubeconfig();
        await Node.StartDaemon();
        var pod = CreatePod("blue,red@data0");

        (await Node.Add(pod)).Succeeded();

        Assert.Equal(["data0", "eth0", "net1"], pod.Links());
        using var status = JsonDocument.Parse(StatusOf(pod)!);
        Assert.Equal(
            ["eth0", "net1", "data0"],
            status.RootElement.EnumerateArray().Select(entry => entry.GetProperty("interface").GetString())
        );
        var write = Assert.Single(Server.Journal.Writes(ResourceType.Pods));
        Assert.Equal(("patch", "status", 200), (write.Verb, write.Subresource, write.Code));
        Assert.Contains($"\"uid\":\"{pod.Uid}\"", write.Body, StringComparison.Ordinal);
        Assert.StartsWith("multus-daemon/", write.UserAgent, StringComparison.Ordinal);

        await Server.StopAsync(); // DEL has no need of it
        (await Node.Del(pod)).Succeeded();

        Assert.Empty(pod.Links());
        Assert.Empty(Node.Folders.Addresses());
        Assert.Empty(Node.Folders.CniFiles());
    }

    [RootFact]
    public async Task In_a_pod_the_service_account_leads_to_the_API_server()
    {
        Node.With("serviceAccountDir", Files.ServiceAccount(Server.Access.IssueToken()));
        foreach (var (name, value) in Files.InClusterEnvironment)
            Node.WithVariable(name, value);
        CreateNetwork("blue");
        var pod = CreatePod("blue");
        await Node.StartDaemon();

        (await Node.Add(pod)).Succeeded();

        Assert.Equal(["eth0", "net1"], Attached);
        await Node.Log.Line("service account in");
    }

    [RootFact]
    public async Task A_credential_plugin_is_run_for_the_token()
    {
        Node.With("kubeconfig", Files.KubeconfigWithExecPlugin(Server.Access.IssueToken()));
        CreateNetwork("blue");
        var pod = CreatePod("blue");
        await Node.StartDaemon();

        (await Node.Add(pod)).Succeeded();

        Assert.Equal(["eth0", "net1"], Attached);
        Assert.Equal(1, Files.ExecCalls);
    }

    [RootFact]
    public async Task Edge_107_a_pod_and_a_network_of_which_the_watch_has_not_told_yet_are_asked_for()
    {
        UseKubeconfig();
        await Node.StartDaemon();
        Server.Watches.Stall();
        CreateNetwork("blue");
        var pod = CreatePod("blue");

        (await Node.Add(pod)).Succeeded();

        Assert.Equal(["eth0", "net1"], Attached);
        Assert.Equal(
            1,
            Server.Journal.Count(request => request.Verb == "get" && request.Resource == ResourceType.Pods)
        );
        Assert.Equal(
            1,
            Server.Journal.Count(request => request.Verb == "get" && request.Resource == ResourceType.Networks)
        );
    }

    [RootFact]
    public async Task A_pod_made_again_under_its_name_is_attached_as_the_new_one_though_the_watch_has_not_told_yet()
    {
        CreateNetwork("blue");
        CreateNetwork("red");
        var before = CreatePod("blue");
        UseKubeconfig();
        await Node.StartDaemon();
        Server.Watches.Stall();
        Server.Objects.Delete(ResourceType.Pods, before.Namespace, before.Name);
        using var after = new TestPod(before.Name, before.Namespace);
        Create(after, "red@data0");

        (await Node.Add(after)).Succeeded();

        Assert.Equal(["eth0", "data0"], Attached);
        Assert.Contains("data0", StatusOf(after)!, StringComparison.Ordinal);
        (await Node.Del(after)).Succeeded();
    }

    [RootFact]
    public async Task A_sandbox_of_a_pod_that_was_made_again_since_is_to_be_tried_again_and_nothing_is_attached()
    {
        UseKubeconfig();
        var before = Node.UnknownPod("pod");
        using var after = new TestPod(before.Name, before.Namespace);
        Create(after, networks: null);
        await Node.StartDaemon();

        var error = (await Node.Add(before)).Error();

        Assert.Equal(TryAgainLater, error.Code);
        Assert.Contains(
            $"expected pod UID \"{before.Uid}\" but got \"{after.Uid}\"",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Empty(Plugin.Calls);
    }
}
