using Multus.Actors.Netlink;
using Multus.Cni;
using Multus.Linux.Netlink;
using static Multus.Actors.Netlink.NetlinkProtocol;

namespace Multus.Actors.Tests.Netlink;

public class NetlinkActorTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public NetlinkActorTests()
        : base("multus.netlink.dispatcher.type = PinnedDispatcher")
    {
    }

    [Fact]
    public async Task Names_that_no_link_has_are_free() =>
        Assert.IsType<Reply.Fine>(await Ask(new CheckFree("/ns", ["eth0", "net1"]), _ => false));

    [Fact]
    public async Task A_name_that_a_link_has_is_named() =>
        Assert.Equal("net1", Assert.IsType<Reply.Not>(await Ask(new CheckFree("/ns", ["eth0", "net1"]), name => name == "net1")).IfName);

    [Fact]
    public async Task An_interface_that_is_missing_is_named() =>
        Assert.Equal("net1", Assert.IsType<Reply.Not>(await Ask(new CheckPresent("/ns", ["eth0", "net1"]), name => name == "eth0")).IfName);

    [Fact]
    public async Task A_kernel_that_refuses_is_an_answer_and_no_crash()
    {
        var failed = Assert.IsType<Reply.Failed>(await Ask(new CheckFree("/ns", ["eth0"]), _ => throw new NetlinkException(16, "RTM_GETLINK eth0")));

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
            Assert.IsType<Reply.Fine>(await netlink.Ask<Reply>(new CheckFree("/ns", ["good"]), Patience));
    }

    private Task<Reply> Ask(ICommand question, Func<string, bool> exists) => Netlink(exists).Ask<Reply>(question, Patience);

    private IActorRef Netlink(Func<string, bool> exists) => Sys.ActorOf(NetlinkActor.PropsFor(new NetlinkSettings(2), new FakeLinks(exists)));

    private sealed class FakeLinks(Func<string, bool> exists) : ILinkInspector
    {
        public string? IdentityOf(string netNsPath) => null;

        public bool LinkExists(string netNsPath, string ifName) => exists(ifName);

        public IReadOnlyList<LinkInfo> ListLinks(string netNsPath) => [];
    }
}
