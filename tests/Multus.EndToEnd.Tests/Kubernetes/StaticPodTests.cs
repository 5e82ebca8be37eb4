using System.Text.Json.Nodes;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestCluster.Objects;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Kubernetes;

/// <summary>
/// Pods from kubelet's own folder: the API server knows them by a mirror with another UID, or not at all (user-pain
/// 35).
/// </summary>
public sealed class StaticPodTests(ITestOutputHelper output) : ApiServerTest(output)
{
    private const string Hash = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

    [RootFact]
    public async Task Edge_111_a_static_pod_gets_the_networks_of_its_mirror_and_the_mirror_its_status()
    {
        CreateNetwork("blue");
        var pod = Node.UnknownPod("static", Hash);
        CreateMirror(pod, "blue");
        UseKubeconfig();
        await Node.StartDaemon();

        (await Node.Add(pod)).Succeeded();

        Assert.Equal(["eth0", "net1"], Attached);
        Assert.Contains("net1", StatusOf(pod)!, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task A_static_pod_whose_mirror_comes_late_waits_for_it()
    {
        CreateNetwork("blue");
        var pod = Node.UnknownPod("static", Hash);
        UseKubeconfig();
        Node.Hocon = "multus.cluster.mirror-wait = 2m\n";
        await Node.StartDaemon();

        var adding = Node.Add(pod);
        await Wait.For("the question about the pod", Answered(pod));
        CreateMirror(pod, "blue");

        (await adding).Succeeded();
        Assert.Equal(["eth0", "net1"], Attached);
    }

    /// <summary>
    /// Kubelet replaces the mirror when the manifest changes; the old one has the old manifest's networks, and must not
    /// get the new pod's status.
    /// </summary>
    [RootFact]
    public async Task A_static_pod_whose_manifest_was_changed_waits_for_the_mirror_of_the_new_one()
    {
        CreateNetwork("blue");
        var pod = Node.UnknownPod("static", Hash);
        CreateMirror(pod, "", mirrored: "hash-of-the-manifest-before");
        UseKubeconfig();
        Node.Hocon = "multus.cluster.mirror-wait = 2m\n";
        await Node.StartDaemon();

        var adding = Node.Add(pod);
        await Wait.For("the question about the pod", Answered(pod));
        Assert.Empty(Attached);
        Server.Objects.Delete(ResourceType.Pods, pod.Namespace, pod.Name);
        CreateMirror(pod, "blue");

        (await adding).Succeeded();
        Assert.Equal(["eth0", "net1"], Attached);
        Assert.Contains("blue", StatusOf(pod)!, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task A_static_pod_without_a_mirror_gets_the_cluster_network_only_and_the_log_says_so()
    {
        var pod = Node.UnknownPod("static", Hash);
        UseKubeconfig();
        Node.Hocon = "multus.cluster.mirror-wait = 100ms\n";
        await Node.StartDaemon();

        var result = (await Node.Add(pod)).Result();

        Assert.Equal(["eth0"], Attached);
        Assert.DoesNotContain("0.0.0.0", result.ToString(), StringComparison.Ordinal);
        Assert.Contains(
            "gets the cluster network only",
            await Node.Log.Line($"pod default/{pod.Name} of sandbox {pod.Sandbox}"),
            StringComparison.Ordinal
        );
        Assert.Empty(Server.Journal.Writes(ResourceType.Pods));
        (await Node.Del(pod)).Succeeded();
    }

    private void CreateMirror(TestPod pod, string networks, string mirrored = Hash)
    {
        var mirror = TestObjects.Pod(pod.Namespace, pod.Name, networks, NodeName);
        var annotations = mirror["metadata"]!["annotations"]!.AsObject();
        annotations["kubernetes.io/config.source"] = JsonValue.Create("file");
        annotations["kubernetes.io/config.mirror"] = JsonValue.Create(mirrored);
        Server.Objects.Create(ResourceType.Pods, mirror);
    }

    private async Task<bool> Answered(TestPod pod)
    {
        await Server.Journal.WhenSeenAsync(request => request.Verb == "get" && request.Name == pod.Name);
        return true;
    }
}
