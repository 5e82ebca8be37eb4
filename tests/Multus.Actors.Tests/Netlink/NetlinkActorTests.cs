using System.Net;
using Multus.Actors.Health;
using Multus.Actors.Netlink;
using Multus.Actors.Node;
using Multus.Cni;
using Multus.Linux.Namespaces;
using Multus.Linux.Netlink;
using static Multus.Actors.Netlink.NetlinkProtocol;

namespace Multus.Actors.Tests.Netlink;

public class NetlinkActorTests : TestKit
{
    public NetlinkActorTests()
        : base("multus.netlink.dispatcher.type = PinnedDispatcher") { }

    [Fact]
    public async Task Names_that_no_link_has_are_free() =>
        Assert.IsType<Reply.Ok>(await Ask(new CheckFree("/ns", ["eth0", "net1"]), _ => false));

    [Fact]
    public async Task A_name_that_a_link_has_is_named() =>
        Assert.Equal(
            "net1",
            Assert.IsType<Reply.Taken>(await Ask(new CheckFree("/ns", ["eth0", "net1"]), name => name == "net1")).IfName
        );

    [Fact]
    public async Task The_daemon_s_own_namespace_is_refused_where_it_is_not_wanted_whatever_names_are_taken_in_it()
    {
        var own = $"/proc/{Environment.ProcessId}/ns/net";

        var refused = Assert.IsType<Reply.Failed>(
            await Ask(new CheckFree(own, ["eth0"]) { RefusesOwn = true }, _ => true)
        );

        Assert.Equal(
            new CniError(
                CniErrorCode.InvalidNetNs,
                "plugin's netns and netns from CNI_NETNS should not be the same",
                own
            ),
            refused.Error
        );
        Assert.IsType<Reply.Ok>(await Ask(new CheckFree(own, ["eth0"]), _ => false));
        Assert.IsType<Reply.Ok>(await Ask(new CheckFree("/ns", ["eth0"]) { RefusesOwn = true }, _ => false));
    }

    [Fact]
    public async Task A_look_shows_all_that_is_there() =>
        Assert.Same(FakeRoutes.View, Assert.IsType<Reply.Snapshot>(await Ask(new Inspect("/ns"), _ => false)).View);

    [Fact]
    public async Task A_namespace_that_cannot_be_entered_is_an_answer_and_no_crash() =>
        Assert.Equal(
            CniErrorCode.InvalidNetNs,
            Assert.IsType<Reply.Failed>(await Ask(new Inspect("/gone"), _ => false)).Error.Code
        );

    [Fact]
    public async Task A_route_that_the_kernel_refuses_is_named_with_the_reason()
    {
        var route = RouteInfo.Default(IPAddress.Parse("10.0.0.1"), 7);

        var refused = Assert.IsType<Reply.RouteRefused>(await Ask(new ChangeRoutes("/ns", [], [route]), _ => false));

        Assert.Equal((route, true), (refused.Route, refused.IsGatewayUnusable));
        Assert.Contains("ENETUNREACH", refused.Error.Message);
    }

    [Fact]
    public async Task A_kernel_that_refuses_is_an_answer_and_no_crash()
    {
        var failed = Assert.IsType<Reply.Failed>(
            await Ask(new CheckFree("/ns", ["eth0"]), _ => throw new NetlinkException(16, "RTM_GETLINK eth0"))
        );

        Assert.NotEqual(0u, failed.Error.Code);
        Assert.Contains("RTM_GETLINK", failed.Error.Message);
    }

    [Fact]
    public async Task A_worker_that_crashes_answers_and_is_replaced()
    {
        var netlink = Netlink(name => name == "bad" ? throw new InvalidOperationException("a bug") : false);
        var failed = Assert.IsType<Reply.Failed>(await netlink.Ask<Reply>(new CheckFree("/ns", ["bad"]), Patience));
        Assert.Contains("a bug", failed.Error.Message);

        for (var i = 0; i < 4; i++)
            Assert.IsType<Reply.Ok>(await netlink.Ask<Reply>(new CheckFree("/ns", ["good"]), Patience));
    }

    [Fact]
    public async Task A_worker_that_crashes_is_counted()
    {
        var restarts = new RestartCount();
        var netlink = Sys.ActorOf(
            NetlinkActor.PropsFor(
                new NetlinkSettings(2),
                new FakeLinks(_ => throw new InvalidOperationException("a bug")),
                new FakeRoutes(),
                restarts
            ),
            NodeActor.Netlink
        );

        await netlink.Ask<Reply>(new CheckFree("/ns", ["bad"]), Patience);

        await AwaitAssertAsync(() => Assert.Equal(1, restarts.Of("netlink-worker")), Patience);
    }

    private Task<Reply> Ask(ICommand question, Func<string, bool> exists) =>
        Netlink(exists).Ask<Reply>(question, Patience);

    private IActorRef Netlink(Func<string, bool> exists) =>
        Sys.ActorOf(NetlinkActor.PropsFor(new NetlinkSettings(2), new FakeLinks(exists), new FakeRoutes()));

    private sealed class FakeLinks(Func<string, bool> exists) : ILinkInspector
    {
        public string? IdentityOf(string netNsPath) => null;

        public bool LinkExists(string netNsPath, string ifName) => exists(ifName);

        public IReadOnlyList<LinkInfo> ListLinks(string netNsPath) => [];

        public ILinkWatch Watch(string netNsPath) => throw new NamespaceException(netNsPath, 2, "cannot be opened");
    }

    private sealed class FakeRoutes : IRouteTable
    {
        public static NamespaceView View { get; } = new([], [], []);

        public NamespaceView Inspect(string netNsPath) =>
            netNsPath == "/gone" ? throw new NamespaceException(netNsPath, 2, "cannot be opened") : View;

        public void Change(string netNsPath, IReadOnlyList<RouteInfo> remove, IReadOnlyList<RouteInfo> add) =>
            throw new RouteException(add[0], new NetlinkException(101, "RTM_NEWROUTE"));

        public void PutInOrder(string netNsPath, IReadOnlyList<string> ifNames) =>
            throw new RouteException(
                RouteInfo.Default(IPAddress.IPv6Loopback, 1),
                new NetlinkException(11, "RTM_NEWROUTE")
            );
    }
}
