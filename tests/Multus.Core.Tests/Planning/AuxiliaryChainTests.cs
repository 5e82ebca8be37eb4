using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Core.Configuration;
using Multus.Core.Networks;
using Multus.Core.Planning;
using Multus.Core.Pods;
using Multus.Core.Records;

namespace Multus.Core.Tests.Planning;

/// <summary>The chain that runs last for every pod (attach.md §11).</summary>
public sealed class AuxiliaryChainTests
{
    private const string Key = ",\"auxiliaryCNIChainName\":\"vendor\"";
    private static readonly FoundFile Tuning = File(
        "10-tuning.conf",
        """{"type":"tuning","sysctl":{"net.ipv4.conf.eth0.arp_filter":"1"}}"""
    );
    private static readonly NetworkAttachmentDefinition Bridge = Samples.Nad("test", "bridge-conf", Samples.BridgeConf);

    [Fact]
    public void It_has_a_neutral_head_and_the_plugins_of_its_folder()
    {
        var chain = Chain(Key);

        Assert.Equal(("vendor", "/etc/cni/net.d/vendor"), (chain.Name, chain.Folder));
        var network = chain.Complete([Tuning, File("20-x.conf", """{"type":"vrf"}""")]);
        Assert.Equal(
            ("vendor", "0.3.1", "passthru,tuning,vrf"),
            (network?.Name, network?.CniVersionText, network?.Types)
        );
    }

    [Theory]
    [InlineData("/etc/cni/net.d")]
    [InlineData("/etc/cni/net.d/")]
    [InlineData("/etc/cni/net.d/10-blue.conflist")]
    public void Its_folder_is_in_the_cluster_networks_folder_or_beside_its_file(string clusterNetwork) =>
        Assert.Equal(
            "/etc/cni/net.d/vendor",
            AuxiliaryChain.Of(Parse($"\"clusterNetwork\":\"{clusterNetwork}\"{Key}"), IsFolder)?.Folder
        );

    [Fact]
    public void Without_plugins_there_is_no_chain() => Assert.Null(Chain(Key).Complete([]));

    [Theory]
    [InlineData("", "1.0.0")]
    [InlineData(",\"cniVersion\":\"0.2.0\"", "1.0.0")]
    [InlineData(",\"cniVersion\":\"1.1.0\"", "1.1.0")]
    public void Its_plugins_are_never_spoken_to_in_a_version_without_chains(string version, string expected) =>
        Assert.Equal(
            expected,
            AuxiliaryChain.Of(Parse($"\"clusterNetwork\":\"/a/b.conf\"{Key}{version}"), IsFolder)?.Version.ToString()
        );

    [Theory]
    [InlineData(
        "\"clusterNetwork\":\"flat\",\"auxiliaryCNIChainName\":\"vendor\"",
        "needs a clusterNetwork that is a path"
    )]
    [InlineData(
        "\"delegates\":[{\"name\":\"a\",\"type\":\"b\"}],\"auxiliaryCNIChainName\":\"vendor\"",
        "needs a clusterNetwork that is a path"
    )]
    [InlineData("\"clusterNetwork\":\"/a/b.conf\",\"auxiliaryCNIChainName\":\"../x\"", "must be letters, digits")]
    public void Edge_104_a_chain_that_can_have_no_folder_is_an_error(string keys, string shown) =>
        Assert.Contains(
            shown,
            Assert.Throws<CniException>(() => AuxiliaryChain.Of(Parse(keys), IsFolder)).Error.Text,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("{", "20-bad.conf cannot be used")]
    [InlineData("{}", "missing 'type'")]
    [InlineData(null, "20-bad.conf cannot be read: no permission")]
    public void A_plugin_that_cannot_be_loaded_is_an_error_and_not_left_out(string? content, string shown)
    {
        var bad = content is null
            ? new FoundFile("/etc/cni/net.d/vendor/20-bad.conf", default, "no permission")
            : File("20-bad.conf", content);

        Assert.Contains(
            shown,
            Assert.Throws<CniException>(() => Chain(Key).Complete([Tuning, bad])).Error.Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void It_is_the_last_of_the_plan_and_runs_alone()
    {
        var plan = Plan("bridge-conf");

        Assert.Equal(
            ["eth0 cluster cluster", "net1 test/bridge-conf mynet", "net2 vendor vendor"],
            Samples.Attached(plan)
        );
        Assert.Equal([false, false, true], plan.Attachments.Select(a => a.RunsAlone));
    }

    [Fact]
    public void Its_name_gives_way_to_one_that_is_asked_for() =>
        Assert.Equal("net3 vendor vendor", Samples.Attached(Plan("bridge-conf@net2"))[^1]);

    [Fact]
    public void The_record_has_the_chain_that_was_used_and_upstreams_record_is_understood_too()
    {
        var plan = Plan("bridge-conf");
        var context = new RecordContext(plan.Sandbox, null, "eth0", PodIdentity.None, []);
        var ours = Samples.Json(System.Text.Encoding.UTF8.GetString(SandboxRecord.Write(plan)));
        var upstreams = CniJson.Write(writer =>
        {
            writer.WriteStartArray();
            foreach (var element in ours.EnumerateArray())
            {
                writer.WriteStartObject();
                foreach (var member in element.EnumerateObject().Where(member => member.Name != "Attachment"))
                    member.WriteTo(writer);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        });

        foreach (var record in new[] { SandboxRecord.Write(plan), upstreams })
        {
            var last = SandboxRecord.Read(record, context).Attachments[^1];
            Assert.Equal(
                ("passthru,tuning", "net2", true),
                (last.Configuration.Types, last.Parameters.IfName, last.RunsAlone)
            );
            Assert.True(last.Configuration.DisableCheck); // its plugins would look for net2
        }
    }

    private static AttachmentPlan Plan(string networks)
    {
        var request = Samples.Request(Samples.Configuration(Key));
        var demand = AttachmentPlanner.Demand(request.Configuration, Samples.Pod(networks));
        var known = new ResolvedNetworks(
            new Dictionary<NetworkKey, NetworkAttachmentDefinition> { [Bridge.Key] = Bridge },
            System.Collections.Immutable.ImmutableDictionary<string, NetworkConfiguration>.Empty.Add(
                request.Configuration.ClusterNetwork,
                Samples.Network(Samples.ClusterList)
            ),
            Samples.Folder("/c")
        )
        {
            AuxiliaryChain = Chain(Key).Complete([Tuning]),
        };
        return AttachmentPlanner.Plan(request, Samples.Pod(networks), demand, known);
    }

    private static AuxiliaryChain Chain(string keys) => AuxiliaryChain.Of(Samples.Configuration(keys), IsFolder)!;

    private static bool IsFolder(string path) => path.TrimEnd('/') == "/etc/cni/net.d";

    private static MultusConfiguration Parse(string keys) =>
        MultusConfiguration.Parse(Samples.Bytes($"{{{keys}}}"), default);

    private static FoundFile File(string name, string content) =>
        new($"/etc/cni/net.d/vendor/{name}", Samples.Bytes(content));
}
