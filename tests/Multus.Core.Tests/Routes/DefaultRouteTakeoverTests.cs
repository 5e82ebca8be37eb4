using System.Collections.Immutable;
using System.Net;
using Multus.Cni;
using Multus.Cni.Results;
using Multus.Core.Planning;
using Multus.Core.Routes;

namespace Multus.Core.Tests.Routes;

/// <summary>
/// Three networks: the cluster's (eth0), a (net1) and b (net2). Routes are written "default via 10.0.0.1 eth0", those
/// of the plugins' results "0.0.0.0/0 10.0.0.1".
/// </summary>
public class DefaultRouteTakeoverTests
{
    private const string Nothing = "";

    [Theory]
    // who wants it routes there removed added
    [InlineData("a:10.0.1.1", "default via 10.0.0.1 eth0", "0", "10.0.1.1 net1")]
    [InlineData("a:10.0.1.1", "default via 10.0.0.1 eth0;default via fd00::1 eth0", "0", "10.0.1.1 net1")]
    [InlineData("a:fd01::1", "default via 10.0.0.1 eth0;default via fd00::1 eth0", "1", "fd01::1 net1")]
    [InlineData(
        "a:10.0.1.1,fd01::1",
        "default via 10.0.0.1 eth0;default via fd00::1 eth0",
        "0 1",
        "10.0.1.1 net1;fd01::1 net1"
    )]
    [InlineData("a:10.0.1.1", "", Nothing, "10.0.1.1 net1")]
    [InlineData(
        "a:10.0.1.1",
        "default eth0;default via 10.0.2.1 net2;default via 10.0.1.9 net1",
        "0 1 2",
        "10.0.1.1 net1"
    )]
    [InlineData("a:10.0.1.1", "default via 10.0.0.1 eth0,via 10.0.2.1 net2", "0", "10.0.1.1 net1")]
    [InlineData("a:10.0.1.1", "default via 10.0.1.1 net1,via 10.0.2.1 net2", "0", "10.0.1.1 net1")] // not the only way out
    [InlineData("a:10.0.1.1", "default via 10.0.1.1 net1", Nothing, Nothing)] // so already
    [InlineData(
        "a:10.0.1.1",
        "default via 10.0.1.1 net1;default via 10.0.1.1 net1;default via 10.0.1.1 eth0",
        "1 2",
        Nothing
    )]
    [InlineData("a:10.0.1.1", "other via 10.0.0.1 eth0", Nothing, "10.0.1.1 net1")] // of another table, or for some packets
    [InlineData("a:10.0.1.1;b:fd02::1", "default via fd00::1 eth0", "0", "10.0.1.1 net1;fd02::1 net2")]
    [InlineData("eth0:10.0.0.9", "default via 10.0.0.1 eth0", "0", "10.0.0.9 eth0")]
    [InlineData("a:", "default via 10.0.0.1 eth0;default via fd00::1 eth0;default net1", "0", Nothing)] // it has one of IPv4 only
    [InlineData("a:", "default via 10.0.0.1 eth0;default via fd00::1 eth0", Nothing, Nothing)]
    [InlineData("a:", "default via 10.0.0.1 eth0,via 10.0.1.1 net1", Nothing, Nothing)] // of one route, half is not taken away
    [InlineData("a:", "default via 10.0.0.1 eth0;default via 10.0.1.1 net1;default via 10.0.1.2 net1", "0", Nothing)] // all that it has
    [InlineData(
        "b:fd02::1;a:",
        "default via 10.0.0.1 eth0;default net1;default via fd00::1 eth0;default via fd01::1 net1",
        "0 2 3",
        "fd02::1 net2"
    )]
    public void Routes_are_taken_over_by_the_family_that_is_named(
        string wishes,
        string routes,
        string removed,
        string added
    )
    {
        var decision = Decide(wishes, routes, [Result(), Result(), Result()]);

        Assert.Equal(removed, string.Join(' ', decision.Remove));
        Assert.Equal(
            added,
            string.Join(
                ';',
                decision.Add.Select(gateway =>
                    $"{gateway.Address} {(gateway.Attachment == 0 ? "eth0" : $"net{gateway.Attachment}")}"
                )
            )
        );
    }

