using Multus.Actors.Tests.Fakes;
using Multus.Cni;
using Multus.Engine.Requests;

namespace Multus.Actors.Tests.Sandboxes;

public class DetachOperationTests : SandboxFixture
{
    [Fact]
    public async Task A_delete_detaches_in_reverse_order_and_leaves_no_file()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Plugins.Calls.Clear();

        Assert.IsType<CniReply.Done>(await Detach(sandboxes));

        Assert.Equal(["DEL third net2", "DEL second net1", "DEL cluster eth0"], Plugins.Calls);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task Edge_123_a_delete_needs_neither_the_cluster_nor_the_cluster_network_s_file()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Cluster = _ => throw new InvalidOperationException("the cluster was asked");
        File.Delete(Request().Configuration.ClusterNetwork);

        Assert.IsType<CniReply.Done>(await Detach(sandboxes));
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task A_delete_goes_on_after_a_failing_delegate_and_keeps_only_that_one_on_record()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Plugins.Fail(CniCommand.Del, "second", "device busy");
        Plugins.Calls.Clear();

        var refused = Assert.IsType<CniReply.Refused>(await Detach(sandboxes));
        Assert.Contains("network ns/second, interface net1", refused.Error.Message);
        Assert.Contains("device busy", refused.Error.Message);
        Assert.Equal(["DEL third net2", "DEL second net1", "DEL cluster eth0"], Plugins.Calls);

        Plugins.Succeed(CniCommand.Del, "second");
        Plugins.Calls.Clear();
        Assert.IsType<CniReply.Done>(await Detach(sandboxes));
        Assert.Equal(["DEL second net1"], Plugins.Calls);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task Edge_127_a_damaged_record_does_not_keep_a_delete_from_detaching_what_the_result_cache_knows()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        await File.WriteAllTextAsync(Path.Combine(CniDir, "c1"), "[{\"Conf\":");
        Plugins.Calls.Clear();

        Assert.IsType<CniReply.Done>(await Detach(sandboxes));

        Assert.Equal(
            ["DEL cluster eth0", "DEL second net1", "DEL third net2"],
            Plugins.Calls.Order(StringComparer.Ordinal)
        );
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task A_stored_delete_does_not_undo_an_add_that_came_after_it()
    {
        var request = Request();
        var stored = FakeFolder.NameOf(request.Sandbox, request.IfName);
        PendingDeletes.Store(stored, () => request);
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Plugins.Calls.Clear();

        Assert.IsType<CniReply.Done>(await sandboxes.Ask<CniReply>(new CniRequest.Detach(request, stored), Patience));

        Assert.Empty(Plugins.Calls);
        Assert.Contains("c1", Kept);
    }
}
