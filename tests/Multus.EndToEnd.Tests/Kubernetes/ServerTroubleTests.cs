using Multus.EndToEnd.Tests.Nodes;
using Multus.TestCluster.Objects;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Kubernetes;

/// <summary>
/// An API server that is away, silent, or does not know us any more: no pod gets fewer networks than it asks for
/// (user-pain 13).
/// </summary>
public sealed class ServerTroubleTests(ITestOutputHelper output) : ApiServerTest(output)
{
    private const int BadConfiguration = 64;
    private const uint NotAvailable = 50;

    [RootFact]
    public async Task While_the_API_server_is_away_an_unknown_pod_is_to_be_tried_again_and_then_attached_whole()
    {
        CreateNetwork("blue");
        UseKubeconfig();
        await Node.StartDaemon();
        await Server.StopAsync();
        var pod = CreatePod("blue");

        var error = (await Node.Add(pod)).Error();

        Assert.Equal(TryAgainLater, error.Code);
        Assert.Contains(pod.Name, error.Message, StringComparison.Ordinal);
        Assert.Empty(Plugin.Calls);
        Assert.Empty(Node.Folders.CniFiles());

        await Server.StartAgainAsync();
        (await Node.Add(pod)).Succeeded();
        Assert.Equal(["eth0", "net1"], Attached);
    }

    [RootFact]
    public async Task A_pod_that_is_known_is_attached_whole_though_the_API_server_is_away()
    {
        CreateNetwork("blue");
        var pod = CreatePod("blue");
        UseKubeconfig();
        await Node.StartDaemon();
        await Server.StopAsync();

        (await Node.Add(pod)).Succeeded();

        Assert.Equal(["eth0", "net1"], Attached);
        await Server.StartAgainAsync();
        await Wait.Until("the status is written", () => StatusOf(pod) is not null, () => $"\n{Node.Log}");
    }

    [RootFact]
    public async Task A_daemon_that_starts_before_the_API_server_answers_attaches_nothing_until_it_does()
    {
        CreateNetwork("blue");
        var pod = CreatePod("blue");
        UseKubeconfig();
        await Server.StopAsync();
        Node.LaunchDaemon();
        await Wait.Until("the daemon listens", () => File.Exists(Node.Folders.Socket));

        Assert.Equal(TryAgainLater, (await Node.Add(pod)).Error().Code);
        Assert.False(await Node.Client.IsFine("/readyz"));
        Assert.Empty(Plugin.Calls);

        await Server.StartAgainAsync();
        await Node.Ready();
        (await Node.Add(pod)).Succeeded();
        Assert.Equal(["eth0", "net1"], Attached);
    }

    [RootFact]
    public async Task A_silent_API_server_holds_up_neither_DEL_nor_STATUS_and_an_ADD_no_longer_than_its_question_may_take()
    {
        CreateNetwork("blue");
        var old = CreatePod("blue");
        UseKubeconfig();
        Node.Hocon = "multus.cluster.read-timeout = 300ms\n";
        await Node.StartDaemon();
        (await Node.Add(old)).Succeeded();
        Server.Connections.Stall();
        try
        {
            var pod = CreatePod("blue");
            var error = (await Node.Add(pod)).Error();
            Assert.Equal(TryAgainLater, error.Code);
            Assert.Contains("no answer within 0.3 s", error.Message + error.Details, StringComparison.Ordinal);

            var status = await Node.Shim("STATUS", null, new ShimOptions("1.1.0"));
            Assert.True(status.ExitCode == 0, status.ToString());
            (await Node.Del(old)).Succeeded();
            (await Node.Del(pod)).Succeeded();
            Assert.Empty(Node.Folders.CniFiles());
            Assert.Equal(["eth0", "net1"], Attached);
        }
        finally
        {
            Server.Connections.Resume();
        }
    }

