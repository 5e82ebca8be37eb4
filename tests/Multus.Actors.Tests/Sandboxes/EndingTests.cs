using Multus.Actors.Netlink;
using Multus.Actors.Tests.Fakes;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Engine.Requests;

namespace Multus.Actors.Tests.Sandboxes;

/// <summary>
/// Every DEL comes to an end: what never ran is not undone, and what can only go on failing is given up and is in
/// nobody's way.
/// </summary>
public class EndingTests : SandboxFixture
{
    private const string Entry = "c1.eth0";

    [Fact]
    public async Task A_plugin_that_could_not_be_started_is_not_undone_and_leaves_nothing()
    {
        NeverRuns("third");
        Plugins.Fail(CniCommand.Del, "third", "could not be started either");

        Assert.IsType<CniReply.Refused>(await Attach(Sandboxes()));

        Assert.DoesNotContain("DEL third net2", Plugins.Calls);
        Assert.Contains("DEL second net1", Plugins.Calls);
        Assert.Empty(Kept);
        Assert.Empty(PendingDeletes.Stored);
    }

    [Fact]
    public async Task Of_a_chain_the_plugins_behind_the_one_that_failed_are_not_undone()
    {
        Cluster = ClusterOf(
            new() { ["k8s.v1.cni.cncf.io/networks"] = "chain" },
            ("ns", "chain", """{"cniVersion":"1.0.0","name":"chain","plugins":[{"type":"second"},{"type":"third"}]}""")
        );
        Plugins.Fail(CniCommand.Add, "second", "broken");

        await Attach(Sandboxes());

        Assert.Equal(["ADD cluster eth0", "ADD second net1", "DEL second net1", "DEL cluster eth0"], Plugins.Calls);
    }

    [Fact]
    public async Task While_the_namespace_is_there_nothing_is_hopeless()
    {
        FailsForEver("third");
        var sandboxes = Sandboxes();
        await Attach(sandboxes);

        var refused = Assert.IsType<CniReply.Refused>(await Repeat(sandboxes, isLast: true));

        Assert.Empty(refused.Hopeless);
        Assert.Equal([Entry], PendingDeletes.Stored.Keys);
    }

    [Fact]
    public async Task A_roll_back_whose_namespace_is_gone_and_which_never_had_a_result_is_given_up_at_its_last_try_with_what_may_have_stayed_behind()
    {
        FailsForEver("third");
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        NamespaceIsGone();

        var hopeless = Assert.IsType<CniReply.Refused>(await Repeat(sandboxes));
        Assert.Contains("network ns/third, interface net2", Assert.Single(hopeless.Hopeless), StringComparison.Ordinal);
        Assert.Equal([Entry], PendingDeletes.Stored.Keys);
        Assert.True(Assert.IsType<CniReply.Refused>(await Repeat(sandboxes, isLast: true)).IsGivenUp);

        Assert.Empty(PendingDeletes.Stored);
        Assert.Equal([Entry], PendingDeletes.GivenUp.Keys);
        Assert.Equal(["c1"], Kept); // for the operator, who may have it tried again
    }

    [Fact]
    public async Task A_chained_plugin_that_fails_without_its_namespace_is_given_up_although_it_was_attached()
    {
        AttachChain("sbr-like");
        var sandboxes = Sandboxes();
        Assert.IsType<CniReply.Attached>(await Attach(sandboxes));
        NamespaceIsGone();
        Plugins.Fail(CniCommand.Del, "third", "open : no such file or directory");

        await Detach(sandboxes);

        Assert.Contains("DEL second net1", Plugins.Calls); // the others of its chain are free
        Assert.True(Assert.IsType<CniReply.Refused>(await Repeat(sandboxes, isLast: true)).IsGivenUp);
    }

    [Fact]
    public async Task What_holds_addresses_and_was_attached_is_never_given_up()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        NamespaceIsGone();
        Plugins.Fail(CniCommand.Del, "second", "the store of addresses is away");
        await Detach(sandboxes);

        var refused = Assert.IsType<CniReply.Refused>(await Repeat(sandboxes, isLast: true));

        Assert.Equal((true, false), (refused.Hopeless.IsEmpty, refused.IsGivenUp));
        Assert.Equal([Entry], PendingDeletes.Stored.Keys);
    }

    [Fact]
    public async Task A_delete_of_the_runtime_s_for_a_sandbox_that_was_given_up_succeeds_and_stores_nothing_anew()
    {
        var sandboxes = await GivenUp();

        Assert.IsType<CniReply.Done>(await Detach(sandboxes));

        Assert.Empty(PendingDeletes.Stored);
        Assert.Equal([Entry], PendingDeletes.GivenUp.Keys);
    }

    [Fact]
    public async Task A_delete_that_was_given_up_and_succeeds_now_is_forgotten_with_its_record()
    {
        var sandboxes = await GivenUp();
        Plugins.Succeed(CniCommand.Del, "third");

        Assert.IsType<CniReply.Done>(await Detach(sandboxes));

        Assert.Empty(PendingDeletes.GivenUp);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task What_cannot_be_undone_without_its_namespace_does_not_keep_the_same_container_from_being_attached_anew_and_goes_with_its_DEL()
    {
        FailsForEver("third");
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        NamespaceIsGone();
        Plugins.Succeed(CniCommand.Add, "third");
        Netlink = AnswerNetlink; // a new one, at the same path

        Assert.IsType<CniReply.Attached>(await Attach(sandboxes));
        Assert.Empty(PendingDeletes.Stored);
        Plugins.Succeed(CniCommand.Del, "third");
        Plugins.Calls.Clear();
        Assert.IsType<CniReply.Done>(await Detach(sandboxes));

        Assert.Equal(2, Plugins.Calls.Count(call => call == "DEL third net2")); // its own, and that which was left
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task What_was_attached_and_could_not_be_detached_in_a_namespace_that_is_there_does()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Plugins.Fail(CniCommand.Del, "second", "device busy");
        await Detach(sandboxes);

        Assert.Contains(
            "device busy",
            Assert.IsType<CniReply.Refused>(await Attach(sandboxes)).Error.Message,
            StringComparison.Ordinal
        );
    }

    private async Task<IActorRef> GivenUp()
    {
        FailsForEver("third");
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        NamespaceIsGone();
        await Repeat(sandboxes, isLast: true);
        return sandboxes;
    }

    private void AttachChain(string name) =>
        Cluster = ClusterOf(
            new() { ["k8s.v1.cni.cncf.io/networks"] = name },
            (
                "ns",
                name,
                $$"""{"cniVersion":"1.0.0","name":"{{name}}","plugins":[{"type":"second"},{"type":"third"}]}"""
            )
        );

    private void FailsForEver(string type)
    {
        Plugins.Fail(CniCommand.Add, type, "rate without burst");
        Plugins.Fail(CniCommand.Del, type, "rate without burst");
    }

    private void NeverRuns(string type) =>
        Plugins.On(
            CniCommand.Add,
            type,
            _ =>
                Task.FromResult<PluginOutput>(
                    new PluginOutput.Failed(new CniError(CniErrorCode.Io, "exec format error")) { HasRun = false }
                )
        );

    private void NamespaceIsGone() =>
        Netlink = _ => new NetlinkProtocol.Reply.Failed(new CniError(CniErrorCode.InvalidNetNs, "there is nothing"));

    private Task<CniReply> Repeat(IActorRef sandboxes, bool isLast = false) =>
        sandboxes.Ask<CniReply>(new CniRequest.Detach(Request(), Entry) { IsLastTry = isLast }, Patience);
}
