using System.Net;
using System.Text;
using Multus.Cni;
using Multus.Cni.Results;
using Multus.Core.Networks;
using Multus.Core.Planning;
using Multus.Core.Routes;

namespace Multus.Core.Tests.EdgeCases;

/// <summary>
/// Rows of edge-cases.md I about the routes of a stored result. Upstream's test calls "remove" and "add" one by one;
/// here a take-over does both: it removes from every other network and adds to the one that asks.
/// </summary>
public sealed class RouteEdgeTests
{
    private const string Six =
        """{"dst":"0.0.0.0/0","gw":"10.1.1.1"},{"dst":"10.2.0.0/16","gw":"10.1.1.2"},{"dst":"10.3.0.0/16"},{"dst":"::/0","gw":"fd01::1"},{"dst":"fd02::/48","gw":"fd01::2"},{"dst":"fd03::/48"}""";

    [Theory]
    [InlineData("10.9.9.9", "ip4", "ip6")]
    [InlineData("fd09::9", "ip6", "ip4")]
    public void Edge_159_of_an_old_result_the_default_route_of_one_family_goes_and_the_other_family_stays(
        string gateway,
        string touched,
        string untouched
    )
    {
        const string json = """
            {"cniVersion":"0.2.0","ip4":{"ip":"10.1.1.103/24","routes":[{"dst":"20.0.0.0/24","gw":"10.1.1.1"},{"dst":"0.0.0.0/0","gw":"10.1.1.1"},{"dst":"30.0.0.0/24"}]},
            "ip6":{"ip":"fd01::7/64","routes":[{"dst":"fd02::/48","gw":"fd01::1"},{"dst":"::/0","gw":"fd01::1"},{"dst":"fd03::/48"}]}}
            """;

        var after = Taken(json, gateway);

        Assert.Equal((2, 3), (Routes(after, touched), Routes(after, untouched)));
    }

    [Theory]
    [InlineData("0.3.1", "10.9.9.9", "0.0.0.0/0")]
    [InlineData("0.3.1", "fd09::9", "::/0")]
    [InlineData("1.0.0", "10.9.9.9", "0.0.0.0/0")]
    [InlineData("1.0.0", "fd09::9", "::/0")]
    public void Edge_160_of_six_routes_five_stay(string version, string gateway, string gone)
    {
        var after = Taken($$"""{"cniVersion":"{{version}}","routes":[{{Six}}]}""", gateway);

        Assert.Equal(5, after.Routes.Length);
        Assert.DoesNotContain(after.Routes, route => route.Dst == gone);
    }

