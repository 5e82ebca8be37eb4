using Multus.Cni;
using Multus.Engine.Requests;

namespace Multus.Actors.Tests.Sandboxes;

/// <summary>The auxiliary chain from its folder to the DEL (attach.md §11).</summary>
public class AuxiliaryChainTests : SandboxFixture
{
    public AuxiliaryChainTests() => ExtraKeys = ",\"auxiliaryCNIChainName\":\"vendor\"";

    [Fact]
    public async Task It_runs_after_everything_else_and_the_delete_runs_the_chain_that_was_used()
    {
        Temp.File("vendor/10-third.conf", """{"type":"third"}""");
        Temp.File("vendor/readme.txt", "no plugin");
        Cluster = ClusterOf(
            new() { ["k8s.v1.cni.cncf.io/networks"] = "second" },
            ("ns", "second", """{"cniVersion":"1.0.0","type":"second"}""")
        );
        var sandboxes = Sandboxes();

        Assert.IsType<CniReply.Attached>(await Attach(sandboxes));
        Directory.Delete(Temp["vendor"], recursive: true);
        Temp.File("vendor/10-second.conf", """{"type":"second"}""");
        Assert.IsType<CniReply.Done>(await Detach(sandboxes));

        Assert.Equal(
            [
                "ADD cluster eth0",
                "ADD second net1",
                "ADD third net2",
                "DEL third net2",
                "DEL second net1",
                "DEL cluster eth0",
            ],
            Plugins.Calls
        );
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task Its_folder_is_in_the_cluster_network_s_folder()
    {
        Temp.File("net.d/10-first.conf", """{"cniVersion":"1.0.0","name":"first","type":"cluster"}""");
        Temp.File("net.d/vendor/10-third.conf", """{"type":"third"}""");
        Temp.File("vendor/10-second.conf", """{"type":"second"}"""); // beside the folder, not in it
        ExtraKeys += $",\"clusterNetwork\":\"{Temp["net.d"]}\"";
        Cluster = ClusterOf([]);

        Assert.IsType<CniReply.Attached>(await Attach(Sandboxes()));

        Assert.Equal(["ADD cluster eth0", "ADD third net1"], Plugins.Calls);
    }

    [Fact]
    public async Task Check_leaves_out_the_chain_whose_interface_does_not_exist()
    {
        Temp.File("vendor/10-third.conf", """{"type":"third"}""");
        Cluster = ClusterOf([]);
        var sandboxes = Sandboxes();
        Assert.IsType<CniReply.Attached>(await Attach(sandboxes));
        Plugins.Calls.Clear();

        Assert.IsType<CniReply.Done>(await Check(sandboxes));
        Assert.Equal(["CHECK cluster eth0"], Plugins.Calls);
    }

    [Fact]
    public async Task A_plugin_that_cannot_be_loaded_fails_the_ADD_before_any_delegate_runs_and_STATUS_too()
    {
        var broken = Temp.File("vendor/10-third.conf", "{");

        Assert.Contains(
            broken,
            Assert.IsType<CniReply.Refused>(await Attach(Sandboxes())).Error.Text,
            StringComparison.Ordinal
        );
        var status = Assert.IsType<CniReply.Refused>(await Status(Sandboxes()));
        Assert.Contains(broken, status.Error.Text, StringComparison.Ordinal);
        Assert.Equal(CniErrorCode.PluginNotAvailable, status.Error.Code);
        Assert.Empty(Plugins.Calls);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task Edge_103_without_a_file_there_is_no_chain()
    {
        Cluster = ClusterOf([]);

        Assert.IsType<CniReply.Attached>(await Attach(Sandboxes()));
        Assert.Equal(["ADD cluster eth0"], Plugins.Calls);
    }

    [Fact]
    public async Task Without_a_file_of_its_binary_a_plugin_in_the_chain_fails_the_ADD_before_any_delegate_runs()
    {
        Temp.File("vendor/10-x.conf", """{"type":"not-installed"}""");
        Cluster = ClusterOf([]);

        Assert.Contains(
            "failed to find plugin \"not-installed\"",
            Assert.IsType<CniReply.Refused>(await Attach(Sandboxes())).Error.Text,
            StringComparison.Ordinal
        );
        Assert.Empty(Plugins.Calls);
    }
}