    [Theory]
    [InlineData(
        "a:10.0.1.1",
        "0.0.0.0/0 10.0.0.1;10.9.0.0/16 10.0.0.1",
        "",
        "",
        "10.9.0.0/16 10.0.0.1",
        "0.0.0.0/0 10.0.1.1",
        ""
    )]
    [InlineData(
        "a:10.0.1.1",
        "0.0.0.0/0;::/0",
        "0.0.0.0/0 10.0.1.9;::/0",
        "0.0.0.0/0;::/0 fd02::1",
        "::/0",
        "::/0;0.0.0.0/0 10.0.1.1",
        "::/0 fd02::1"
    )]
    [InlineData("a:fd01::1", "0.0.0.0/0;::0/0 fd00::1", "", "", "0.0.0.0/0", "::/0 fd01::1", "")] // upstream's spelling
    [InlineData("a:fd01::1", "0::/0;0:0:0:0:0:0:0:0/0", "", "", "", "::/0 fd01::1", "")]
    [InlineData("a:10.0.1.1", "0.0.0.0/0;10.0.0.0/8;0.0.0.0/0", "", "", "10.0.0.0/8", "0.0.0.0/0 10.0.1.1", "")]
    [InlineData("a:10.0.1.1", "0.0.0.0/1;128.0.0.0/1", "", "", "0.0.0.0/1;128.0.0.0/1", "0.0.0.0/0 10.0.1.1", "")]
    [InlineData(
        "a:10.0.1.1",
        "",
        "10.1.0.0/16;0.0.0.0/0 10.0.1.1;10.2.0.0/16",
        "",
        "",
        "10.1.0.0/16;0.0.0.0/0 10.0.1.1;10.2.0.0/16",
        ""
    )] // said already
    [InlineData("a:fd01::1", "", "::/0 fd01:0:0::1", "", "", "::/0 fd01:0:0::1", "")] // said in other words
    [InlineData("eth0:10.0.0.9", "0.0.0.0/0 10.0.0.1", "0.0.0.0/0", "", "0.0.0.0/0 10.0.0.9", "", "")]
    public void Results_say_what_is_true_afterwards(
        string wishes,
        string cluster,
        string a,
        string b,
        string clusterAfter,
        string aAfter,
        string bAfter
    )
    {
        var decision = Decide(wishes, "", [Result(cluster), Result(a), Result(b)]);

        Assert.Equal([clusterAfter, aAfter, bAfter], decision.Results.Select(Routes));
    }

    [Fact]
    public void A_route_of_another_table_in_a_result_is_no_default_route()
    {
        var cluster = Result() with
        {
            Routes =
            [
                new CniRoute("0.0.0.0/0", "10.0.0.1", Table: 100),
                new CniRoute("0.0.0.0/0", "10.0.0.1", Table: 254),
            ],
        };

        var decision = Decide("a:10.0.1.1", "", [cluster, Result(), Result()]);

        Assert.Equal(cluster.Routes[0], Assert.Single(decision.Results[0].Routes));
    }

    [Fact]
    public void Results_that_are_not_affected_are_the_same_objects()
    {
        ImmutableArray<CniResult> results = [Result("10.9.0.0/16"), Result("0.0.0.0/0 10.0.1.1"), Result("::/0")];

        var decision = Decide("a:10.0.1.1", "", results);

        Assert.All(results, (result, i) => Assert.Same(result, decision.Results[i]));
    }

    [Theory]
    [InlineData("0.0.0.0/0")]
    [InlineData("0.0.0.0/0 0.0.0.0")] // no gateway, in some plugins' words
    public void A_chosen_network_gets_the_default_route_that_another_plugin_has_kept_out_of_the_kernel(string route)
    {
        var chosen = Result(route) with { Ips = [new CniIp("10.0.1.7/24", "10.0.1.1", 0)] };

        var decision = Decide("a:", "default via 10.0.0.1 eth0", [Result("0.0.0.0/0"), chosen, Result()]);

        Assert.Equal(
            (0, new DefaultGateway(1, IPAddress.Parse("10.0.1.1"))),
            (Assert.Single(decision.Remove), Assert.Single(decision.Add))
        );
        Assert.Equal(["", "0.0.0.0/0 10.0.1.1", ""], decision.Results.Select(Routes));
    }

    [Fact]
    public void Of_what_a_chosen_network_has_the_kernel_knows_best()
    {
        var chosen = Result("0.0.0.0/0") with { Ips = [new CniIp("10.0.1.7/24", "10.0.1.1", 0)] };

        var decision = Decide(
            "a:",
            "default via 10.0.0.1 eth0;default via 10.0.1.9 net1",
            [Result("0.0.0.0/0"), chosen, Result()]
        );

        Assert.Equal((0, 0), (Assert.Single(decision.Remove), decision.Add.Length));
        Assert.Equal(["", "0.0.0.0/0 10.0.1.9", ""], decision.Results.Select(Routes));
    }

    [Fact]
    public void A_chosen_network_keeps_what_only_the_kernel_knows_and_the_others_results_lose_theirs()
    {
        var decision = Decide(
            "a:",
            "default via 10.0.0.1 eth0;default net1",
            [Result("0.0.0.0/0;::/0"), Result(), Result("0.0.0.0/0")]
        );

        Assert.Equal(["::/0", "", ""], decision.Results.Select(Routes));
    }

