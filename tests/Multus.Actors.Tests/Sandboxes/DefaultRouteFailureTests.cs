using System.Collections.Concurrent;
using System.Net;
using Multus.Actors.Netlink;
using Multus.Cni;
using Multus.Engine.Requests;
using Multus.Linux.Netlink;

namespace Multus.Actors.Tests.Sandboxes;

public class DefaultRouteFailureTests : SandboxFixture
{
    private static readonly RouteInfo Before = RouteInfo.Default(IPAddress.Parse("10.0.0.1"), 2);
    private readonly ConcurrentQueue<NetlinkProtocol.ChangeRoutes> _changes = [];

    public DefaultRouteFailureTests()
    {
        Cluster = ClusterOf(
            new()
            {
                ["k8s.v1.cni.cncf.io/networks"] =
                    """[{"name":"second","default-route":["10.0.1.1"]},{"name":"third"}]""",
            },
            ("ns", "second", """{"cniVersion":"1.0.0","type":"second"}"""),
            ("ns", "third", """{"cniVersion":"1.0.0","type":"third"}""")
        );
        Netlink = question => Answer(question, () => new NetlinkProtocol.Reply.Ok());
    }

    [Fact]
    public async Task A_result_that_cannot_be_brought_up_to_date_puts_the_routes_back_and_undoes_the_add()
    {
        Netlink = question =>
            Answer(
                question,
                () =>
                {
                    if (_changes.Count == 1)
                        File.Delete(Path.Combine(CniDir, "results", "second-c1-net1"));
                    return new NetlinkProtocol.Reply.Ok();
                }
            );

        var refused = Assert.IsType<CniReply.Refused>(await Attach(Sandboxes()));

        Assert.Contains(
            "result of network ns/second, interface net1 is gone from the result cache",
            refused.Error.Message
        );
        var (first, last) = (_changes.First(), _changes.Last());
        Assert.Equal(2, _changes.Count);
        Assert.Equal(
            (Before, "default via 10.0.1.1 link 3"),
            (Assert.Single(first.Remove), Assert.Single(first.Add).ToString())
        );
        Assert.Equal((first.Add[0], Before), (Assert.Single(last.Remove), Assert.Single(last.Add)));
        Assert.Equal(["DEL third net2", "DEL second net1", "DEL cluster eth0"], Plugins.Calls.Skip(3));
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task A_refusal_of_the_kernel_undoes_the_add()
    {
        Netlink = question =>
            Answer(
                question,
                () =>
                    new NetlinkProtocol.Reply.RouteRefused(
                        Before,
                        false,
                        new CniError(CniErrorCode.TryAgainLater, "netlink RTM_DELROUTE: busy")
                    )
            );

        var refused = Assert.IsType<CniReply.Refused>(await Attach(Sandboxes()));

        Assert.Equal(
            (CniErrorCode.TryAgainLater, "default routes of the pod could not be changed: netlink RTM_DELROUTE: busy"),
            (refused.Error.Code, refused.Error.Message)
        );
        Assert.Contains("DEL cluster eth0", Plugins.Calls);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task What_cannot_be_detached_after_a_failure_stays_on_record()
    {
        Netlink = question =>
            Answer(question, () => new NetlinkProtocol.Reply.Failed(new CniError(CniErrorCode.Io, "broken")));
        Plugins.Fail(CniCommand.Del, "third", "device busy");

        Assert.IsType<CniReply.Refused>(await Attach(Sandboxes()));

        Assert.Contains("c1", Kept);
    }

    [Fact]
    public async Task Edge_158_two_gateways_of_one_family_are_refused_before_any_delegate_runs()
    {
        Cluster = ClusterOf(
            new()
            {
                ["k8s.v1.cni.cncf.io/networks"] =
                    """[{"name":"second","default-route":["10.0.1.1"]},{"name":"third","default-route":["10.0.2.1"]}]""",
            },
            ("ns", "second", """{"cniVersion":"1.0.0","type":"second"}"""),
            ("ns", "third", """{"cniVersion":"1.0.0","type":"third"}""")
        );

        var refused = Assert.IsType<CniReply.Refused>(await Attach(Sandboxes()));

        Assert.StartsWith(
            "multus does not support ECMP for default-route",
            refused.Error.Message,
            StringComparison.Ordinal
        );
        Assert.Empty(Plugins.Calls);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task Edge_154_a_pod_that_does_not_ask_is_not_looked_at()
    {
        Cluster = AnswerCluster;
        var looks = 0;
        Netlink = question =>
        {
            looks += question is NetlinkProtocol.Inspect ? 1 : 0;
            return AnswerNetlink(question);
        };

        Assert.IsType<CniReply.Attached>(await Attach(Sandboxes()));

        Assert.Equal(0, looks);
    }

    private NetlinkProtocol.Reply Answer(object question, Func<NetlinkProtocol.Reply> change)
    {
        switch (question)
        {
            case NetlinkProtocol.Inspect:
                return new NetlinkProtocol.Reply.Snapshot(Seen("eth0", "net1", "net2").View with { Routes = [Before] });
            case NetlinkProtocol.ChangeRoutes asked:
                _changes.Enqueue(asked);
                return change();
            default:
                return new NetlinkProtocol.Reply.Ok();
        }
    }
}
