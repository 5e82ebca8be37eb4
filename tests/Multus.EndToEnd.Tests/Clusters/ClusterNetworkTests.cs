using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Clusters;

/// <summary>Where the cluster network's configuration may be.</summary>
public sealed class ClusterNetworkTests(ITestOutputHelper output) : NodeTest(output)
{
    [RootFact]
    public async Task A_folder_gives_its_first_configuration_that_can_be_read()
    {
        Node.ClusterNetwork("this is no JSON", "folder/05-broken.conf");
        Node.ClusterNetwork(Networks.Steered("not-this", "recorder"), "folder/20-second.conf");
        var first = Node.ClusterNetwork(
            """{"cniVersion":"1.0.0","name":"this","plugins":[{"type":"recorder"}]}""",
            "folder/10-first.conflist"
        );

        Assert.Equal("this", await NameOfClusterNetwork(Path.GetDirectoryName(first)!));
    }

    [RootFact]
    public async Task A_name_is_a_network_of_the_cluster()
    {
        Node.Manifests.Network("flat", """{"cniVersion":"1.0.0","type":"recorder"}""", ns: "kube-system");

        Assert.Equal("flat", await NameOfClusterNetwork("flat"));
    }

    [RootFact]
    public async Task A_file_that_is_not_there_is_named_in_the_error()
    {
        var missing = Path.Combine(Node.Folders.Root, "nowhere", "10-missing.conf");
        Node.With("clusterNetwork", missing);
        await Node.StartDaemon();

        var error = (await Node.Add(Node.Pod())).Error();

        Assert.Equal(7u, error.Code);
        Assert.Contains($"clusterNetwork {missing} cannot be read", error.Message, StringComparison.Ordinal);
    }

    private async Task<string?> NameOfClusterNetwork(string clusterNetwork)
    {
        var recorder = Node.Steered("recorder");
        Node.With("clusterNetwork", clusterNetwork);
        var pod = Node.Pod();
        await Node.StartDaemon();
        (await Node.Add(pod)).Succeeded();
        return Assert.Single(recorder.Calls).Config.GetProperty("name").GetString();
    }
}
