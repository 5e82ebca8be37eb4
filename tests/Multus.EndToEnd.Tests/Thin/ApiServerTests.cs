using System.Text.Json;
using Multus.EndToEnd.Tests.Kubernetes;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestCluster.Access;
using Multus.TestCluster.Faults;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Statuses;
using Multus.TestSupport;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Thin;

/// <summary>What the thin plugin asks an API server for, and what becomes of a pod when it is not answered.</summary>
public sealed class ApiServerTests(ITestOutputHelper output) : ApiServerTest(output, Flavour.Thin)
{
    [RootFact]
    public async Task An_ADD_asks_for_the_pod_once_and_for_each_network_once_and_writes_one_patch_and_one_event()
    {
        CreateNetwork("blue");
        CreateNetwork("red");
        UseKubeconfig();
        var pod = CreatePod("blue,red@data0,blue@data1");

        (await Node.Add(pod)).Succeeded();

        Assert.Equal(["eth0", "net1", "data0", "data1"], Attached);
        Assert.Equal(
            [
                "create events",
                "get network-attachment-definitions blue",
                "get network-attachment-definitions red",
                $"get pods {pod.Name}",
                $"patch pods {pod.Name}/status",
            ],
            Server.Journal.All.Select(Short).Order(StringComparer.Ordinal)
        );
        Assert.All(
            Server.Journal.All,
            request => Assert.StartsWith("multus/", request.UserAgent, StringComparison.Ordinal)
        );
        Assert.Single(Server.Journal.All.Select(request => request.ConnectionId).Distinct());
        using var status = JsonDocument.Parse(StatusOf(pod)!);
        Assert.Equal(4, status.RootElement.GetArrayLength());
    }

    /// <summary>To read all that a system trusts costs several times what the rest of an ADD does.</summary>
    [RootFact]
    public async Task What_the_node_trusts_is_not_read_where_the_kubeconfig_names_an_authority()
    {
        var trusted = Node.Folders.Write("trusted/one.pem", Server.Identity.Authority.Pem);
        Node.WithVariable("SSL_CERT_DIR", Path.GetDirectoryName(trusted)!);
        CreateNetwork("blue");
        UseKubeconfig();
        var before = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastAccessTimeUtc(trusted, before);

        (await Node.Add(CreatePod("blue"))).Succeeded();

        Assert.Equal(before, File.GetLastAccessTimeUtc(trusted));
        await File.ReadAllTextAsync(trusted);
        Assert.NotEqual(before, File.GetLastAccessTimeUtc(trusted)); // who reads it can be seen
    }

    [RootFact]
    public async Task CHECK_and_DEL_ask_nobody()
    {
        CreateNetwork("blue");
        UseKubeconfig();
        var pod = CreatePod("blue");
        (await Node.Add(pod)).Succeeded();
        Server.Journal.Clear();
        await Server.StopAsync();

        (await Node.Del(pod)).Succeeded();
        (await Node.Del(pod)).Succeeded();
        (await Node.Del(Node.UnknownPod("unrecorded"))).Succeeded();

        Assert.Equal(["ADD", "ADD", "DEL", "DEL", "DEL"], Plugin.Calls.Select(call => call.Command)); // the last: the cluster network's
        Assert.Empty(Node.Folders.CniFiles());
        Assert.Empty(Server.Journal.All);
    }