    [Fact]
    public void Results_without_an_address_of_the_family_cannot_say_it_in_old_versions_and_say_the_rest()
    {
        var old = new CniResult(
            CniVersion.V020,
            [],
            [new CniIp("10.0.1.7/24", "10.0.1.1", Family: "4")],
            [new CniRoute("0.0.0.0/0")],
            CniDns.None
        );

        var written = System.Text.Encoding.UTF8.GetString(
            Decide("a:10.0.1.9,fd01::1", "", [Result(), old, Result()]).Results[1].ToJson()
        );

        Assert.Equal(
            """{"cniVersion":"0.2.0","ip4":{"ip":"10.0.1.7/24","gateway":"10.0.1.1","routes":[{"dst":"0.0.0.0/0","gw":"10.0.1.9"}]},"dns":{}}""",
            written
        );
    }

    [Fact]
    public void A_network_without_an_interface_cannot_have_the_default_route()
    {
        var refused = Assert.Throws<CniException>(() =>
            DefaultRouteTakeover.Decide(
                Plan("b:10.0.2.1"),
                [Result(), Result(), Result()],
                Found("", ["lo", "eth0", "net1"])
            )
        );

        Assert.Contains("network test/b has made no interface net2", refused.Error.Message);
        Assert.Contains("lo, eth0, net1", refused.Error.Details);
    }

    [Fact]
    public void An_address_of_the_pod_is_no_gateway()
    {
        var found = Found("") with { Addresses = [new ObservedAddress("eth0", IPAddress.Parse("fd01::1"))] };

        var refused = Assert.Throws<CniException>(() =>
            DefaultRouteTakeover.Decide(Plan("a:fd01::1"), [Result(), Result(), Result()], found)
        );

        Assert.Contains("\"fd01::1\", which is the address of the pod's own interface eth0", refused.Error.Message);
    }

    private static DefaultRouteTakeover Decide(string wishes, string routes, ImmutableArray<CniResult> results) =>
        DefaultRouteTakeover.Decide(Plan(wishes), results, Found(routes));

    /// <summary>"a:10.0.1.1,fd01::1;b:": a wants two, b is chosen by an empty list.</summary>
    private static AttachmentPlan Plan(string wishes)
    {
        var plan = Samples.Plan(
            Samples.Request(),
            Samples.Pod("a,b"),
            Samples.Nad("test", "a", Samples.BridgeConf),
            Samples.Nad("test", "b", Samples.MacvlanConf)
        );
        foreach (var wish in wishes.Split(';'))
        {
            var colon = wish.IndexOf(':', StringComparison.Ordinal);
            var at = wish[..colon] switch
            {
                "a" => 1,
                "b" => 2,
                _ => 0,
            };
            var selection = (plan.Attachments[at].Selection ?? plan.Attachments[1].Selection!) with
            {
                DefaultRoute = [.. wish[(colon + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries)],
            };
            plan = plan with
            {
                Attachments = plan.Attachments.SetItem(at, plan.Attachments[at] with { Selection = selection }),
            };
        }

        return plan;
    }

    private static ObservedNamespace Found(string routes, string[]? links = null) =>
        new(
            [.. links ?? ["lo", "eth0", "net1", "net2"]],
            [new ObservedAddress("eth0", IPAddress.Parse("10.0.0.7"))],
            [.. routes.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(Route)]
        );

    private static ObservedRoute Route(string text)
    {
        var isDefault = text.StartsWith("default ", StringComparison.Ordinal);
        ImmutableArray<ObservedHop> hops =
        [
            .. text[(isDefault ? "default " : "other ").Length..]
                .Split(',')
                .Select(hop =>
                    hop.Split(' ') is ["via", var gateway, var link]
                        ? new ObservedHop(link, IPAddress.Parse(gateway))
                        : new ObservedHop(hop, null)
                ),
        ];
        var any = text.Contains(':', StringComparison.Ordinal) ? IPAddress.IPv6Any : IPAddress.Any;
        return new ObservedRoute(any, 0, isDefault ? 254u : 100u, isDefault, hops);
    }

    private static CniResult Result(string routes = "") =>
        CniResult.Empty(CniVersion.V100) with
        {
            Routes =
            [
                .. routes
                    .Split(';', StringSplitOptions.RemoveEmptyEntries)
                    .Select(route =>
                        route.Split(' ') is [var dst, var gw] ? new CniRoute(dst, gw) : new CniRoute(route)
                    ),
            ],
        };

    private static string Routes(CniResult result) =>
        string.Join(';', result.Routes.Select(route => route.Gw is null ? route.Dst : $"{route.Dst} {route.Gw}"));
}
