using Multus.Actors.Annotations;
using Multus.Actors.Cluster;
using Multus.Engine.Requests;

namespace Multus.Actors.Tests.Sandboxes;

/// <summary>The dialect of Tencent Kubernetes Engine from the pod's annotation to its status.</summary>
public class TkeDialectTests : SandboxFixture
{
    private const string StatusKey = "tke.cloud.tencent.com/networks-status";

    public TkeDialectTests()
    {
        Temp.File("conf.d/10-bridge.conf", """{"cniVersion":"1.0.0","name":"tke-bridge","type":"second"}""");
        Temp.File(
            "conf.d/20-eni.conflist",
            """{"cniVersion":"1.0.0","name":"tke-eni-cni","plugins":[{"type":"third"}]}"""
        );
        ExtraKeys = $",\"clusterNetwork\":\"\",\"defaultDelegates\":\"tke-bridge\",\"confDir\":\"{Temp["conf.d"]}\"";
    }

    [Fact]
    public async Task A_pod_without_the_annotation_gets_the_default_delegates_and_no_definition_is_looked_up()
    {
        var asked = new List<object>();
        Cluster = question =>
        {
            lock (asked)
                asked.Add(question);
            return ClusterOf([])(question);
        };

        Assert.IsType<CniReply.Attached>(await Attach(Sandboxes()));

        Assert.Equal(["ADD second eth0"], Plugins.Calls);
        Assert.All(asked, question => Assert.IsType<ClusterProtocol.FindPod>(question));
    }

    [Fact]
    public async Task The_annotation_replaces_them_and_the_status_goes_to_the_dialect_s_own_annotation()
    {
        var written = new List<string>();
        Annotations = question =>
        {
            lock (written)
            {
                written.Add(
                    question switch
                    {
                        AnnotationsProtocol.Publish publish =>
                            $"{publish.Annotation} {publish.Json.Contains("\"name\": \"tke-eni-cni\"", StringComparison.Ordinal)}",
                        AnnotationsProtocol.Clear clear => $"{clear.Annotation} cleared",
                        _ => "",
                    }
                );
            }

            return new AnnotationsProtocol.Reply.Stored();
        };
        Cluster = ClusterOf(
            new Dictionary<string, string> { ["tke.cloud.tencent.com/networks"] = "tke-eni-cni,tke-bridge" }
        );
        var sandboxes = Sandboxes();

        Assert.IsType<CniReply.Attached>(await Attach(sandboxes));
        Directory.Delete(Temp["conf.d"], recursive: true);
        Assert.IsType<CniReply.Done>(await Detach(sandboxes));

        Assert.Equal(["ADD third eth0", "ADD second eth1", "DEL second eth1", "DEL third eth0"], Plugins.Calls);
        Assert.Equal([$"{StatusKey} True", $"{StatusKey} cleared"], written);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task Status_asks_the_first_default_delegate()
    {
        Assert.IsType<CniReply.Done>(await Status(Sandboxes()));

        File.Delete(Temp["bin/second"]);
        Assert.Contains(
            "failed to find plugin \"second\"",
            Assert.IsType<CniReply.Refused>(await Status(Sandboxes())).Error.Text,
            StringComparison.Ordinal
        );
    }
}
