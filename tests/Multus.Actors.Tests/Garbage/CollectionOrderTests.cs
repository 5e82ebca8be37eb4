using System.Collections.Concurrent;
using System.Collections.Immutable;
using Multus.Actors.Annotations;
using Multus.Actors.Tests.Fakes;
using Multus.Actors.Tests.Sandboxes;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Engine.Requests;
using Multus.TestSupport;

namespace Multus.Actors.Tests.Garbage;

public class CollectionOrderTests : CollectionFixture
{
    [Fact]
    public async Task A_collection_that_was_cut_off_has_done_what_it_did_and_the_next_goes_on_with_the_rest()
    {
        using var gone = new CancellationTokenSource();
        var sandboxes = Sandboxes();
        for (var i = 0; i < 20; i++)
            await Attach(sandboxes, $"c{i}");
        var deleted = 0;
        Plugins.On(
            CniCommand.Del,
            "cluster",
            call =>
            {
                if (Interlocked.Increment(ref deleted) == 5)
                    gone.Cancel();
                return Task.FromResult(FakePlugins.Success(call));
            }
        );

        var cut = await sandboxes.Ask<CniReply>(
            new CniRequest.CollectGarbage("r2", Request().Configuration, [Temp["bin"]], [], gone.Token),
            Patience,
            CancellationToken.None
        );
        Assert.Equal(CniErrorCode.TryAgainLater, Assert.IsType<CniReply.Refused>(cut).Error.Code);
        Assert.InRange(deleted, 5, 12); // and those that were under way

        Assert.IsType<CniReply.Done>(await Collect(sandboxes));

        Assert.Equal(20, deleted);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task A_sandbox_that_is_being_attached_is_left_alone_and_its_attachments_are_in_use()
    {
        var (started, release) = Hold(CniCommand.Add, "second");
        var sandboxes = Sandboxes();
        var add = Attach(sandboxes, "c1");
        await started;

        Assert.IsType<CniReply.Done>(await Collect(sandboxes));

        Assert.DoesNotContain(Plugins.Calls, call => call.StartsWith("DEL", StringComparison.Ordinal));
        Assert.Equal("c1/net1", _lists["second"]);
        release();
        Assert.IsType<CniReply.Attached>(await add);
    }

    [Fact]
    public async Task An_add_that_begins_while_its_network_is_collected_waits_for_the_end()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes, "c1");
        Plugins.Calls.Clear();
        var (started, release) = Hold(CniCommand.Gc, "cluster");
        var collecting = Collect(sandboxes, "c1");
        await started;

        var add = Attach(sandboxes, "c2");
        await Eventually.Holds(() => Kept.Contains("c2"), "c2 is on record"); // it is on record, and its first plugin has not run
        Assert.DoesNotContain("ADD cluster eth0", Plugins.Calls);
        release();
        Assert.IsType<CniReply.Done>(await collecting);
        Assert.IsType<CniReply.Attached>(await add);
    }

    [Fact]
    public async Task A_second_collection_is_refused_while_one_is_under_way()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes, "c1");
        var (started, release) = Hold(CniCommand.Gc, "cluster");
        var first = Collect(sandboxes, "c1");
        await started;

        Assert.Equal(
            CniErrorCode.TryAgainLater,
            Assert.IsType<CniReply.Refused>(await Collect(sandboxes, "c1")).Error.Code
        );
        release();
        Assert.IsType<CniReply.Done>(await first);
    }

    [Fact]
    public async Task A_caller_that_has_gone_has_no_more_sandboxes_detached()
    {
        using var gone = new CancellationTokenSource();
        var sandboxes = Sandboxes();
        await Attach(sandboxes, "c1");
        await gone.CancelAsync();

        var reply = await sandboxes.Ask<CniReply>(
            new CniRequest.CollectGarbage("r2", Request().Configuration, [Temp["bin"]], [], gone.Token),
            Patience,
            CancellationToken.None
        );

        Assert.Equal(CniErrorCode.TryAgainLater, Assert.IsType<CniReply.Refused>(reply).Error.Code);
        Assert.Contains("c1", Kept);
    }

    [Fact]
    public async Task The_end_of_a_collection_of_before_a_crash_is_not_taken_for_the_end_of_the_one_after_it()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        var before = Hold(CniCommand.Gc, "cluster");
        var old = Collect(sandboxes, "c1");
        await before.Started.WaitAsync(Patience);
        sandboxes.Tell(new CniRequest.Check(null!)); // a bug: it crashes and starts anew
        var after = Hold(CniCommand.Gc, "cluster");
        var next = Collect(sandboxes, "c1");
        await after.Started.WaitAsync(Patience);

        before.Release();
        await old;

        Assert.Contains(
            "another GC is under way",
            Assert.IsType<CniReply.Refused>(await Collect(sandboxes, "c1")).Error.Message,
            StringComparison.Ordinal
        );
        after.Release();
        Assert.IsType<CniReply.Done>(await next);
    }
}