    [RootFact]
    public async Task While_an_ADD_waits_for_a_silent_API_server_STATUS_and_DEL_are_answered_and_then_the_pod_is_attached_whole()
    {
        UseNetworkOfTheServerAsClusterNetwork();
        CreateNetwork("blue");
        var old = CreatePod("blue");
        await Node.StartDaemon();
        (await Node.Add(old)).Succeeded();
        Server.Connections.Stall();
        Task<ShimRun> adding;
        try
        {
            adding = Node.Add(CreatePod("blue"));

            (await Node.Shim("STATUS", null, new ShimOptions("1.1.0"))).Succeeded();
            (await Node.Del(old)).Succeeded();

            Assert.False(adding.IsCompleted, "the ADD did not wait");
        }
        finally
        {
            Server.Connections.Resume();
        }

        (await adding).Succeeded();
        Assert.Equal(["eth0", "net1", "eth0", "net1"], Attached);
    }

    [RootFact]
    public async Task Before_a_silent_API_server_has_said_anything_STATUS_says_so_at_once_and_a_DEL_succeeds()
    {
        UseNetworkOfTheServerAsClusterNetwork();
        var pod = CreatePod(networks: null);
        Server.Connections.Stall();
        try
        {
            Node.LaunchDaemon();
            await Wait.Until("the daemon listens", () => File.Exists(Node.Folders.Socket));
            using var kill = new CancellationTokenSource();
            var adding = Node.Shim("ADD", pod, kill: kill.Token);

            Assert.Equal(NotAvailable, (await Node.Shim("STATUS", null, new ShimOptions("1.1.0"))).Error().Code);
            (await Node.Del(Node.UnknownPod("gone"))).Succeeded();

            Assert.False(adding.IsCompleted, "the ADD did not wait");
            await kill.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => adding);
        }
        finally
        {
            Server.Connections.Resume();
        }
    }

    // And an ADD waits longer than the test takes: what ends before it did not wait.
    private void UseNetworkOfTheServerAsClusterNetwork()
    {
        Server.Objects.Create(
            ResourceType.Networks,
            TestObjects.Network("kube-system", "primary", Networks.Steered("primary", Plugin.Type))
        );
        Node.With("clusterNetwork", "primary");
        Node.Hocon = "multus.cluster.read-timeout = 2m\n";
        UseKubeconfig();
    }

    [RootFact]
    public async Task A_token_that_was_replaced_is_used_when_the_old_one_is_refused()
    {
        CreateNetwork("blue");
        var first = Server.Access.IssueToken();
        Node.With("kubeconfig", Files.KubeconfigWithTokenFile(first));
        await Node.StartDaemon();
        Files.ReplaceTokenFile(Server.Access.IssueToken());
        Server.Access.Revoke(first);
        Server.Watches.ResetAll();
        var pod = CreatePod("blue");

        (await Node.Add(pod)).Succeeded();

        Assert.Equal(["eth0", "net1"], Attached);
        Assert.NotNull(StatusOf(pod));
    }

    [RootFact]
    public async Task A_pod_that_may_not_be_read_is_not_taken_for_one_that_does_not_exist()
    {
        UseKubeconfig();
        await Node.StartDaemon();
        using var denied = Server.Access.Deny(new TestCluster.Access.DenyRule(Verb: "get", Resource: "pods"));
        var pod = Node.UnknownPod("unrecorded");

        var error = (await Node.Add(pod)).Error();

        Assert.Equal(TryAgainLater, error.Code);
        Assert.Empty(Plugin.Calls);
    }

    [RootFact]
    public async Task Without_any_cluster_the_daemon_says_which_three_there_are_and_ends_with_64()
    {
        Assert.Equal(BadConfiguration, await Node.LaunchDaemon().Exited());

        var line = await Node.Log.Line("there is no cluster");
        Assert.All(
            ["kubeconfig", "KUBERNETES_SERVICE_HOST", "manifestDir"],
            way => Assert.Contains(way, line, StringComparison.Ordinal)
        );
    }

    [RootFact]
    public async Task A_node_without_a_name_follows_all_pods_and_is_told_so()
    {
        CreateNetwork("blue");
        UseKubeconfig();
        Node.WithVariable("MULTUS_NODE_NAME", "");
        await Node.StartDaemon();
        var pod = CreatePod("blue");

        (await Node.Add(pod)).Succeeded();

        Assert.Equal(["eth0", "net1"], Attached);
        await Node.Log.Line("MULTUS_NODE_NAME is not set");
        Assert.DoesNotContain(
            Server.Journal.All,
            request =>
                request.Resource == ResourceType.Pods
                && request.Query.Contains("spec.nodeName", StringComparison.Ordinal)
        );
    }
}
