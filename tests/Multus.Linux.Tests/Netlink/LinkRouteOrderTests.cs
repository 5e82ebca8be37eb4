using Multus.Linux.Netlink;
using Multus.TestSupport;

namespace Multus.Linux.Tests.Netlink;

/// <summary>Links that come up in another order than they have been made in, and their routes.</summary>
public sealed class LinkRouteOrderTests
{
    private readonly RouteTable _routes = new();

    [RootFact]
    public void The_kernel_s_routes_of_each_link_are_put_in_the_order_of_the_links()
    {
        using var ns = WithLinks("eth0", "net3", "net1", "net2");
        Assert.Equal(["eth0", "net3", "net1", "net2"], LinksOf(ns, "fe80::/64"));

        _routes.PutInOrder(ns.Path, ["net1", "net2", "net3"]);

        Assert.Equal(["eth0", "net1", "net2", "net3"], LinksOf(ns, "fe80::/64"));
        Assert.Equal(["eth0", "net1", "net2", "net3"], LinksOf(ns, "multicast ff00::/8"));
    }

    [RootFact]
    public void Routes_that_are_put_in_order_are_to_be_told_from_those_that_were_by_nothing()
    {
        using var ns = WithLinks("net1", "net2", "net3");
        using var other = WithLinks("net3", "net2", "net1");

        _routes.PutInOrder(other.Path, ["net1", "net2", "net3"]);

        Assert.Equal(All(ns), All(other));
    }

    [RootFact]
    public void Other_routes_and_what_is_in_order_are_left_alone()
    {
        using var ns = WithLinks("net1", "net2");
        ns.Ip("route", "add", "fdee::/64", "dev", "net2");
        ns.Ip("route", "append", "fdee::/64", "dev", "net1");
        var before = All(ns);

        _routes.PutInOrder(ns.Path, ["net1", "net2", "net7"]);

        Assert.Equal(before, All(ns));
    }

    private static TestNamespace WithLinks(params string[] inOrderOfComingUp)
    {
        var ns = new TestNamespace();
        try
        {
            foreach (var link in inOrderOfComingUp.Order(StringComparer.Ordinal))
                ns.Ip("link", "add", link, "type", "veth", "peer", "name", $"far-{link}");
            ns.Exec("sh", "-c", "for file in /proc/sys/net/ipv6/conf/far-*/disable_ipv6; do echo 1 >$file; done");
            foreach (var link in inOrderOfComingUp)
            {
                ns.Ip("link", "set", $"far-{link}", "up");
                ns.Ip("link", "set", link, "up");
                Assert.Contains(link, ns.Ip("link", "show", "dev", link), StringComparison.Ordinal); // has the kernel act on the carrier
            }
        }
        catch
        {
            ns.Dispose();
            throw;
        }

        return ns;
    }

    private static string[] LinksOf(TestNamespace ns, string destination) =>
        [
            .. All(ns)
                .Where(line => line.StartsWith($"{destination} dev ", StringComparison.Ordinal))
                .Select(line => line[$"{destination} dev ".Length..].Split(' ')[0]),
        ];

    // The links' own addresses are random.
    private static string[] All(TestNamespace ns) =>
        [
            .. ns.Ip("-6", "route", "show", "table", "all")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(line => !line.StartsWith("local fe80:", StringComparison.Ordinal))
                .Select(line => line.Trim()),
        ];
}
