using Multus.Linux.Namespaces;
using Multus.Linux.Netlink;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;

namespace Multus.Linux.Tests.Netlink;

public sealed class LinkWatchTests
{
    private readonly LinkInspector _links = new();

    [RootFact]
    public async Task A_link_is_seen_under_every_name_that_it_comes_to_have()
    {
        using var ns = new TestNamespace();
        using var watch = _links.Watch(ns.Path);
        ns.Ip("link", "add", "temporary", "type", "veth", "peer", "name", "far0");
        await watch.SeenAsync("temporary", CancellationToken.None).WaitAsync(Wait.Patience);
        var renamed = watch.SeenAsync("net1", CancellationToken.None);
        Assert.False(renamed.IsCompleted);

        ns.Ip("link", "set", "temporary", "name", "net1");

        await renamed.WaitAsync(Wait.Patience);
    }

    [RootFact]
    public async Task A_link_that_came_between_opening_and_asking_is_seen_too_and_one_of_another_namespace_is_not()
    {
        using var ns = new TestNamespace();
        using var other = new TestNamespace();
        using var watch = _links.Watch(ns.Path);
        other.Ip("link", "add", "net2", "type", "veth", "peer", "name", "far0");
        ns.Ip("link", "add", "net1", "type", "veth", "peer", "name", "far0");

        await watch.SeenAsync("net1", CancellationToken.None).WaitAsync(Wait.Patience);
        await watch.SeenAsync("far0", CancellationToken.None).WaitAsync(Wait.Patience);

        using var given = new CancellationTokenSource();
        var never = watch.SeenAsync("net2", given.Token);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => never);
    }

    [RootFact]
    public async Task News_that_were_too_many_for_the_kernel_s_buffer_are_asked_for()
    {
        using var ns = new TestNamespace();
        using var watch = _links.Watch(ns.Path);
        ns.Ip("link", "add", "net1", "type", "veth", "peer", "name", "far0");
        var batch = string.Join('\n', Enumerable.Range(0, 4000).Select(i => $"link set far0 mtu {1400 + (i % 2)}"));
        ns.Exec("sh", "-c", $"echo '{batch}' | ip -batch -");
        ns.Ip("link", "add", "net2", "type", "veth", "peer", "name", "far1");

        await watch.SeenAsync("net2", CancellationToken.None).WaitAsync(Wait.Patience);
    }

    [Fact]
    public void What_is_no_namespace_cannot_be_watched() =>
        Assert.Throws<NamespaceException>(() => _links.Watch("/proc/self/status"));
}
