using Multus.Linux.Namespaces;
using Multus.Linux.Netlink;
using Multus.TestSupport;

namespace Multus.Linux.Tests.Netlink;

public sealed class LinkInspectorTests
{
    private readonly LinkInspector _links = new();

    [RootFact]
    public void A_link_exists_from_its_creation_to_its_deletion()
    {
        using var ns = new TestNamespace();
        Assert.False(_links.LinkExists(ns.Path, "eth0"));

        ns.Ip("link", "add", "eth0", "type", "veth", "peer", "name", "far0");
        Assert.True(_links.LinkExists(ns.Path, "eth0"));

        ns.Ip("link", "delete", "far0");
        Assert.False(_links.LinkExists(ns.Path, "eth0"));
    }

    [RootFact]
    public void A_link_is_looked_for_in_the_named_namespace_only()
    {
        using var here = new TestNamespace();
        using var elsewhere = new TestNamespace();
        here.Ip("link", "add", "eth0", "type", "veth", "peer", "name", "far0");

        Assert.False(_links.LinkExists(elsewhere.Path, "eth0"));
    }

    [RootFact]
    public void A_name_of_fifteen_bytes_is_found()
    {
        using var ns = new TestNamespace();
        ns.Ip("link", "add", "fifteen-letters", "type", "veth", "peer", "name", "far0");

        Assert.True(_links.LinkExists(ns.Path, "fifteen-letters"));
        Assert.False(_links.LinkExists(ns.Path, "fifteen-letter"));
    }

    [RootFact]
    public void An_alternative_name_is_taken_too()
    {
        using var ns = new TestNamespace();
        ns.Ip("link", "add", "eth0", "type", "veth", "peer", "name", "far0");
        ns.Ip("link", "property", "add", "dev", "eth0", "altname", "uplink");

        Assert.True(_links.LinkExists(ns.Path, "uplink"));
    }

    [RootFact]
    public void A_namespace_is_not_taken_for_the_one_that_had_its_path_before()
    {
        using var other = new TestNamespace();
        string? before;
        using (var ns = new TestNamespace())
        {
            before = _links.IdentityOf(ns.Path);
            Assert.Equal(before, _links.IdentityOf(ns.Path));
        }

        using var after = new TestNamespace(); // may well have the inode number of the one before
        Assert.NotNull(before);
        Assert.Distinct([before, _links.IdentityOf(after.Path), _links.IdentityOf(other.Path)]);
    }

    [RootFact]
    public void Links_are_listed_with_all_that_is_known_of_them()
    {
        using var ns = new TestNamespace();
        ns.Ip(
            "link",
            "add",
            "eth0",
            "mtu",
            "1400",
            "address",
            "02:00:00:00:0a:ff",
            "type",
            "veth",
            "peer",
            "name",
            "far0"
        );
        ns.Ip("link", "add", "br0", "type", "bridge");

        var links = _links.ListLinks(ns.Path);

        Assert.Equal(["br0", "eth0", "far0", "lo"], links.Select(link => link.Name).Order(StringComparer.Ordinal));
        var eth0 = links.Single(link => link.Name == "eth0");
        Assert.Equal(("02:00:00:00:0a:ff", 1400, "veth"), (eth0.Mac, eth0.Mtu, eth0.Kind));
        Assert.Equal("bridge", links.Single(link => link.Name == "br0").Kind);
        Assert.Equal(new LinkInfo(1, "lo", "00:00:00:00:00:00", 65536, null), links[0]);
    }

    [RootFact]
    public void More_links_than_one_answer_holds_are_listed_whole()
    {
        using var ns = new TestNamespace();
        using var folder = new TempFolder();
        var batch = Enumerable.Range(0, 60).Select(i => $"link add a{i} type veth peer name b{i}");
        ns.Ip("-batch", folder.File("batch", string.Join('\n', batch)));

        Assert.Equal(121, _links.ListLinks(ns.Path).Count);
    }

    [RootFact]
    public void A_name_that_no_link_can_have_is_refused_by_the_kernel_and_says_what_was_asked()
    {
        using var ns = new TestNamespace();

        var failure = Assert.Throws<NetlinkException>(() => _links.LinkExists(ns.Path, new string('x', 300)));

        Assert.False(failure.IsTransient);
        Assert.StartsWith("RTM_GETLINK xxx", failure.Request, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_namespace_is_not_a_missing_link()
    {
        Assert.Throws<NamespaceException>(() => _links.LinkExists("/run/netns/nowhere-at-all", "eth0"));
        Assert.Throws<NamespaceException>(() => _links.ListLinks("/run/netns/nowhere-at-all"));
    }

    [RootFact]
    public void Looking_leaves_no_descriptor_open()
    {
        using var ns = new TestNamespace();
        _links.LinkExists(ns.Path, "eth0");
        var before = Tests.Processes.Proc.OpenDescriptors;

        for (var i = 0; i < 100; i++)
        {
            _links.LinkExists(ns.Path, "eth0");
            _links.ListLinks(ns.Path);
        }

        Assert.InRange(Tests.Processes.Proc.OpenDescriptors, 0, before + 99); // less than one of each round; the test host has some of its own
    }
}
