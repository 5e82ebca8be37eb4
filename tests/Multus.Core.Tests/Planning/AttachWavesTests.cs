using System.Text;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Core.Planning;

namespace Multus.Core.Tests.Planning;

/// <summary>The waves of the explicit modes; those of <c>auto</c> are in <see cref="AutoWavesTests"/>.</summary>
public class AttachWavesTests
{
    [Fact]
    public void The_cluster_network_is_first_and_what_does_not_depend_on_one_another_runs_together() =>
        Assert.Equal("0|123", Waves(Bridge("cni0"), Bridge("br1"), Bridge("br2"), MacvlanOn("eth9")));

    [Fact]
    public void In_sequential_mode_all_run_one_after_the_other() =>
        Assert.Equal("0|1|2", Of(AttachMode.Sequential, Bridge("cni0"), Bridge("br1"), Bridge("br2")));

    [Fact]
    public void An_attachment_waits_for_the_interface_in_the_pod_that_is_its_parent() =>
        Assert.Equal(
            "0|13|2",
            Waves(Bridge("cni0"), Bridge("br1"), MacvlanOn("net1", inContainer: true), Bridge("br3"))
        );

    [Fact]
    public void An_attachment_waits_for_the_bridge_on_the_node_that_is_its_parent() =>
        Assert.Equal("0|1|2", Waves(Bridge("cni0"), Bridge("br1"), MacvlanOn("br1")));

    [Fact]
    public void Dependencies_follow_one_another() =>
        Assert.Equal(
            "0|1|2|3",
            Waves(
                Bridge("cni0"),
                Bridge("br1"),
                MacvlanOn("net1", inContainer: true),
                MacvlanOn("net2", inContainer: true)
            )
        );

    [Fact]
    public void The_same_network_twice_is_never_attached_at_the_same_time() =>
        Assert.Equal(
            "0|13|2",
            Waves(Bridge("cni0"), Named("same", Bridge("br1")), Named("same", Bridge("br2")), Bridge("br3"))
        );

    [Fact]
    public void Two_networks_on_one_bridge_do_not_depend_on_one_another() =>
        Assert.Equal("0|12", Waves(Bridge("cni0"), Bridge("br1"), Bridge("br1")));

    [Fact]
    public void A_parent_in_any_plugin_of_a_chain_counts() =>
        Assert.Equal(
            "0|1|2",
            Waves(
                Bridge("cni0"),
                Bridge("br1"),
                """{"plugins":[{"type":"tuning"},{"type":"macvlan","MASTER":"br1"}]}"""
            )
        );

    [Fact]
    public void A_bond_waits_for_its_links() =>
        Assert.Equal(
            "0|12|3",
            Waves(
                Bridge("cni0"),
                Bridge("br1"),
                Bridge("br2"),
                """{"type":"bond","linksInContainer":true,"links":[{"name":"net1"},{"name":"net2"},7,{"name":8}]}"""
            )
        );

    [Fact]
    public void A_parent_that_a_later_one_makes_is_no_race_but_the_same_as_in_sequential_mode() =>
        Assert.Equal("0|1|2", Waves(Bridge("cni0"), MacvlanOn("net2", inContainer: true), Bridge("br1")));

    [Fact]
    public void One_that_runs_alone_waits_for_all_before_it_and_all_after_it_wait_for_it()
    {
        string[] networks =
        [
            Bridge("cni0"),
            Bridge("br1"),
            MacvlanOn("br1"),
            Bridge("br3"),
            Bridge("br4"),
            Bridge("br5"),
            Bridge("br6"),
        ];

        Assert.Equal("0|13|2|4|56", Of(AttachMode.Parallel, alone: 4, networks));
        Assert.Equal(
            "0|1|234",
            Of(
                AttachMode.Parallel,
                alone: 1,
                Bridge("cni0"),
                Bridge("br1"),
                Bridge("br2"),
                Bridge("br3"),
                Bridge("br4")
            )
        );
    }

    [Fact]
    public void Nothing_has_no_waves() => Assert.Equal("", Waves());

    private static string Waves(params string[] configurations) => Of(AttachMode.Parallel, configurations);

    private static string Of(AttachMode mode, params string[] configurations) => Of(mode, alone: -1, configurations);

    private static string Of(AttachMode mode, int alone, params string[] configurations) =>
        string.Join(
            '|',
            AttachWaves
                .Of(
                    [
                        .. configurations.Select(
                            (configuration, index) => Planned(configuration, index) with { RunsAlone = index == alone }
                        ),
                    ],
                    mode
                )
                .Select(wave => string.Concat(wave))
        );

    private static PlannedAttachment Planned(string configuration, int index)
    {
        var network = NetworkConfiguration
            .Parse(Encoding.UTF8.GetBytes(configuration))
            .WithDefaultName($"network{index}");
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

    private static string Bridge(string name) => $$"""{"type":"bridge","bridge":"{{name}}"}""";

    private static string MacvlanOn(string parent, bool inContainer = false) =>
        $$"""{"type":"macvlan","master":"{{parent}}","linkInContainer":{{(inContainer ? "true" : "false")}}}""";

    private static string Named(string name, string configuration) => $"{{\"name\":\"{name}\",{configuration[1..]}";
}
