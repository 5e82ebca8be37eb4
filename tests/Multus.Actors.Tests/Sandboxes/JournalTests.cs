using Multus.Actors.Annotations;
using Multus.Actors.Netlink;
using Multus.Actors.Tests.Fakes;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Engine.Requests;

namespace Multus.Actors.Tests.Sandboxes;

/// <summary>What is left undone is stored before anybody is answered, once, and forgotten when it is done.</summary>
public class JournalTests : SandboxFixture
{
    private const string Entry = "c1.eth0";

    [Fact]
    public async Task A_delete_that_fails_is_stored_and_still_fails()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Plugins.Fail(CniCommand.Del, "second", "device busy");

        Assert.IsType<CniReply.Refused>(await Detach(sandboxes));

        Assert.Equal("c1", Assert.Single(PendingDeletes.StoredByDaemon).Sandbox.Value);
    }

    [Fact]
    public async Task A_roll_back_that_fails_is_stored_under_the_name_that_the_runtime_s_delete_would_have()
    {
        Plugins.Fail(CniCommand.Add, "third", "broken");
        Plugins.Fail(CniCommand.Del, "second", "broken too");

        Assert.Contains(
            "broken",
            Assert.IsType<CniReply.Refused>(await Attach(Sandboxes())).Error.Message,
            StringComparison.Ordinal
        );

        Assert.Equal([Entry], PendingDeletes.Stored.Keys);
    }

    [Fact]
    public async Task A_roll_back_that_succeeds_stores_nothing()
    {
        Plugins.Fail(CniCommand.Add, "third", "broken");

        await Attach(Sandboxes());

        Assert.Empty(PendingDeletes.Stored);
    }

    [Fact]
    public async Task What_is_stored_already_is_not_stored_again()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Plugins.Fail(CniCommand.Del, "second", "device busy");

        await Detach(sandboxes);
        await Detach(sandboxes);

        Assert.Single(PendingDeletes.StoredByDaemon);
    }

    [Fact]
    public async Task A_delete_of_the_runtime_that_succeeds_forgets_the_stored_one()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Plugins.Fail(CniCommand.Del, "second", "device busy");
        await Detach(sandboxes);
        Plugins.Succeed(CniCommand.Del, "second");

        Assert.IsType<CniReply.Done>(await Detach(sandboxes));

        Assert.Empty(PendingDeletes.Stored);
    }

    [Fact]
    public async Task A_stored_delete_that_succeeds_is_forgotten_under_whatever_name_it_has()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        PendingDeletes.Store("copied by hand", () => Request());

        Assert.IsType<CniReply.Done>(
            await sandboxes.Ask<CniReply>(new CniRequest.Detach(Request(), "copied by hand"), Patience)
        );

        Assert.Empty(PendingDeletes.Stored);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task An_add_that_begins_anew_forgets_what_the_roll_back_before_it_has_stored()
    {
        Plugins.Fail(CniCommand.Add, "third", "broken");
        Plugins.Fail(CniCommand.Del, "cluster", "broken too");
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Plugins.Succeed(CniCommand.Add, "third");
        Plugins.Succeed(CniCommand.Del, "cluster");

        Assert.IsType<CniReply.Attached>(await Attach(sandboxes));

        Assert.Empty(PendingDeletes.Stored);
    }

    [Fact]
    public async Task That_it_cannot_be_stored_hides_neither_the_failure_nor_what_is_left()
    {
        PendingDeletes.StoreFailure = new IOException("disk full");
        Plugins.Fail(CniCommand.Add, "third", "broken");
        Plugins.Fail(CniCommand.Del, "second", "broken too");

        Assert.Contains(
            "third",
            Assert.IsType<CniReply.Refused>(await Attach(Sandboxes())).Error.Message,
            StringComparison.Ordinal
        );

        Assert.Contains("c1", Kept);
    }

    [Fact]
    public async Task A_delete_whose_record_cannot_be_read_for_now_is_stored()
    {
        Directory.CreateDirectory(Path.Combine(CniDir, "c1")); // reading it fails, and it is not "not found"

        Assert.IsType<CniReply.Refused>(await Detach(Sandboxes()));

        Assert.Equal([Entry], PendingDeletes.Stored.Keys);
    }

    [Theory]
    [InlineData("third")]
    [InlineData("second")]
    [InlineData("cluster")]
    public async Task A_crash_in_one_delegate_s_delete_skips_none_of_the_others(string crashing)
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Plugins.On(CniCommand.Del, crashing, _ => throw new InvalidOperationException("a bug"));
        Plugins.Calls.Clear();

        var refused = Assert.IsType<CniReply.Refused>(await Detach(sandboxes));

        Assert.Contains("a bug", refused.Error.Message, StringComparison.Ordinal);
        Assert.Equal(["DEL third net2", "DEL second net1", "DEL cluster eth0"], Plugins.Calls);
        Assert.Equal([Entry], PendingDeletes.Stored.Keys);

        Plugins.Succeed(CniCommand.Del, crashing);
        Plugins.Calls.Clear();
        Assert.IsType<CniReply.Done>(await Detach(sandboxes));
        Assert.Single(Plugins.Calls); // what was done is not done again
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task A_result_that_cannot_be_cached_undoes_everything()
    {
        Temp.File(Path.Combine("cni", "results"), "a file where the folder should be");

        Assert.IsType<CniReply.Refused>(await Attach(Sandboxes()));

        Assert.Equal(["ADD cluster eth0", "DEL cluster eth0"], Plugins.Calls);
        Assert.Equal(["results"], Kept);
    }

    [Fact]
    public async Task A_crash_of_the_very_last_step_undoes_everything()
    {
        Annotations = _ => "an answer that nobody understands";

        var reply = await Attach(Sandboxes());

        Assert.IsType<CniReply.Refused>(reply);
        Assert.Equal(3, Plugins.Calls.Count(call => call.StartsWith("DEL", StringComparison.Ordinal)));
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task An_add_repeated_in_another_namespace_at_the_same_path_is_done_anew_without_touching_that_one()
    {
        var namespaces = new List<string>();
        var sandboxes = InNamespace("1");
        await Attach(sandboxes);
        Netlink = _ => new NetlinkProtocol.Reply.Ok("2");
        Plugins.Calls.Clear();
        Plugins.On(
            CniCommand.Del,
            "cluster",
            call =>
            {
                namespaces.Add(call.Environment.First(variable => variable.Key == "CNI_NETNS").Value);
                return Task.FromResult(FakePlugins.Success(call));
            }
        );

        Assert.IsType<CniReply.Attached>(await Attach(sandboxes));

        Assert.Equal(
            [
                "DEL third net2",
                "DEL second net1",
                "DEL cluster eth0",
                "ADD cluster eth0",
                "ADD second net1",
                "ADD third net2",
            ],
            Plugins.Calls
        );
        Assert.Equal([""], namespaces);
    }

    [Fact]
    public async Task A_delete_stays_out_of_a_namespace_that_is_another_by_now()
    {
        string? netNs = null;
        var sandboxes = InNamespace("1");
        await Attach(sandboxes);
        Netlink = _ => new NetlinkProtocol.Reply.Ok("2");
        Plugins.On(
            CniCommand.Del,
            "cluster",
            call =>
            {
                netNs = call.Environment.First(variable => variable.Key == "CNI_NETNS").Value;
                return Task.FromResult(FakePlugins.Success(call));
            }
        );

        Assert.IsType<CniReply.Done>(await Detach(sandboxes));

        Assert.Equal("", netNs);
    }

    [Fact]
    public async Task An_add_repeated_in_the_same_namespace_runs_nothing()
    {
        var sandboxes = InNamespace("1");
        await Attach(sandboxes);
        Plugins.Calls.Clear();

        Assert.IsType<CniReply.Attached>(await Attach(sandboxes));

        Assert.Empty(Plugins.Calls);
    }

    private IActorRef InNamespace(string identity)
    {
        Netlink = _ => new NetlinkProtocol.Reply.Ok(identity);
        return Sandboxes();
    }
}
