using System.Net;
using System.Net.Sockets;
using Multus.Linux.Namespaces;
using Multus.Linux.Native;
using Multus.Linux.Netlink;
using Multus.TestSupport;

namespace Multus.Linux.Tests.Netlink;

public sealed class RouteTableTests
{
    private readonly RouteTable _routes = new();

    [RootFact]
    public void Routes_of_all_tables_and_both_families_are_listed_as_ip_lists_them()
    {
        using var ns = Pod();
        ns.Ip("route", "add", "default", "via", "10.3.0.1", "metric", "7");
        ns.Ip("route", "add", "10.77.0.0/16", "via", "10.3.0.9", "table", "1000");
        ns.Ip("route", "add", "default", "via", "fd00:3::1", "proto", "static");
        ns.Ip("route", "add", "fd99::/48", "dev", "eth0", "table", "100");
        ns.Ip("route", "add", "unreachable", "10.66.0.0/16");

        var seen = _routes.Inspect(ns.Path);

        var eth0 = seen.Links.Single(link => link.Name == "eth0").Index;
        var v4 = seen.Routes.Single(route => route.IsMainDefault && route.Family == AddressFamily.InterNetwork);
        Assert.Equal(
            (0, 254u, 7u, new RouteHop(eth0, IPAddress.Parse("10.3.0.1"))),
            (v4.PrefixLength, v4.Table, v4.Priority, Assert.Single(v4.Hops))
        );
        var v6 = seen.Routes.Single(route => route.IsMainDefault && route.Family == AddressFamily.InterNetworkV6);
        Assert.Equal(
            (1024u, (byte)4, new RouteHop(eth0, IPAddress.Parse("fd00:3::1"))),
            (v6.Priority, v6.Protocol, Assert.Single(v6.Hops))
        );
        Assert.Contains(
            seen.Routes,
            route =>
                route is { Table: 1000, PrefixLength: 16 } && route.Destination.Equals(IPAddress.Parse("10.77.0.0"))
        );
        Assert.Contains(
            seen.Routes,
            route => route is { Table: 100, PrefixLength: 48 } && route.Hops.SequenceEqual([new RouteHop(eth0, null)])
        );
        Assert.Contains(seen.Routes, route => route is { Type: 7, Hops.IsEmpty: true }); // RTN_UNREACHABLE
        Assert.Contains(seen.Routes, route => route is { Table: 255, Type: 2, Scope: 254 }); // local, RTN_LOCAL, RT_SCOPE_HOST
        Assert.Equal(RoutesOf(ns).Count, seen.Routes.Count);
    }

    [RootFact]
    public void Addresses_are_listed_by_link()
    {
        using var ns = Pod();

        var seen = _routes.Inspect(ns.Path);

        var eth0 = seen.Links.Single(link => link.Name == "eth0").Index;
        Assert.Contains(new AddressInfo(eth0, IPAddress.Parse("10.3.0.2"), 24), seen.Addresses);
        Assert.Contains(new AddressInfo(eth0, IPAddress.Parse("fd00:3::2"), 64), seen.Addresses);
        Assert.Contains(new AddressInfo(1, IPAddress.Loopback, 8), seen.Addresses);
    }

    [RootFact]
    public void The_address_of_a_point_to_point_link_is_its_own_and_not_its_peer_s()
    {
        using var ns = Pod();
        ns.Ip("address", "add", "10.4.0.1", "peer", "10.4.0.2", "dev", "eth0");

        var seen = _routes.Inspect(ns.Path).Addresses.Select(address => address.Address.ToString());

        Assert.Contains("10.4.0.1", seen);
        Assert.DoesNotContain("10.4.0.2", seen);
    }

