using Multus.Cni.Results;
using Multus.Engine.Requests;
using Multus.TestSupport;

namespace Multus.Actors.Tests.Sandboxes;

public class DefaultRouteTests : RealPluginsFixture
{
    private const string ClusterV4 = "default via 10.81.0.1 dev eth0";
    private const string ClusterV6 = "default via fd81::1 dev eth0";

    [PluginTheory("bridge", "host-local")]
    [InlineData("\"10.82.0.254\"", "default via 10.82.0.254 dev net1", ClusterV6)]
    [InlineData("\"fd82::fe\"", ClusterV4, "default via fd82::fe dev net1")]
    [InlineData("\"fd82::fe\",\"10.82.0.254\"", "default via 10.82.0.254 dev net1", "default via fd82::fe dev net1")]
    public async Task Edge_156_157_168_the_families_that_are_named_are_taken_over_and_nothing_else_changes(
        string gateways,
        string v4,
        string v6
    )
    {
        Define("a", Bridge("a", 82, isDefault: false));
        using var plain = Namespace();
        await Attached(Sandboxes("a"), plain, "plain");
        var sandboxes = Sandboxes(
            $$"""[{"name":"a","default-route":[{{gateways}}]}]""",
            clusterNetwork: Bridge("cluster", 81)
        );
        using var ns = Namespace();

        await Attached(sandboxes, ns);

        Assert.Equal([v4, v6], DefaultsOf(ns));
        Assert.Equal(Comparable(plain), Comparable(ns));
        Assert.Equal([ClusterV4, ClusterV6], DefaultsOf(plain));
    }

    [PluginFact("bridge", "host-local")]
    public async Task Default_routes_of_the_network_itself_and_of_others_are_replaced_in_both_families()
    {
        Define("a", Bridge("a", 82));
        Define("b", Bridge("b", 83));
        using var ns = Namespace();

        await Attached(Sandboxes("""[{"name":"a","default-route":["10.82.0.254","fd82::fe"]},{"name":"b"}]"""), ns);

        Assert.Equal(["default via 10.82.0.254 dev net1", "default via fd82::fe dev net1"], DefaultsOf(ns));
    }

    [PluginFact("bridge", "host-local")]
    public async Task Edge_166_other_tables_metrics_and_selective_routes_stay_as_they_are()
    {
        Define("a", Bridge("a", 82));
        using var ns = Namespace();
        ns.Ip("link", "add", "own0", "type", "veth", "peer", "name", "own1");
        ns.Ip("address", "add", "10.90.0.2/24", "dev", "own0");
        ns.Ip("address", "add", "fd90::2/64", "dev", "own0", "nodad");
        ns.Ip("link", "set", "own1", "up");
        ns.Ip("link", "set", "own0", "up");
        ns.Ip("route", "add", "default", "via", "10.90.0.1", "table", "100");
        ns.Ip("route", "add", "default", "via", "fd90::1", "table", "100");
        ns.Ip("route", "add", "unreachable", "default", "metric", "4000");
        ns.Ip("-6", "route", "add", "unreachable", "default", "metric", "4000");
        ns.Ip("-6", "route", "add", "default", "from", "fd90::/64", "via", "fd90::1", "metric", "5");
        ns.Ip("route", "add", "0.0.0.0/1", "via", "10.90.0.1");
        var own = RoutesOf(ns);
        ns.Ip("route", "add", "default", "via", "10.90.0.1", "metric", "50");
        ns.Ip("route", "add", "default", "via", "fd90::1", "metric", "50");

        await Attached(Sandboxes("""[{"name":"a","default-route":["10.82.0.254","fd82::fe"]}]"""), ns);

        Assert.Empty(own.Except(RoutesOf(ns)));
        Assert.DoesNotContain(RoutesOf(ns), line => line.Contains("metric 50", StringComparison.Ordinal));
        Assert.Equal(2, DefaultsOf(ns).Count(line => line.EndsWith("dev net1", StringComparison.Ordinal)));
        Assert.DoesNotContain(DefaultsOf(ns), line => line.Contains("eth0", StringComparison.Ordinal));
    }

    [PluginFact("bridge", "host-local")]
    public async Task Edge_155_an_empty_list_lets_the_network_keep_the_default_routes_that_its_plugin_made()
    {
        Define("a", Bridge("a", 82, isV6: false));
        using var ns = Namespace();

        var result = await Attached(Sandboxes("""[{"name":"a","default-route":[]}]"""), ns);

        Assert.Equal(["default via 10.82.0.1 dev net1", ClusterV6], DefaultsOf(ns));
        Assert.Equal(["::/0"], result.Routes.Select(route => route.Dst));
        Assert.Equal(["0.0.0.0/0 10.82.0.1"], Routes(Cached("a", "net1")));
    }

    [PluginFact("bridge", "host-local")]
    public async Task An_empty_list_at_a_network_without_default_routes_changes_nothing()
    {
        Define("a", Bridge("a", 82, isDefault: false));
        using var ns = Namespace();

        await Attached(Sandboxes("""[{"name":"a","default-route":[]}]"""), ns);

        Assert.Equal([ClusterV4, ClusterV6], DefaultsOf(ns));
    }