    [Theory]
    [InlineData("0.3.1")]
    [InlineData("1.1.0")]
    public void Edge_161_with_its_only_route_the_key_goes_and_it_comes_back_with_the_next(string version)
    {
        var removed = Taken(
            $$"""{"cniVersion":"{{version}}","routes":[{"dst":"0.0.0.0/0","gw":"10.1.1.1"}]}""",
            "10.9.9.9"
        );
        Assert.DoesNotContain("routes", Text(removed), StringComparison.Ordinal);

        Assert.Contains(
            "\"routes\":[{\"dst\":\"0.0.0.0/0\",\"gw\":\"10.1.1.8\"}]",
            Text(Given(Text(removed), "10.1.1.8")),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(
        "10.1.1.8",
        "",
        "\"ip4\":{\"ip\":\"10.1.1.103/24\",\"routes\":[{\"dst\":\"0.0.0.0/0\",\"gw\":\"10.1.1.8\"}]}"
    )]
    [InlineData("fd01::8", "", "\"ip6\":{\"ip\":\"fd01::7/64\",\"routes\":[{\"dst\":\"::/0\",\"gw\":\"fd01::8\"}]}")]
    [InlineData(
        "10.1.1.8",
        ",\"routes\":[{\"dst\":\"20.0.0.0/24\"}]",
        "\"routes\":[{\"dst\":\"20.0.0.0/24\"},{\"dst\":\"0.0.0.0/0\",\"gw\":\"10.1.1.8\"}]}"
    )]
    public void Edge_162_to_an_old_result_the_route_is_added_under_the_address_of_its_family(
        string gateway,
        string routes4,
        string expected
    )
    {
        var after = Given(
            $$$"""{"cniVersion":"0.2.0","ip4":{"ip":"10.1.1.103/24"{{{routes4}}}},"ip6":{"ip":"fd01::7/64"}}""",
            gateway
        );

        Assert.Contains(expected, Text(after), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.3.1", "10.1.1.8", "0.0.0.0/0")]
    [InlineData("0.3.1", "fd01::8", "::/0")]
    [InlineData("1.0.0", "10.1.1.8", "0.0.0.0/0")]
    [InlineData("1.0.0", "fd01::8", "::/0")]
    public void Edge_163_to_a_newer_result_the_route_is_added_behind_its_routes_or_as_its_first(
        string version,
        string gateway,
        string dst
    )
    {
        var with = Given($$"""{"cniVersion":"{{version}}","routes":[{"dst":"20.0.0.0/24"}]}""", gateway);
        var without = Given($$"""{"cniVersion":"{{version}}"}""", gateway);

        Assert.Equal([new CniRoute("20.0.0.0/24"), new CniRoute(dst, gateway)], with.Routes.AsEnumerable());
        Assert.Equal(new CniRoute(dst, gateway), Assert.Single(without.Routes));
    }

    [Fact]
    public void Edge_164_two_equal_default_routes_around_another_both_go_and_the_other_stays()
    {
        const string same = """{"dst":"0.0.0.0/0","gw":"10.1.1.1"}""";

        var after = Taken(
            $$"""{"cniVersion":"1.0.0","routes":[{{same}},{"dst":"20.0.0.0/24","gw":"10.1.1.1"},{{same}}]}""",
            "10.9.9.9"
        );

        Assert.Equal("20.0.0.0/24", Assert.Single(after.Routes).Dst);
    }

    [Fact]
    public void Edge_165_a_stored_result_of_1_1_0_is_understood_and_one_of_0_9_0_is_an_error()
    {
        Assert.Empty(Taken("""{"cniVersion":"1.1.0","routes":[{"dst":"0.0.0.0/0"}]}""", "10.9.9.9").Routes);
        Assert.Equal(
            "unsupported CNI result version \"0.9.0\"",
            Assert.Throws<CniException>(() => Taken("""{"cniVersion":"0.9.0"}""", "10.9.9.9")).Error.Message
        );
    }

    /// <summary>The cluster network's result after another network has taken the default route over.</summary>
    private static CniResult Taken(string clusterResult, string gateway) =>
        Decide(Parse(clusterResult), CniResult.Empty(CniVersion.V100), gateway)[0];

    /// <summary>The result of the network that has taken the default route over.</summary>
    private static CniResult Given(string result, string gateway) =>
        Decide(CniResult.Empty(CniVersion.V100), Parse(result), gateway)[1];

    private static System.Collections.Immutable.ImmutableArray<CniResult> Decide(
        CniResult cluster,
        CniResult asking,
        string gateway
    )
    {
        var plan = Samples.Plan(
            Samples.Request(),
            Samples.Pod($$"""[{"name":"n","default-route":["{{gateway}}"]}]"""),
            Samples.Nad("test", "n", Samples.BridgeConf)
        );
        var found = new ObservedNamespace(
            ["lo", "eth0", "net1"],
            [new ObservedAddress("net1", IPAddress.Parse("10.1.1.103"))],
            []
        );
        return DefaultRouteTakeover.Decide(plan, [cluster, asking], found).Results;
    }

    private static CniResult Parse(string json) => CniResult.Parse(Samples.Bytes(json), CniVersion.V010);

    private static string Text(CniResult result) => Encoding.UTF8.GetString(result.ToJson());

    private static int Routes(CniResult result, string family) =>
        CniJson.Parse(result.ToJson()).GetProperty(family).GetProperty("routes").GetArrayLength();
}