    [RootFact]
    public void The_hops_of_an_ipv6_route_are_routes_of_their_own_and_those_of_an_ipv4_route_are_not()
    {
        using var ns = Pod();
        ns.Ip("route", "add", "10.0.0.0/8", "nexthop", "via", "10.3.0.7", "nexthop", "via", "10.3.0.8");
        ns.Ip("route", "add", "fd11::/64", "nexthop", "via", "fd00:3::7", "nexthop", "via", "fd00:3::8");

        var seen = _routes.Inspect(ns.Path).Routes;

        Assert.Equal(
            ["10.3.0.7", "10.3.0.8"],
            seen.Single(route => route.PrefixLength == 8 && route.Table == RouteInfo.MainTable)
                .Hops.Select(hop => hop.Gateway!.ToString())
        );
        Assert.Equal(
            ["fd00:3::7", "fd00:3::8"],
            seen.Where(route => route.Destination.Equals(IPAddress.Parse("fd11::")))
                .Select(route => Assert.Single(route.Hops).Gateway!.ToString())
        );
    }

    [RootFact]
    public void Every_route_can_be_removed_as_listed_and_comes_back_as_it_was()
    {
        using var ns = Pod();
        ns.Ip("route", "add", "default", "via", "10.3.0.1", "mtu", "1300", "src", "10.3.0.2", "proto", "static");
        ns.Ip("route", "append", "default", "via", "10.3.0.9");
        ns.Ip("route", "add", "default", "via", "10.3.0.5", "metric", "50");
        ns.Ip("route", "add", "default", "via", "192.0.2.1", "dev", "eth0", "onlink", "table", "100");
        ns.Ip("route", "add", "10.0.0.0/8", "nexthop", "via", "10.3.0.7", "weight", "3", "nexthop", "via", "10.3.0.8");
        ns.Ip("route", "add", "default", "via", "fd00:3::1", "mtu", "1400");
        ns.Ip("route", "append", "default", "via", "fd00:3::9", "mtu", "1400");
        ns.Ip("route", "add", "fd11::/64", "nexthop", "via", "fd00:3::7", "nexthop", "via", "fd00:3::8");
        ns.Ip("nexthop", "add", "id", "1", "via", "10.3.0.1", "dev", "eth0");
        ns.Ip("nexthop", "add", "id", "6", "via", "fd00:3::1", "dev", "eth0");
        ns.Ip("nexthop", "add", "id", "7", "via", "fd00:3::7", "dev", "eth0");
        ns.Ip("nexthop", "add", "id", "67", "group", "6/7");
        ns.Ip("route", "add", "10.50.0.0/16", "nhid", "1");
        ns.Ip("route", "add", "fd50::/48", "nhid", "6");
        ns.Ip("route", "add", "fd51::/48", "nhid", "67");
        var before = RoutesOf(ns);
        var made = _routes.Inspect(ns.Path).Routes.Where(route => route.Protocol is 3 or 4).ToList();
        Assert.Equal(12, made.Count);

        _routes.Change(ns.Path, made, []);
        Assert.DoesNotContain(_routes.Inspect(ns.Path).Routes, route => route.Protocol is 3 or 4);
        _routes.Change(ns.Path, [], made);

        Assert.Equal(before, RoutesOf(ns));
    }

    [RootFact]
    public void Edge_166_167_a_default_route_takes_the_place_of_another()
    {
        using var ns = Pod();
        ns.Ip("route", "add", "default", "via", "10.3.0.1");
        ns.Ip("route", "add", "default", "via", "10.3.0.1", "table", "100");
        var eth0 = _routes.Inspect(ns.Path).Links.Single(link => link.Name == "eth0").Index;

        Replace(ns, AddressFamily.InterNetwork, "10.3.0.8", eth0);

        Assert.Equal("default via 10.3.0.8 dev eth0", ns.Ip("route", "show", "default").Trim());
        Assert.Equal("default via 10.3.0.1 dev eth0", ns.Ip("route", "show", "table", "100").Trim());
    }