    [PluginFact("bridge", "host-local")]
    public async Task Results_cache_and_status_say_what_is_true_and_a_repeated_add_says_it_again()
    {
        Define("a", Bridge("a", 82));
        Define("b", Bridge("b", 83));
        var sandboxes = Sandboxes("""[{"name":"a","default-route":["10.82.0.254"]},{"name":"b"}]""");
        using var ns = Namespace();

        var result = await Attached(sandboxes, ns);
        var (status, routes) = (Status, RoutesOf(ns));

        Assert.Equal(["::/0 "], Routes(result));
        Assert.Equal(["::/0 "], Routes(Cached("cluster", "eth0")));
        Assert.Equal(["::/0 ", "0.0.0.0/0 10.82.0.254"], Routes(Cached("a", "net1")));
        Assert.Equal(["::/0 "], Routes(Cached("b", "net2")));
        Assert.Equal(1, status.Split("\"gateway\"").Length - 1);
        Assert.Contains("10.82.0.254", status);

        var again = await Attached(sandboxes, ns);

        Assert.Equal(result.ToJson(), again.ToJson());
        Assert.Equal(routes, RoutesOf(ns));
        Assert.Equal(status, Status);
    }

    [PluginFact("bridge", "host-local")]
    public async Task A_repeated_add_does_what_a_daemon_that_ended_before_the_routes_has_not_done()
    {
        Define("a", Bridge("a", 82, isDefault: false));
        var sandboxes = Sandboxes("""[{"name":"a","default-route":["10.82.0.254"]}]""");
        using var ns = Namespace();
        await Attached(sandboxes, ns);
        ns.Ip("route", "replace", "default", "via", "10.81.0.1", "dev", "eth0");

        await Attached(sandboxes, ns);

        Assert.Equal(["default via 10.82.0.254 dev net1", ClusterV6], DefaultsOf(ns));
    }

    [PluginFact("bridge", "host-local")]
    public async Task The_pods_own_default_network_can_have_it_too()
    {
        Define("main", Bridge("main", 84, isDefault: false));
        Define("a", Bridge("a", 82));
        using var ns = Namespace();

        var result = await Attached(
            Sandboxes("a", defaultNetwork: """[{"name":"main","default-route":["10.84.0.254","fd84::fe"]}]"""),
            ns
        );

        Assert.Equal(["default via 10.84.0.254 dev eth0", "default via fd84::fe dev eth0"], DefaultsOf(ns));
        Assert.Contains("0.0.0.0/0 10.84.0.254", Routes(result));
        Assert.Contains("::/0 fd84::fe", Routes(result));
    }

    [PluginTheory("bridge", "host-local")]
    [InlineData(
        "192.0.2.1",
        "gateway 192.0.2.1 of 'default-route' of network ns/a cannot be reached through interface net1"
    )]
    [InlineData(
        "2001:db8::1",
        "gateway 2001:db8::1 of 'default-route' of network ns/a cannot be reached through interface net1"
    )]
    [InlineData(
        "10.82.0.2",
        "'default-route' of network ns/a has \"10.82.0.2\", which is the address of the pod's own interface net1"
    )]
    public async Task A_gateway_that_is_none_undoes_the_whole_add_and_leaves_the_namespace_as_it_was(
        string gateway,
        string error
    )
    {
        Define("a", Bridge("a", 82));
        using var ns = Namespace();
        ns.Ip("link", "add", "own0", "type", "veth", "peer", "name", "own1");
        ns.Ip("address", "add", "10.90.0.2/24", "dev", "own0");
        ns.Ip("link", "set", "own1", "up");
        ns.Ip("link", "set", "own0", "up");
        ns.Ip("route", "add", "default", "via", "10.90.0.1", "metric", "50");
        var before = RoutesOf(ns);

        var refused = Assert.IsType<CniReply.Refused>(
            await Attach(Sandboxes($$"""[{"name":"a","default-route":["{{gateway}}"]}]"""), ns)
        );

        Assert.StartsWith(error, refused.Error.Message, StringComparison.Ordinal);
        Assert.Equal(before, RoutesOf(ns));
        Assert.Equal(["own0", "own1"], ns.Links());
        Assert.Empty(Directory.EnumerateFiles(ResultsFolder));
    }

    [PluginFact("bridge", "host-local")]
    public async Task Results_of_old_versions_are_brought_up_to_date_too()
    {
        Define("a", Bridge("a", 82, version: "0.2.0"));
        Define("b", Bridge("b", 83, version: "0.3.1"));
        using var ns = Namespace();

        await Attached(Sandboxes("""[{"name":"a","default-route":["10.82.0.254","fd82::fe"]},{"name":"b"}]"""), ns);

        Assert.Equal(["0.0.0.0/0 10.82.0.254", "::/0 fd82::fe"], Routes(Cached("a", "net1")));
        Assert.Empty(Cached("b", "net2").Routes);
        Assert.Contains(
            "ip6",
            File.ReadAllText(Directory.GetFiles(ResultsFolder, "a-*").Single()),
            StringComparison.Ordinal
        );
    }

    [PluginFact("bridge", "host-local")]
    public async Task Detaching_leaves_nothing()
    {
        Define("a", Bridge("a", 82));
        var sandboxes = Sandboxes("""[{"name":"a","default-route":["10.82.0.254"]}]""");
        using var ns = Namespace();
        var before = RoutesOf(ns);
        await Attached(sandboxes, ns);

        Assert.IsType<CniReply.Done>(await Detach(sandboxes, ns));

        Assert.Equal(before, RoutesOf(ns));
        Assert.Empty(ns.Links());
    }

    private static string[] Routes(CniResult result) => [.. result.Routes.Select(route => $"{route.Dst} {route.Gw}")];

    // Addresses are handed out one after the other: two pods have different ones.
    private static string[] Comparable(TestNamespace ns) =>
        [
            .. RoutesOf(ns)
                .Where(line => !line.StartsWith("default", StringComparison.Ordinal))
                .Select(line =>
                    System.Text.RegularExpressions.Regex.Replace(line, @"(10\.8\d\.0|fd8\d:)[.:][23]\b", "$1.x")
                ),
        ];
}
