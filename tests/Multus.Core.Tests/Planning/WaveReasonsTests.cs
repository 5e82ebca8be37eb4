using System.Text;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Core.Planning;

namespace Multus.Core.Tests.Planning;

/// <summary>Why an attachment waits, in words, for the same waves as <see cref="AttachWaves"/> has.</summary>
public class WaveReasonsTests
{
    [Fact]
    public void The_cluster_network_is_what_the_first_others_wait_for() =>
        Assert.Equal(
            "net1 waits for eth0: the cluster network is attached first, alone",
            Assert.Single(Reasons(AttachMode.Auto, Bridge(1)))
        );

    [Theory]
    [InlineData("""{"type":"bridge","bridge":"br2","isDefaultGateway":true}""", "both ask for the default route")]
    [InlineData("""{"type":"bridge","bridge":"br1"}""", "both use br1")]
    [InlineData(
        """{"type":"bridge","bridge":"br2","ipam":{"type":"static","addresses":[{"address":"10.1.0.9/24"}]}}""",
        "addresses or routes of both overlap"
    )]
    [InlineData("""{"type":"calico"}""", "what plugin calico touches is not known")]
    [InlineData(
        """{"type":"bridge","bridge":"br2","ipam":{"type":"whereabouts"}}""",
        "what plugin whereabouts touches is not known"
    )]
    [InlineData("""{"type":"macvlan"}""", "plugin macvlan looks for its master by the default route")]
    [InlineData("""{"type":"macvlan","master":"net1","linkInContainer":true}""", "its master is a link of the pod")]
    [InlineData("""{"type":"tap","owner":"net1"}""", "its configuration names net1")]
    [InlineData("""{"type":"tap","name":"network-1"}""", "both are of network network-1")]
    public void What_two_networks_share_is_named(string second, string why)
    {
        var first =
            """{"type":"bridge","bridge":"br1","isDefaultGateway":true,"ipam":{"type":"host-local","subnet":"10.1.0.0/24"}}""";
        if (!second.Contains("isDefaultGateway", StringComparison.Ordinal))
            first = first.Replace(",\"isDefaultGateway\":true", "", StringComparison.Ordinal);

        Assert.Equal($"net2 waits for net1: {why}", Reasons(AttachMode.Auto, first, second)[1]);
    }

    [Fact]
    public void What_stands_behind_one_that_waits_waits_with_it() =>
        Assert.Equal(
            "net3 waits for net1: it stands behind net2, which waits, and the order is kept",
            Reasons(AttachMode.Auto, Bridge(1), """{"type":"bridge","bridge":"br1"}""", Bridge(3))[2]
        );

    [Fact]
    public void One_that_is_not_known_is_named_by_those_behind_it() =>
        Assert.Equal(
            "net2 waits for net1: of net1, what plugin calico touches is not known",
            Reasons(AttachMode.Auto, """{"type":"calico"}""", Bridge(2))[1]
        );

    [Fact]
    public void In_sequential_mode_the_mode_is_the_reason() =>
        Assert.Equal(
            "net2 waits for net1: attachMode is sequential",
            Reasons(AttachMode.Sequential, Bridge(1), Bridge(2))[1]
        );

    [Fact]
    public void In_parallel_mode_only_a_parent_or_the_same_network_is_waited_for()
    {
        var reasons = Reasons(
            AttachMode.Parallel,
            Bridge(1),
            """{"type":"macvlan","master":"net1"}""",
            """{"type":"tap","name":"network-1"}""",
            """{"type":"calico"}"""
        );

        Assert.Equal(
            [
                "net1 waits for eth0: the cluster network is attached first, alone",
                "net2 waits for net1: a link of net1 is its parent",
                "net3 waits for net1: both are of network network-1",
                "net4 waits for eth0: the cluster network is attached first, alone",
            ],
            reasons
        );
    }

    [Theory]
    [InlineData(AttachMode.Auto)]
    [InlineData(AttachMode.Parallel)]
    [InlineData(AttachMode.Sequential)]
    public void Steps_are_the_waves_and_each_but_the_first_has_a_reason(AttachMode mode)
    {
        var planned = Planned(
            Bridge(1),
            """{"type":"macvlan","master":"br1"}""",
            Bridge(3),
            """{"type":"calico"}""",
            """{"type":"bridge","bridge":"br1"}"""
        );

        var steps = WaveReasons.Of([.. planned], mode);

        Assert.Equal(Enumerable.Range(0, 6), steps.Select(step => step.Index));
        Assert.Equal(
            AttachWaves.Of([.. planned], mode).Select(wave => wave.AsEnumerable()),
            steps
                .GroupBy(step => step.Wave, step => step.Index)
                .OrderBy(wave => wave.Key)
                .Select(wave => wave.AsEnumerable())
        );
        Assert.Empty(steps[0].Reasons);
        Assert.All(steps.Skip(1), step => Assert.NotEmpty(step.Reasons));
    }

    private static IReadOnlyList<string> Reasons(AttachMode mode, params string[] networks)
    {
        var planned = Planned(networks);
        return
        [
            .. WaveReasons
                .Of([.. planned], mode)
                .SelectMany(step => step.Reasons.Select(reason => (step.Index, reason)))
                .Select(one =>
                    $"{planned[one.Index].Parameters.IfName} waits for "
                    + $"{planned[one.reason.WaitsFor].Parameters.IfName}: {one.reason.Why}"
                ),
        ];
    }

    private static PlannedAttachment[] Planned(params string[] networks) =>
        [.. networks.Prepend("""{"type":"calico"}""").Select(Planned)];

    private static PlannedAttachment Planned(string configuration, int index)
    {
        var network = NetworkConfiguration
            .Parse(Encoding.UTF8.GetBytes(configuration))
            .WithDefaultName($"network-{index}");
        var parameters = new AttachmentParameters(
            SandboxId.Parse("c1"),
            "/run/netns/x",
            index == 0 ? "eth0" : $"net{index}",
            [],
            [],
            []
        );
        return new PlannedAttachment(index, network.Name, index == 0, network, parameters, parameters, null);
    }

    private static string Bridge(int n) =>
        $$$"""{"type":"bridge","bridge":"br{{{n}}}","ipam":{"type":"host-local","subnet":"10.{{{n}}}.0.0/24"}}""";
}
