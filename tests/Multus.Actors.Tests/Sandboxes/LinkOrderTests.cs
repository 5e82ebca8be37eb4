using System.Collections.Concurrent;
using Multus.Actors.Netlink;
using Multus.Actors.Tests.Fakes;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Engine.Requests;
using Multus.Linux.Netlink;

namespace Multus.Actors.Tests.Sandboxes;

/// <summary>A pod of three networks that run together: net1 is a bridge, net2 a tap, net3 a dummy.</summary>
public class LinkOrderTests : SandboxFixture
{
    private readonly FakeWatch _links = new();
    private readonly ConcurrentQueue<string> _ordered = [];

    public LinkOrderTests()
    {
        foreach (var type in (string[])["bridge", "tap", "dummy"])
            Temp.File($"bin/{type}", "never run: the plugins are faked");
        Cluster = ClusterOf(
            new() { ["k8s.v1.cni.cncf.io/networks"] = "bridge,tap,dummy" },
            ("ns", "bridge", """{"cniVersion":"1.0.0","type":"bridge"}"""),
            ("ns", "tap", """{"cniVersion":"1.0.0","type":"tap"}"""),
            ("ns", "dummy", """{"cniVersion":"1.0.0","type":"dummy"}""")
        );
        Netlink = question =>
            question switch
            {
                NetlinkProtocol.WatchLinks => new NetlinkProtocol.Reply.Watching(_links),
                NetlinkProtocol.OrderLinkRoutes order => Note(order),
                _ => AnswerNetlink(question),
            };
    }

    [Fact]
    public async Task A_network_begins_when_the_link_of_the_one_before_it_is_in_the_pod_and_not_when_that_one_has_ended()
    {
        var bridge = Held("bridge");
        var tap = Held("tap");
        var attached = Attach(Sandboxes());
        await _links.IsAskedFor("net1");
        Assert.Equal(["ADD cluster eth0", "ADD bridge net1"], Plugins.Calls);

        _links.Comes("net1");
        await _links.IsAskedFor("net2");
        Assert.Equal(["ADD cluster eth0", "ADD bridge net1", "ADD tap net2"], Plugins.Calls);

        _links.Comes("net2");
        bridge.SetResult();
        tap.SetResult();
        Assert.IsType<CniReply.Attached>(await attached);
        Assert.Equal("ADD dummy net3", Plugins.Calls.Last());
        Assert.Equal(["eth0,net1,net2,net3"], _ordered);
        Assert.True(_links.IsDisposed);
    }

    [Fact]
    public async Task A_network_that_ends_without_a_link_holds_up_none()
    {
        Assert.IsType<CniReply.Attached>(await Attach(Sandboxes()));
        Assert.Equal(["ADD cluster eth0", "ADD bridge net1", "ADD tap net2", "ADD dummy net3"], Plugins.Calls);
    }

