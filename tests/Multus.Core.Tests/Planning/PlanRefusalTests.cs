using Multus.Cni;
using Multus.Core.Networks;
using Multus.Core.Planning;
using Multus.Core.Pods;

namespace Multus.Core.Tests.Planning;

public sealed class PlanRefusalTests
{
    private static readonly NetworkAttachmentDefinition Bridge = Samples.Nad("test", "bridge-conf", Samples.BridgeConf);

    [Fact]
    public void An_unknown_network_is_named_in_upstreams_words() =>
        Refused(
            "cannot find a network-attachment-definition (nosuch) in namespace (test)",
            Samples.Pod("nosuch"),
            Bridge
        );

    [Theory]
    [InlineData("", "has no spec.config")]
    [InlineData("  \n", "has no spec.config")]
    [InlineData("{", "network-attachment-definition test/n")]
    [InlineData("[]", "network-attachment-definition test/n")]
    [InlineData("{}", "type")]
    [InlineData("""{"plugins":[]}""", "network-attachment-definition test/n")]
    [InlineData("""{"plugins":[null]}""", "network-attachment-definition test/n")]
    [InlineData("""{"plugins":[{}]}""", "network-attachment-definition test/n")]
    [InlineData("""{"type":"a","name":"bad/name"}""", "bad/name")]
    [InlineData("""{"type":"multus-shim"}""", "would run Multus again")]
    [InlineData("""{"plugins":[{"type":"bridge"},{"type":"multus"}]}""", "would run Multus again")]
    public void A_network_whose_configuration_cannot_be_used_is_named(string config, string shown) =>
        Refused(shown, Samples.Pod("n"), Samples.Nad("test", "n", config));

    [Fact]
    public void A_version_that_nobody_speaks_is_refused_before_anything_runs()
    {
        var error = Refused(
            "\"1.2.3\"",
            Samples.Pod("n"),
            Samples.Nad("test", "n", """{"cniVersion":"1.2.3","type":"a"}"""),
            CniErrorCode.IncompatibleVersion
        );

        Assert.Contains("1.1.0", error.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bridge-conf@eth0", "eth0")]
    [InlineData("bridge-conf@net2,bridge-conf", "net2")]
    [InlineData("bridge-conf@a,bridge-conf@a", "a")]
    public void An_interface_name_asked_for_twice_is_refused(string networks, string ifName) =>
        Refused($"interface name {ifName} is asked for twice", Samples.Pod(networks), Bridge);

    [Theory]
    [InlineData("""{"type":"a","args":"x"}""")]
    [InlineData("""{"type":"a","args":{"cni":"x"}}""")]
    public void Cni_args_that_have_nowhere_to_go_are_a_clean_error(string config) =>
        Refused("test/n", Samples.Pod("""[{"name":"n","cni-args":{"k":"v"}}]"""), Samples.Nad("test", "n", config));

    [Fact]
    public void A_network_that_takes_a_device_is_refused_while_nobody_knows_the_devices() =>
        Refused(
            "intel.com/sriov",
            Samples.Pod("n"),
            Samples.Nad(
                "test",
                "n",
                Samples.BridgeConf,
                (NetworkAttachmentDefinition.ResourceNameAnnotation, "intel.com/sriov")
            )
        );

    [Fact]
    public void A_default_network_of_the_pods_own_that_takes_a_device_is_refused_while_nobody_knows_the_devices() =>
        Refused(
            "intel.com/sriov",
            Samples.Pod(null, null, (NetworkSelectionParser.DefaultNetworkAnnotation, "own")),
            Samples.Nad(
                "kube-system",
                "own",
                Samples.BridgeConf,
                (NetworkAttachmentDefinition.ResourceNameAnnotation, "intel.com/sriov")
            )
        );

    [Fact]
    public void Edge_098_isolation_forbids_other_namespaces_in_upstreams_words()
    {
        var error = Assert
            .Throws<CniException>(() => Select(""","namespaceIsolation":true""", "kube-system/net1"))
            .Error;

        Assert.StartsWith(
            "namespace isolation enabled, annotation violates permission, pod is in namespace test but refers to target namespace kube-system",
            error.Text,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(""","namespaceIsolation":true""", "net1")]
    [InlineData(""","namespaceIsolation":true""", "test/net1")]
    [InlineData(""","namespaceIsolation":true""", "default/net1")]
    [InlineData(",\"namespaceIsolation\":true,\"globalNamespaces\":\"kube-system\"", "kube-system/net1")]
    [InlineData("", "kube-system/net1")]
    public void Edge_099_isolation_allows_the_pods_own_and_the_global_namespaces(string settings, string networks) =>
        Assert.Single(Select(settings, networks));

    [Theory]
    [InlineData(",\"namespaceIsolation\":true,\"globalNamespaces\":\"foobar1\"", "foobar/net1")]
    [InlineData(",\"namespaceIsolation\":true,\"globalNamespaces\":\"other\"", "default/net1")]
    [InlineData(""","namespaceIsolation":true""", """[{"name":"net1","namespace":"kube-system"}]""")]
    public void Edge_015_098_isolation_compares_whole_names_and_both_forms(string settings, string networks) =>
        Assert.Throws<CniException>(() => Select(settings, networks));

    private static System.Collections.Immutable.ImmutableArray<NetworkSelection> Select(
        string settings,
        string networks
    ) => AttachmentPlanner.Demand(Samples.Configuration(settings), Samples.Pod(networks)).Selections;

    private static CniError Refused(
        string shown,
        Pod pod,
        NetworkAttachmentDefinition network,
        uint code = CniErrorCode.InvalidNetworkConfig
    )
    {
        var error = Assert.Throws<CniException>(() => Samples.Plan(Samples.Request(), pod, network)).Error;

        Assert.Equal(code, error.Code);
        Assert.Contains(shown, error.Text, StringComparison.Ordinal);
        return error;
    }
}
