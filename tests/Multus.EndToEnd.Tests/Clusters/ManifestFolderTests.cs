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
        var pod = Node.UnknownPod("unknown");
        await Node.StartDaemon();

        (await Node.Add(pod)).Succeeded();

        Assert.Equal(["eth0"], plugin.Calls.Select(call => call.IfName));
        Assert.Contains(
            "gets the cluster network only",
            await Node.Log.Line($"pod default/{pod.Name} of sandbox {pod.Sandbox}"),
            StringComparison.Ordinal
        );
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
    public async Task A_broken_manifest_refuses_who_may_be_in_it_until_it_is_mended_and_nobody_else()
    {
        var plugin = PluginOfAllNetworks();
        Node.Manifests.Network("some-net", Networks.Steered("some-net", plugin.Type));
        var (known, unknown) = (Node.Pod("some-net"), Node.UnknownPod("unknown"));
        await Node.StartDaemon();
        Node.Manifests.Write("00-broken.yaml", "apiVersion: v1\nkind: Pod\n  metadata: [\n");

        (await Node.Add(known)).Succeeded();
        var refused = (await Node.Add(unknown)).Error();

        Assert.Equal(["eth0", "net1"], plugin.Calls.Select(call => call.IfName));
        Assert.Equal(11u, refused.Code);
        Assert.StartsWith(
            "manifest 00-broken.yaml, line 3, cannot be used: not YAML",
            refused.Message,
            StringComparison.Ordinal
        );
        await Node.Log.Line("00-broken.yaml, line 3, cannot be used");
        using (var ready = await Node.Client.Send(HttpMethod.Get, "/readyz"))
        {
            Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            Assert.Contains(
                "00-broken.yaml, line 3:",
                await ready.Content.ReadAsStringAsync(),
                StringComparison.Ordinal
            );
        }

        Assert.True(await Node.Client.IsFine("/healthz"));
        Node.Manifests.Pod(unknown, "some-net");
        Node.Manifests.Write("00-broken.yaml", "# mended\n");
        (await Node.Add(unknown)).Succeeded();
        Assert.Equal(2, plugin.Calls.Count(call => call.IfName == "net1"));
        Assert.True(await Node.Client.IsFine("/readyz"));
    }

    [RootFact]
    public async Task A_pod_that_asks_for_a_network_with_a_fault_is_not_attached_with_less()
    {
        var plugin = PluginOfAllNetworks();
        await Node.StartDaemon();
        Node.Manifests.Write(
            "nad.yaml",
            "apiVersion: k8s.cni.cncf.io/v1\nkind: NetworkAttachmentDefinition\nmetadata: {name: map}\nspec: {config: {type: macvlan}}\n"
        );
        var pod = Node.Pod("map");
        var before = Node.Remains(pod);

        var refused = (await Node.Add(pod)).Error();

        Assert.Equal(11u, refused.Code);
        Assert.StartsWith(
            "manifest nad.yaml, line 4, cannot be used: 'spec.config' is a map, must be a string",
            refused.Message,
            StringComparison.Ordinal
        );
        Assert.Empty(plugin.Calls);
        Assert.Equal(before, Node.Remains(pod));
    }

    [RootFact]
    public async Task A_pod_whose_status_could_have_no_file_is_refused_at_once_and_its_DEL_leaves_nothing()
    {
        var plugin = PluginOfAllNetworks();
        await Node.StartDaemon();
        var pod = Node.UnknownPod(new string('a', 248));
        Node.Manifests.Write(
            "long.yaml",
            $"apiVersion: v1\nkind: Pod\nmetadata: {{name: {pod.Name}, namespace: {pod.Namespace}}}\n"
        );
        var before = Node.Remains(pod);

        var refused = (await Node.Add(pod)).Error();

        Assert.Equal(4u, refused.Code);
        Assert.Contains("is too long", refused.Message, StringComparison.Ordinal);
        Assert.Empty(plugin.Calls);
        (await Node.Del(pod)).Succeeded();
        Assert.Equal(before, Node.Remains(pod));
    }

    [RootFact]
    public async Task Several_documents_of_one_file_all_count()
    {
        var plugin = PluginOfAllNetworks();
        var pod = Node.UnknownPod("pod");
        Node.Manifests.Write(
            "all.yaml",
            $$"""
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
            """
        );
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
