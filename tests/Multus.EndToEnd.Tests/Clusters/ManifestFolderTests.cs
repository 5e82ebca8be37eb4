using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Clusters;

/// <summary>The cluster in a folder, as a user of podman or nerdctl writes it.</summary>
public sealed class ManifestFolderTests(ITestOutputHelper output) : NodeTest(output)
{
    [RootFact]
    public async Task A_pod_that_the_folder_does_not_know_gets_the_cluster_network_only_and_the_log_says_so()
    {
        var plugin = PluginOfAllNetworks();
        var pod = Node.UnknownPod("stranger");
        await Node.StartDaemon();

        (await Node.Add(pod)).Succeeded();

        Assert.Equal(["eth0"], plugin.Calls.Select(call => call.IfName));
        Assert.Contains("gets the cluster network only", await Node.Log.Line($"pod default/{pod.Name} of sandbox {pod.Sandbox}"), StringComparison.Ordinal);
        Assert.Empty(Node.Folders.StatusFiles());
    }

    [RootFact]
    public async Task Manifests_written_just_before_the_ADD_are_seen()
    {
        var plugin = PluginOfAllNetworks();
        await Node.StartDaemon();

        Node.Manifests.Network("new-net", Networks.Steered("new-net", plugin.Type));
        var pod = Node.Pod("new-net");
        (await Node.Add(pod)).Succeeded();

        Assert.Equal(["eth0", "net1"], plugin.Calls.Select(call => call.IfName));
    }

    [RootFact]
    public async Task Manifests_edited_just_before_the_ADD_are_seen_as_they_are_now()
    {
        var plugin = PluginOfAllNetworks();
        Node.Manifests.Network("some-net", Networks.Steered("before", plugin.Type));
        var pod = Node.Pod("some-net");
        await Node.StartDaemon();

        Node.Manifests.Network("some-net", Networks.Steered("after", plugin.Type));
        Node.Manifests.Pod(pod, "some-net@data0");
        (await Node.Add(pod)).Succeeded();

        Assert.Equal(["eth0", "data0"], plugin.Calls.Select(call => call.IfName));
        Assert.Equal("after", plugin.Calls[^1].Config.GetProperty("name").GetString());
    }

    [RootFact]
    public async Task A_broken_manifest_is_named_in_the_log_and_hides_no_other()
    {
        var plugin = PluginOfAllNetworks();
        Node.Manifests.Network("some-net", Networks.Steered("some-net", plugin.Type));
        Node.Manifests.Write("00-broken.yaml", "apiVersion: v1\nkind: Pod\n  metadata: [\n");
        var pod = Node.Pod("some-net");
        await Node.StartDaemon();

        (await Node.Add(pod)).Succeeded();

        Assert.Equal(["eth0", "net1"], plugin.Calls.Select(call => call.IfName));
        await Node.Log.Line("00-broken.yaml is not used");
    }

    [RootFact]
    public async Task Several_documents_of_one_file_all_count()
    {
        var plugin = PluginOfAllNetworks();
        var pod = Node.UnknownPod("pod");
        Node.Manifests.Write("all.yaml", $$"""
            # a user's file
            apiVersion: k8s.cni.cncf.io/v1
            kind: NetworkAttachmentDefinition
            metadata:
              name: some-net
            spec:
              config: |
                {{Networks.Steered("some-net", plugin.Type)}}
            ---
            apiVersion: v1
            kind: Pod
            metadata:
              name: {{pod.Name}}
              annotations:
                k8s.v1.cni.cncf.io/networks: some-net@data0
            spec: {}
            """);
        await Node.StartDaemon();

        (await Node.Add(pod)).Succeeded();

        Assert.Equal(["eth0", "data0"], plugin.Calls.Select(call => call.IfName));
    }

    private SteeredPlugin PluginOfAllNetworks()
    {
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", "recorder")));
        return Node.Steered("recorder");
    }
}