    [Fact]
    public async Task After_a_failure_no_more_are_begun_and_those_that_were_are_undone_when_they_have_ended()
    {
        var bridge = Held("bridge");
        Plugins.Fail(CniCommand.Add, "tap", "no tap today");
        _links.Comes("net1");
        var attached = Attach(Sandboxes());
        await _links.IsAskedFor("net2");
        Assert.False(attached.IsCompleted);

        bridge.SetResult();

        Assert.Contains(
            "no tap today",
            Assert.IsType<CniReply.Refused>(await attached).Error.Message,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("ADD dummy net3", Plugins.Calls);
        Assert.Equal("DEL cluster eth0", Plugins.Calls.Last());
        Assert.Contains("DEL bridge net1", Plugins.Calls);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task Of_several_failures_the_first_in_the_annotation_s_order_is_told_when_it_is_the_last_to_come()
    {
        var bridge = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Plugins.On(
            CniCommand.Add,
            "bridge",
            async _ =>
            {
                await bridge.Task;
                return new PluginOutput.Failed(new CniError(100, "first failure"));
            }
        );
        Plugins.Fail(CniCommand.Add, "tap", "second failure");
        _links.Comes("net1");
        var attached = Attach(Sandboxes());
        await _links.IsAskedFor("net2");

        bridge.SetResult();

        Assert.Contains(
            "first failure",
            Assert.IsType<CniReply.Refused>(await attached).Error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_watch_that_hears_no_more_fails_the_ADD_which_is_undone()
    {
        var bridge = Held("bridge");
        _links.Fails(new NetlinkException(12, "waiting for link net1"));
        var attached = Attach(Sandboxes());
        await _links.IsAskedFor("net1");
        bridge.SetResult();

        Assert.Contains(
            "waiting for link net1",
            Assert.IsType<CniReply.Refused>(await attached).Error.Message,
            StringComparison.Ordinal
        );
        Assert.Equal("DEL cluster eth0", Plugins.Calls.Last());
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task A_namespace_that_cannot_be_watched_fails_the_ADD_before_any_of_them_is_begun()
    {
        Netlink = question =>
            question is NetlinkProtocol.WatchLinks
                ? new NetlinkProtocol.Reply.Failed(new CniError(CniErrorCode.InvalidNetNs, "it is gone"))
                : AnswerNetlink(question);

        Assert.Equal(CniErrorCode.InvalidNetNs, Assert.IsType<CniReply.Refused>(await Attach(Sandboxes())).Error.Code);
        Assert.Equal(["ADD cluster eth0", "DEL cluster eth0"], Plugins.Calls);
    }

    [Fact]
    public async Task Routes_that_cannot_be_put_in_order_cost_no_pod_its_network()
    {
        Netlink = question =>
            question switch
            {
                NetlinkProtocol.WatchLinks => new NetlinkProtocol.Reply.Watching(_links),
                NetlinkProtocol.OrderLinkRoutes => new NetlinkProtocol.Reply.Failed(
                    new CniError(CniErrorCode.Io, "not now")
                ),
                _ => AnswerNetlink(question),
            };

        Assert.IsType<CniReply.Attached>(await Attach(Sandboxes()));
    }

    [Theory]
    [InlineData("auto", "eth0,net1,net2,net3")]
    [InlineData("sequential", "eth0,net1,net2,net3")]
    [InlineData("parallel", "")]
    public async Task The_links_routes_are_put_in_order_once_all_are_attached_unless_order_is_of_no_concern(
        string mode,
        string ordered
    )
    {
        ExtraKeys = $",\"attachMode\":\"{mode}\"";

        Assert.IsType<CniReply.Attached>(await Attach(Sandboxes()));
        Assert.Equal(ordered, string.Join('|', _ordered));
    }

    [Fact]
    public async Task They_are_detached_at_the_same_time()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        var (met, bridge, tap) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), 0, 0);
        Plugins.On(CniCommand.Del, "bridge", call => Meet(call, ref bridge));
        Plugins.On(CniCommand.Del, "tap", call => Meet(call, ref tap));

        Assert.IsType<CniReply.Done>(await Detach(sandboxes));

        Task<PluginOutput> Meet(PluginCall call, ref int mine)
        {
            mine = 1;
            if (Volatile.Read(ref bridge) + Volatile.Read(ref tap) == 2)
                met.SetResult();
            return Ended(call, met.Task);
        }
    }

    private static async Task<PluginOutput> Ended(PluginCall call, Task until)
    {
        await until;
        return FakePlugins.Success(call);
    }

    private TaskCompletionSource Held(string type)
    {
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Plugins.On(CniCommand.Add, type, call => Ended(call, released.Task));
        return released;
    }

    private NetlinkProtocol.Reply.Ok Note(NetlinkProtocol.OrderLinkRoutes order)
    {
        _ordered.Enqueue(string.Join(',', order.IfNames));
        return new NetlinkProtocol.Reply.Ok();
    }

    /// <summary>Links come when the test says so.</summary>
    private sealed class FakeWatch : ILinkWatch
    {
        private readonly ConcurrentDictionary<string, TaskCompletionSource> _links = [];
        private readonly ConcurrentDictionary<string, TaskCompletionSource> _asked = [];
        private NetlinkException? _failure;

        public bool IsDisposed { get; private set; }

        public void Comes(string ifName) => Of(_links, ifName).TrySetResult();

        public void Fails(NetlinkException failure) => _failure = failure;

        public Task IsAskedFor(string ifName) => Of(_asked, ifName).Task.WaitAsync(Patience);

        public Task SeenAsync(string ifName, CancellationToken cancel)
        {
            Of(_asked, ifName).TrySetResult();
            return _failure is { } failure ? Task.FromException(failure) : Of(_links, ifName).Task.WaitAsync(cancel);
        }

        public void Dispose() => IsDisposed = true;

        private static TaskCompletionSource Of(
            ConcurrentDictionary<string, TaskCompletionSource> sources,
            string ifName
        ) =>
            sources.GetOrAdd(ifName, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
    }
}
