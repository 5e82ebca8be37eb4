using Multus.Actors.Cluster;
using Multus.Cni;
using Multus.Engine.Requests;

namespace Multus.Actors.Tests.Sandboxes;

/// <summary>
/// Where the networks of an ADD and of STATUS come from: cluster, confDir, files and folders (edge-cases.md E).
/// </summary>
public class NetworkSourceTests : SandboxFixture
{
    private static readonly Dictionary<string, string> AsksForSecond = new()
    {
        ["k8s.v1.cni.cncf.io/networks"] = "second",
    };

    public NetworkSourceTests() => ExtraKeys = $",\"confDir\":\"{Temp["conf.d"]}\"";

    [Fact]
    public async Task Edge_079_a_definition_without_a_configuration_is_attached_with_that_of_its_name_in_confDir()
    {
        Temp.File("conf.d/20-second.conf", """{"cniVersion":"1.0.0","name":"second","type":"second"}""");
        Cluster = ClusterOf(AsksForSecond, ("ns", "second", ""));

        Assert.IsType<CniReply.Attached>(await Attach(Sandboxes()));
        Assert.Equal(["ADD cluster eth0", "ADD second net1"], Plugins.Calls);
    }

    [Fact]
    public async Task Edge_088_a_definition_whose_configuration_is_nowhere_fails_before_any_delegate_runs()
    {
        Cluster = ClusterOf(AsksForSecond, ("ns", "second", ""));

        var refused = Assert.IsType<CniReply.Refused>(await Attach(Sandboxes()));

        Assert.Contains(Temp["conf.d"], refused.Error.Message, StringComparison.Ordinal);
        Assert.Empty(Plugins.Calls);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task Edge_084_the_cluster_network_by_name_is_taken_from_confDir_when_the_cluster_has_none_of_the_name()
    {
        Temp.File("conf.d/10-x.conf", """{"cniVersion":"1.0.0","name":"flat","type":"third"}""");
        ExtraKeys += ",\"clusterNetwork\":\"flat\"";
        Cluster = ClusterOf([]);

        Assert.IsType<CniReply.Attached>(await Attach(Sandboxes()));
        Assert.Equal(["ADD third eth0"], Plugins.Calls);
    }

    [Fact]
    public async Task A_cluster_that_cannot_be_asked_is_no_reason_to_take_the_file_of_that_name()
    {
        Temp.File("conf.d/10-x.conf", """{"cniVersion":"1.0.0","name":"flat","type":"third"}""");
        ExtraKeys += ",\"clusterNetwork\":\"flat\"";
        Cluster = question =>
            question is ClusterProtocol.FindNetworks
                ? new ClusterProtocol.NetworksReply.Failed(
                    new CniError(CniErrorCode.TryAgainLater, "the source is away")
                )
                : AnswerCluster(question);

        Assert.Equal(CniErrorCode.TryAgainLater, Assert.IsType<CniReply.Refused>(await Attach(Sandboxes())).Error.Code);
        Assert.Empty(Plugins.Calls);
    }

    [Fact]
    public async Task Edge_101_the_cluster_network_from_a_list_runs_the_plugins_beside_it_and_the_DEL_too()
    {
        var list = Temp.File(
            "net.d/10-chain.conflist",
            """{"cniVersion":"1.0.0","name":"chain","plugins":[{"type":"cluster"}]}"""
        );
        Temp.File("net.d/chain/10-second.conf", """{"type":"second"}""");
        ExtraKeys += $",\"clusterNetwork\":\"{list}\"";
        Cluster = ClusterOf([]);
        var sandboxes = Sandboxes();

        Assert.IsType<CniReply.Attached>(await Attach(sandboxes));
        File.Delete(list);
        Assert.IsType<CniReply.Done>(await Detach(sandboxes));

        Assert.Equal(["ADD cluster eth0", "ADD second eth0", "DEL second eth0", "DEL cluster eth0"], Plugins.Calls);
    }

    [Fact]
    public async Task A_broken_plugin_beside_the_cluster_network_fails_before_any_delegate_runs()
    {
        var list = Temp.File(
            "net.d/10-chain.conflist",
            """{"cniVersion":"1.0.0","name":"chain","plugins":[{"type":"cluster"}]}"""
        );
        var broken = Temp.File("net.d/chain/10-second.conf", "{");
        ExtraKeys += $",\"clusterNetwork\":\"{list}\"";

        var refused = Assert.IsType<CniReply.Refused>(await Attach(Sandboxes()));

        Assert.StartsWith(
            $"clusterNetwork {list} cannot be used: its plugin {broken}: ",
            refused.Error.Message,
            StringComparison.Ordinal
        );
        Assert.Empty(Plugins.Calls);
    }

    [Fact]
    public async Task Edge_085_the_cluster_network_from_a_folder_is_its_first_usable_file()
    {
        Temp.File("net.d/05-broken.conf", "{");
        Temp.File("net.d/10-first.conf", """{"cniVersion":"1.0.0","name":"first","type":"third"}""");
        ExtraKeys += $",\"clusterNetwork\":\"{Temp["net.d"]}\"";
        Cluster = ClusterOf([]);

        Assert.IsType<CniReply.Attached>(await Attach(Sandboxes()));
        Assert.Equal(["ADD third eth0"], Plugins.Calls);
    }

    [Fact]
    public async Task Status_knows_the_cluster_network_in_confDir_and_says_when_it_is_nowhere()
    {
        ExtraKeys += ",\"clusterNetwork\":\"flat\"";
        Cluster = ClusterOf([]);
        var sandboxes = Sandboxes();
        Assert.Contains(
            "clusterNetwork flat",
            Assert.IsType<CniReply.Refused>(await Status(sandboxes)).Error.Message,
            StringComparison.Ordinal
        );

        Temp.File("conf.d/10-x.conf", """{"cniVersion":"1.0.0","name":"flat","type":"third"}""");

        Assert.IsType<CniReply.Done>(await Status(sandboxes));
    }

    [Fact]
    public async Task Edge_082_default_networks_are_attached_between_the_cluster_network_and_the_pod_s_own()
    {
        var file = Temp.File("net.d/third.conf", """{"cniVersion":"1.0.0","name":"third","type":"third"}""");
        ExtraKeys += $",\"defaultNetworks\":[\"{file}\"],\"attachMode\":\"sequential\"";
        Cluster = ClusterOf(AsksForSecond, ("ns", "second", """{"cniVersion":"1.0.0","type":"second"}"""));

        Assert.IsType<CniReply.Attached>(await Attach(Sandboxes()));
        Assert.Equal(["ADD cluster eth0", "ADD third net1", "ADD second net2"], Plugins.Calls);
    }

    [Fact]
    public async Task A_default_network_that_cannot_be_read_fails_before_any_delegate_runs()
    {
        ExtraKeys += $",\"defaultNetworks\":[\"{Temp["nowhere.conf"]}\"]";

        var refused = Assert.IsType<CniReply.Refused>(await Attach(Sandboxes()));

        Assert.StartsWith(
            $"defaultNetworks {Temp["nowhere.conf"]} cannot be read: ",
            refused.Error.Message,
            StringComparison.Ordinal
        );
        Assert.Empty(Plugins.Calls);
    }

    [Fact]
    public async Task Status_asks_for_the_cluster_network_only()
    {
        ExtraKeys += $",\"defaultNetworks\":[\"{Temp["nowhere.conf"]}\"]";

        Assert.IsType<CniReply.Done>(await Status(Sandboxes()));
    }

    [Fact]
    public async Task Edge_091_the_pod_s_own_default_network_replaces_the_cluster_network_and_gives_the_answer_and_the_DEL_takes_it_away()
    {
        Cluster = ClusterOf(
            new() { ["v1.multus-cni.io/default-network"] = "third@north", ["k8s.v1.cni.cncf.io/networks"] = "second" },
            ("kube-system", "third", """{"cniVersion":"1.0.0","type":"third"}"""),
            ("ns", "second", """{"cniVersion":"1.0.0","type":"second"}""")
        );
        var sandboxes = Sandboxes();

        var attached = Assert.IsType<CniReply.Attached>(await Attach(sandboxes));
        Assert.IsType<CniReply.Done>(await Detach(sandboxes));

        Assert.Equal("north", Assert.Single(attached.Result.Interfaces).Name);
        Assert.Equal(["ADD third north", "ADD second net1", "DEL second net1", "DEL third north"], Plugins.Calls);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task Edge_094_a_default_network_annotation_that_names_none_fails_before_any_delegate_runs()
    {
        Cluster = ClusterOf(new() { ["v1.multus-cni.io/default-network"] = "" });

        Assert.Contains(
            "names no network",
            Assert.IsType<CniReply.Refused>(await Attach(Sandboxes())).Error.Message,
            StringComparison.Ordinal
        );
        Assert.Empty(Plugins.Calls);
    }
}
