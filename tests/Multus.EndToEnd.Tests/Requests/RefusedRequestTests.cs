using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Requests;

/// <summary>What can be known to be wrong is refused before any delegate has run, and leaves no trace.</summary>
public sealed class RefusedRequestTests(ITestOutputHelper output) : NodeTest(output)
{
    [RootFact]
    public async Task A_plugin_that_is_not_installed_is_named_with_the_folders_that_were_searched()
    {
        Node.Manifests.Network("ghost-net", Networks.Steered("ghost-net", "ghost"));

        var error = await Refused("ghost-net");

        Assert.Contains("failed to find plugin \"ghost\" in path", error.Message, StringComparison.Ordinal);
        Assert.Contains(Node.Folders.Plugins, error.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task A_network_that_does_not_exist_is_named()
    {
        var error = await Refused("nowhere");

        Assert.Equal(7u, error.Code);
        Assert.Contains(
            "cannot find a network-attachment-definition (nowhere) in namespace (default)",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [RootFact]
    public async Task An_interface_name_that_is_taken_is_named_and_the_link_stays()
    {
        Node.Manifests.Network("fine", Networks.Steered("fine", "recorder"));

        var error = await Refused(
            "fine",
            pod => pod.Ip("link", "add", "net1", "type", "veth", "peer", "name", "other")
        );

        Assert.Contains("interface name net1 already exists", error.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task An_interface_that_is_asked_for_twice_is_named_with_both_networks()
    {
        Node.Manifests.Network("fine", Networks.Steered("fine", "recorder"));
        Node.Manifests.Network("good", Networks.Steered("good", "recorder"));

        var error = await Refused("fine@data0,good@data0");

        Assert.Equal(7u, error.Code);
        Assert.Contains(
            "data0 is asked for twice: by network default/fine and by network default/good",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [RootTheory]
    [InlineData("a/b/c", "more than one '/'")]
    [InlineData("""[{"name":"fine","ips":["10.0.0.300"]}]""", "10.0.0.300")]
    [InlineData("""[{"name":"fine"}""", "JSON")]
    [InlineData("[null]", "element 0")]
    public async Task An_annotation_that_cannot_be_read_is_refused_with_the_part_that_is_wrong(
        string annotation,
        string part
    )
    {
        Node.Manifests.Network("fine", Networks.Steered("fine", "recorder"));

        var error = await Refused(annotation);

        Assert.Equal(7u, error.Code);
        Assert.Contains("annotation k8s.v1.cni.cncf.io/networks", error.Message, StringComparison.Ordinal);
        Assert.Contains(part, error.Message + error.Details, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Edge_117_a_network_namespace_that_does_not_exist_is_named()
    {
        var error = await Refused(null, pod => pod.Dispose());

        Assert.Equal(8u, error.Code);
    }

    /// <summary>The error, after a look at what an ADD must not have done.</summary>
    private async Task<ShimError> Refused(string? networks, Action<TestPod>? before = null)
    {
        var recorder = Node.Steered("recorder");
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", "recorder")));
        var pod = Node.Pod(networks);
        before?.Invoke(pod);
        var links = File.Exists(pod.NetNs) ? pod.Links() : [];
        await Node.StartDaemon();

        var error = (await Node.Add(pod)).Error();

        Assert.Empty(recorder.Calls);
        Assert.Empty(Node.Folders.CniFiles());
        Assert.Equal(links, File.Exists(pod.NetNs) ? pod.Links() : []);
        return error;
    }
}
