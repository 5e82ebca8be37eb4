using Multus.Cni;
using Multus.Engine.Explain;
using Multus.Engine.History;

namespace Multus.Engine.Tests.Explain;

/// <summary>Errors as plugins and Multus say them, and the cause that is told to a person.</summary>
public sealed class DiagnosisTests
{
    [Theory]
    [InlineData(5, "failed to find plugin \"sriov\" in path [/opt/cni/bin]", "PluginNotFound")]
    [InlineData(5, "plugin x: could not be started: cannot start /x: Exec format error", "PluginNotRunnable")]
    [InlineData(11, "plugin x: could not be started: Resource temporarily unavailable", "Busy")]
    [InlineData(7, "cannot find a network-attachment-definition (bleu) in namespace (shop)", "NetworkNotFound")]
    [InlineData(7, "namespace isolation enabled, annotation violates permission", "NamespaceIsolation")]
    [InlineData(7, "'default-route' is empty for network a and for network b", "DefaultRouteClash")]
    [InlineData(7, "multus does not support ECMP for default-route: two IPv4 gateways", "DefaultRouteClash")]
    [InlineData(
        999,
        "plugin bridge: failed to allocate for range 0: no IP addresses available in range set: 10.1.0.1-10.1.0.2",
        "AddressesExhausted"
    )]
    [InlineData(999, "error at storage engine: Could not allocate IP in range: ip: 10.2.0.1", "AddressesExhausted")]
    [InlineData(5, "open /var/lib/cni/multus/x: No space left on device", "DiskFull")]
    [InlineData(999, "plugin bridge: open /var/lib/cni/networks/x/lock: no space left on device", "DiskFull")]
    [InlineData(11, "plugin ovs did not finish ADD within 120 s and was killed", "PluginHung")]
    [InlineData(11, "could not read pod shop/web from the API server at https://10.0.0.1", "ClusterUnreachable")]
    [InlineData(11, "readinessindicatorfile /run/flannel/subnet.env is still missing", "ClusterNetworkNotReady")]
    [InlineData(7, "network x takes a device of a/b, and the pod has none left", "NoDeviceLeft")]
    [InlineData(999, "interface name net1 already exists", "InterfaceTaken")]
    [InlineData(999, "plugin macvlan: failed to lookup master \"eth7\": Link not found", "ParentMissing")]
    [InlineData(999, "interface data is gone from /run/netns/x: network ns/blue", "ChangedBehindOurBack")]
    [InlineData(1, "network x has cniVersion \"9.9.9\", which is not supported", "WrongVersion")]
    [InlineData(7, "network x has no plugins", "InvalidConfiguration")]
    [InlineData(8, "/run/netns/x is no network namespace", "NamespaceUnusable")]
    [InlineData(11, "sandbox c1: the caller went away before its ADD began", "Busy")]
    [InlineData(100, "the moon is in the wrong phase", "PluginFailed")]
    public void An_error_has_its_cause_and_a_remedy_and_its_own_words_are_said(uint code, string words, string cause)
    {
        var finding = Assert.Single(Diagnosis.Of(After(Failed(new EntryError(code, words, "")))));

        Assert.Equal(cause, finding.Cause);
        Assert.Contains(words, finding.What, StringComparison.Ordinal);
        Assert.EndsWith(".", finding.Mend, StringComparison.Ordinal);
    }

    [Fact]
    public void What_failed_is_named_with_its_plugin_its_network_and_its_interface()
    {
        var failed = Failed(new EntryError(999, "boom", "")) with
        {
            Networks = [new EntryNetwork("shop/blue", "net1", "macvlan", "", "", 1)],
            Plugins =
            [
                new EntryPlugin("macvlan", "ADD", "blue", "net1", 0, 1) { Error = new EntryError(999, "boom", "") },
            ],
        };

        var finding = Assert.Single(Diagnosis.Of(After(failed)));

        Assert.Contains("plugin macvlan of network shop/blue, interface net1", finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public void What_an_error_says_itself_is_not_said_twice()
    {
        var failed = Failed(new EntryError(999, "ADD of network shop/blue, interface net1: plugin macvlan: boom", ""));

        var finding = Assert.Single(Diagnosis.Of(After(failed)));

        Assert.Equal("ADD of network shop/blue, interface net1: plugin macvlan: boom.", finding.What);
    }

    [Fact]
    public void A_failure_that_a_later_attempt_made_good_is_not_wrong_any_more()
    {
        var good = Failed(null!) with { Error = null };

        Assert.Empty(Diagnosis.Of(After(Failed(new EntryError(999, "boom", "")), good)));
    }

    [Fact]
    public void What_waits_and_what_was_given_up_is_said()
    {
        var evidence = After() with { DeleteWaits = true };

        Assert.Equal("DeleteWaits", Assert.Single(Diagnosis.Of(evidence)).Cause);
        Assert.Equal("DeleteGivenUp", Assert.Single(Diagnosis.Of(evidence with { DeleteGivenUp = true })).Cause);
        Assert.Equal(
            ["RecordDamaged", "ChangedBehindOurBack"],
            Diagnosis
                .Of(After() with { RecordProblem = "the record is damaged", Missing = ["interface net1"] })
                .Select(finding => finding.Cause)
        );
    }

    [Fact]
    public void Every_code_of_the_specification_has_a_rule_or_is_a_plugins_own()
    {
        uint[] ours =
        [
            CniErrorCode.IncompatibleVersion,
            CniErrorCode.InvalidNetworkConfig,
            CniErrorCode.InvalidNetNs,
            CniErrorCode.TryAgainLater,
        ];

        Assert.All(
            ours,
            code =>
                Assert.NotEqual(
                    "PluginFailed",
                    Diagnosis.Failed(Failed(null!), new EntryError(code, "words that nobody knows", "")).Cause
                )
        );
    }

    private static SandboxEvidence After(params OperationEntry[] entries) => new("c1") { Entries = [.. entries] };

    private static OperationEntry Failed(EntryError error) =>
        new("r1", "ADD", "c1", DateTimeOffset.UnixEpoch, 5) { Error = error };
}