    [RootFact]
    public async Task While_the_API_server_is_away_an_ADD_is_to_be_tried_again_and_nothing_is_attached()
    {
        CreateNetwork("blue");
        UseKubeconfig();
        var pod = CreatePod("blue");
        await Server.StopAsync();

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
    public async Task A_silent_API_server_holds_up_an_ADD_no_longer_than_its_question_may_take_and_a_DEL_not_at_all()
    {
        UseKubeconfig();
        Node.WithJson("apiTimeoutSeconds", "0.3");
        var pod = CreatePod(null);
        Server.Connections.Stall();
        try
        {
            var error = (await Node.Add(pod)).Error();

            Assert.Equal(TryAgainLater, error.Code);
            Assert.Contains("no answer within 0.3 s", error.Message + error.Details, StringComparison.Ordinal);
            (await Node.Del(pod)).Succeeded();
        }
        finally
        {
            Server.Connections.Resume();
        }
    }

    [RootFact]
    public async Task A_status_that_may_be_written_later_fails_the_ADD_which_is_undone()
    {
        UseKubeconfig();
        var pod = CreatePod(null);
        using var broken = Server.Faults.Always(
            request => request.Verb == "patch",
            new FaultAction.Answer(500, "the disk of etcd is full")
        );

        var error = (await Node.Add(pod)).Error();

        Assert.Equal(TryAgainLater, error.Code);
        Assert.Contains("network-status of pod default/", error.Message, StringComparison.Ordinal);
        Assert.Equal(["ADD", "DEL"], Plugin.Calls.Select(call => call.Command));
        Assert.Empty(Node.Folders.CniFiles());
        Assert.Null(StatusOf(pod));
    }

    [RootFact]
    public async Task A_status_that_may_not_be_written_is_logged_and_the_pod_has_its_networks()
    {
        UseKubeconfig();
        var pod = CreatePod(null);
        using var patch = Server.Access.Deny(new DenyRule(Verb: "patch", Resource: "pods/status"));
        using var update = Server.Access.Deny(new DenyRule(Verb: "update", Resource: "pods/status"));

        (await Node.Add(pod)).Succeeded();

        Assert.Equal(["eth0"], Attached);
        Assert.Null(StatusOf(pod));
        await Node.Log.Line("network-status");
    }

    [RootFact]
    public async Task An_event_that_is_refused_fails_nothing()
    {
        UseKubeconfig();
        var pod = CreatePod(null);
        using var denied = Server.Access.Deny(new DenyRule(Verb: "create", Resource: "events"));

        (await Node.Add(pod)).Succeeded();

        await Node.Log.Line($"an event about pod default/{pod.Name} could not be posted");
    }

    [RootFact]
    public async Task A_static_pod_gets_the_networks_of_its_mirror_and_the_mirror_its_status_in_one_patch()
    {
        const string hash = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
        CreateNetwork("blue");
        UseKubeconfig();
        var pod = Node.UnknownPod("static", hash);
        var mirror = TestObjects.Pod(pod.Namespace, pod.Name, "blue", NodeName);
        mirror["metadata"]!["annotations"]!["kubernetes.io/config.source"] = "file";
        mirror["metadata"]!["annotations"]!["kubernetes.io/config.mirror"] = hash;
        Server.Objects.Create(ResourceType.Pods, mirror);

        (await Node.Add(pod)).Succeeded();

        Assert.Equal(["eth0", "net1"], Attached);
        Assert.Contains("net1", StatusOf(pod)!, StringComparison.Ordinal);
        Assert.Single(Server.Journal.Writes(ResourceType.Pods));
        Assert.Equal(
            1,
            Server.Journal.Count(request => request is { Verb: "get", Resource: var r } && r == ResourceType.Pods)
        );
    }

    [RootFact]
    public async Task A_sandbox_of_a_pod_that_was_made_again_since_is_to_be_tried_again()
    {
        UseKubeconfig();
        var before = Node.UnknownPod("pod");
        using var after = new TestPod(before.Name, before.Namespace);
        Create(after, networks: null);

        var error = (await Node.Add(before)).Error();

        Assert.Equal(TryAgainLater, error.Code);
        Assert.Contains(
            $"expected pod UID \"{before.Uid}\" but got \"{after.Uid}\"",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Empty(Plugin.Calls);
    }

    [RootFact]
    public async Task Without_any_cluster_inline_delegates_are_attached_and_a_cluster_network_is_refused()
    {
        var pod = Node.UnknownPod("pod");

        var refused = (await Node.Add(pod)).Error();
        Node.Without("clusterNetwork").WithJson("delegates", $"[{Networks.Steered("cluster", Plugin.Type)}]");
        (await Node.Add(pod)).Succeeded();

        Assert.Equal(7u, refused.Code);
        Assert.StartsWith("must have either Kubernetes config or delegates", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["eth0"], Attached);
    }

    private static string Short(TestCluster.Journal.RequestRecord request)
    {
        var name = request.Verb == "create" ? "" : $" {request.Name}";
        var part = request.Subresource.Length == 0 ? "" : $"/{request.Subresource}";
        return $"{request.Verb} {request.Path.Split('/').SkipWhile(p => p != "namespaces").ElementAt(2)}{name}{part}";
    }
}