    [RootTheory]
    [InlineData("192.0.2.1", Errno.ENETUNREACH)]
    [InlineData("2001:db8::1", Errno.EHOSTUNREACH)]
    [InlineData("fd00:3::2", Errno.EINVAL)] // its own; of IPv4 the kernel takes that
    public void A_gateway_that_cannot_be_one_is_refused_and_nothing_has_changed(string gateway, int errno)
    {
        using var ns = Pod();
        ns.Ip("route", "add", "default", "via", "10.3.0.1", "metric", "9");
        ns.Ip("route", "append", "default", "via", "10.3.0.5", "metric", "9");
        ns.Ip("route", "append", "default", "via", "10.3.0.6");
        ns.Ip("route", "add", "default", "via", "fd00:3::1");
        ns.Ip("route", "append", "default", "via", "fd00:3::7");
        ns.Ip("route", "append", "default", "via", "fd00:3::8", "metric", "3");
        var before = RoutesOf(ns);
        var eth0 = _routes.Inspect(ns.Path).Links.Single(link => link.Name == "eth0").Index;

        var refused = Assert.Throws<RouteException>(() =>
            Replace(ns, IPAddress.Parse(gateway).AddressFamily, gateway, eth0)
        );

        Assert.Equal((errno, true), (refused.Errno, refused.IsGatewayUnusable));
        Assert.Contains($"default via {gateway}", refused.Message);
        Assert.Equal(before, RoutesOf(ns));
    }

    [RootFact]
    public void A_route_that_is_gone_already_is_refused_and_those_before_it_are_restored()
    {
        using var ns = Pod();
        ns.Ip("route", "add", "default", "via", "10.3.0.1");
        ns.Ip("route", "add", "default", "via", "fd00:3::1");
        var both = _routes.Inspect(ns.Path).Routes.Where(route => route.IsMainDefault).ToList();
        ns.Ip("-6", "route", "delete", "default");
        var before = RoutesOf(ns);

        var refused = Assert.Throws<RouteException>(() => _routes.Change(ns.Path, both, []));

        Assert.Equal(Errno.ESRCH, refused.Errno);
        Assert.Equal(before, RoutesOf(ns));
    }

    [Fact]
    public void A_missing_namespace_is_not_an_empty_one() =>
        Assert.Throws<NamespaceException>(() => _routes.Inspect("/run/netns/nowhere-at-all"));

    [Theory]
    [InlineData("0204")] // shorter than its header
    [InlineData("020000000000000000000000" + "03000400")] // an attribute shorter than its own header
    [InlineData("020000000000000000000000" + "080009000a000000")] // a hop shorter than its header
    [InlineData("020000000000000000000000" + "0c000900" + "ff00000001000000")] // a hop longer than what is there
    public void A_malformed_answer_is_an_error_and_not_a_route(string hex) =>
        Assert.Throws<InvalidDataException>(() => RouteMessage.Read(Convert.FromHexString(hex)));

    private void Replace(TestNamespace ns, AddressFamily family, string gateway, int link) =>
        _routes.Change(
            ns.Path,
            [.. _routes.Inspect(ns.Path).Routes.Where(route => route.IsMainDefault && route.Family == family)],
            [RouteInfo.Default(IPAddress.Parse(gateway), link)]
        );

    /// <summary>A namespace with eth0, which has an address of each family, ready for routes.</summary>
    private static TestNamespace Pod()
    {
        var ns = new TestNamespace();
        try
        {
            ns.Ip("link", "add", "eth0", "type", "veth", "peer", "name", "far0");
            ns.Ip("address", "add", "10.3.0.2/24", "dev", "eth0");
            ns.Ip("address", "add", "fd00:3::2/64", "dev", "eth0", "nodad");
            ns.Ip("link", "set", "far0", "addrgenmode", "none");
            ns.Ip("link", "set", "eth0", "addrgenmode", "none");
            ns.Ip("link", "set", "far0", "up");
            ns.Ip("link", "set", "eth0", "up");
            foreach (var link in (string[])["eth0", "far0"])
                ns.Ip("link", "show", "dev", link); // has the kernel act on the carrier, so that no route comes later
            return ns;
        }
        catch
        {
            ns.Dispose();
            throw;
        }
    }

    /// <summary>Every route of every table, one a line.</summary>
    private static List<string> RoutesOf(TestNamespace ns) =>
        [
            .. $"{ns.Ip("-4", "-oneline", "route", "show", "table", "all")}{ns.Ip("-6", "-oneline", "route", "show", "table", "all")}".Split(
                '\n',
                StringSplitOptions.RemoveEmptyEntries
            ),
        ];
}
