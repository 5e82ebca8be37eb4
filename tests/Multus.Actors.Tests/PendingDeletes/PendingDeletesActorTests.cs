using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Actors.Configuration;
using Multus.Actors.Events;
using Multus.Actors.Health;
using Multus.Actors.PendingDeletes;
using Multus.Actors.Sandboxes;
using Multus.Actors.Tests.Fakes;
using Multus.Cni;
using Multus.Core.Configuration;
using Multus.Core.Pods;
using Multus.Engine.Ports;
using Multus.Engine.Requests;
using Multus.Engine.State;

namespace Multus.Actors.Tests.PendingDeletes;

public class PendingDeletesActorTests : TestKit
{
    private readonly FakeFolder _folder = new();
    private readonly TestProbe _sandboxes;
    private CniRequest.Detach? _last;

    public PendingDeletesActorTests() => _sandboxes = CreateTestProbe();

    [Fact]
    public async Task What_is_stored_before_the_start_is_carried_out_and_forgotten()
    {
        _folder.Store("a", () => Request("c1"));
        Start();

        Assert.Equal("c1", (await NextDelete()).Request.Sandbox.Value);
        Done();
        await AwaitAssertAsync(() => Assert.Empty(_folder.Stored), Patience);
    }

    [Fact]
    public async Task What_is_stored_later_is_carried_out_as_soon_as_it_is_there()
    {
        var pending = Start();
        await pending.Ask<PendingDeletesProtocol.Reply>(new PendingDeletesProtocol.Scan(), Patience);

        _folder.Store("a", () => Request("c1"));

        Assert.Equal("c1", (await NextDelete()).Request.Sandbox.Value);
    }

    [Fact]
    public async Task What_fails_stays_stored_and_is_tried_again()
    {
        _folder.Store("a", () => Request("c1"));
        Start();
        await NextDelete();
        _sandboxes.Reply(new CniReply.Refused(new CniError(999, "the plugin is broken")));

        await NextDelete();
        Assert.Single(_folder.Stored);
        Done();
        await AwaitAssertAsync(() => Assert.Empty(_folder.Stored), Patience);
    }

    [Fact]
    public async Task A_delete_that_is_under_way_is_not_sent_a_second_time()
    {
        _folder.Store("a", () => Request("c1"));
        var pending = Start();
        await NextDelete();

        var scanned = await pending.Ask<PendingDeletesProtocol.Reply>(new PendingDeletesProtocol.Scan(), Patience);

        Assert.Equal(1, Assert.IsType<PendingDeletesProtocol.Reply.Scanned>(scanned).Waiting);
        await _sandboxes.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public async Task What_can_never_be_carried_out_is_set_aside_and_the_others_go_on()
    {
        _folder.Store("a", () => throw new PendingDeleteException("no JSON"));
        _folder.Store("b", () => Request("c2"));
        Start();

        Assert.Equal("c2", (await NextDelete()).Request.Sandbox.Value);
        await AwaitAssertAsync(() => Assert.Equal(["a"], _folder.SetAsides), Patience);
    }

    [Fact]
    public async Task What_cannot_be_read_for_now_is_tried_again()
    {
        var reads = 0;
        _folder.Store("a", () => ++reads == 1 ? throw new IOException("disk error") : Request("c1"));
        Start();

        Assert.Equal("c1", (await NextDelete()).Request.Sandbox.Value);
        Assert.Equal(2, reads);
    }

    [Fact]
    public async Task What_somebody_else_took_away_is_not_waited_for()
    {
        _folder.Store("a", () => throw new IOException("disk error"));
        var pending = Start();
        await pending.Ask<PendingDeletesProtocol.Reply>(new PendingDeletesProtocol.Scan(), Patience);
        _folder.Remove("a");

        var scanned = await pending.Ask<PendingDeletesProtocol.Reply>(new PendingDeletesProtocol.Scan(), Patience);
        Assert.Equal(0, Assert.IsType<PendingDeletesProtocol.Reply.Scanned>(scanned).Waiting);
    }

    [Fact]
    public async Task What_cannot_be_set_aside_for_now_is_tried_again_and_the_others_go_on()
    {
        _folder.Store("a", () => throw new PendingDeleteException("no JSON"));
        _folder.Store("b", () => Request("c2"));
        _folder.SetAsideFailure = new IOException("read-only file system");
        var pending = Start();
        Assert.Equal("c2", (await NextDelete()).Request.Sandbox.Value);
        await pending.Ask<PendingDeletesProtocol.Reply>(new PendingDeletesProtocol.Scan(), Patience);

        _folder.SetAsideFailure = null;

        await AwaitAssertAsync(() => Assert.Equal(["a"], _folder.SetAsides), Patience);
    }

    [Fact]
    public async Task A_delete_that_only_the_configuration_stands_in_the_way_of_is_kept_and_tried_again()
    {
        var reads = 0;
        _folder.Store(
            "a",
            () =>
                ++reads == 1
                    ? throw new CniException(CniErrorCode.InvalidNetworkConfig, "no clusterNetwork")
                    : Request("c1")
        );
        Start();

        Assert.Equal("c1", (await NextDelete()).Request.Sandbox.Value);
        Assert.Empty(_folder.SetAsides);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_watched_is_looked_into_all_the_same()
    {
        _folder.Store("a", () => Request("c1"));
        _folder.WatchFailure = new IOException("the limit on inotify instances is reached");
        Start(rescanEvery: TimeSpan.FromMilliseconds(10));
        await NextDelete();

        _folder.Store("b", () => Request("c2")); // nobody is told

        Assert.Equal("c2", (await NextDelete()).Request.Sandbox.Value);
    }

    [Fact]
    public async Task An_answer_to_an_attempt_from_before_a_crash_changes_nothing()
    {
        _folder.Store("a", () => Request("c1"));
        var pending = Start();
        await NextDelete();
        var firstAsker = _sandboxes.LastSender;
        _folder.Store(
            "bug",
            () =>
            {
                _folder.Remove("bug");
                throw new InvalidOperationException("a bug"); // crashes it once, and it starts anew
            }
        );
        await NextDelete();
        Done();
        await AwaitAssertAsync(async () => Assert.Equal(1, await HowManyAreDone(pending)), Patience);
        firstAsker.Tell(new CniReply.Done());

        _folder.Store("b", () => Request("c2")); // goes the way of the old answer, behind it
        await NextDelete();
        Done();
        await AwaitAssertAsync(async () => Assert.Equal(2, await HowManyAreDone(pending)), Patience);
    }

    [Fact]
    public async Task No_more_are_carried_out_at_once_than_allowed_and_the_next_begins_when_one_has_ended()
    {
        foreach (var name in new[] { "a", "b", "c" })
            _folder.Store(name, () => Request(name));
        Start(maxAtOnce: 2);
        await NextDelete();
        await NextDelete();
        var second = _sandboxes.Sender; // the expectation below forgets it
        await _sandboxes.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));

        second.Tell(new CniReply.Refused(new CniError(999, "the plugin is broken")));

        Assert.Equal("c", (await NextDelete()).Request.Sandbox.Value);
    }

    [Fact]
    public async Task One_that_waits_for_its_next_try_keeps_no_other_from_beginning()
    {
        _folder.Store("a", () => throw new IOException("disk error"));
        _folder.Store("b", () => Request("c2"));
        Start(maxAtOnce: 1);

        Assert.Equal("c2", (await NextDelete()).Request.Sandbox.Value);
    }

    [Fact]
    public async Task One_that_is_stored_anew_while_it_was_being_done_is_done_again()
    {
        _folder.Store("a", () => Request("c1"));
        Start();
        await NextDelete();
        _sandboxes.Reply(new CniReply.Done()); // and it is in the folder all the same

        Assert.Equal("c1", (await NextDelete()).Request.Sandbox.Value);
    }

    [Fact]
    public async Task The_figures_tell_how_many_are_open_and_how_old_the_oldest_is()
    {
        _folder.Since = TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1);
        _folder.Store("a", () => Request("c1"));
        var pending = Start();
        await NextDelete();
        _folder.Since += TimeSpan.FromMinutes(50);
        _folder.Store("b", () => Request("c2"));
        await pending.Ask<PendingDeletesProtocol.Reply>(new PendingDeletesProtocol.Scan(), Patience);

        var figures = (
            await pending.Ask<HealthProtocol.Figures>(new HealthProtocol.Report(), Patience)
        ).Values.ToDictionary();

        Assert.Equal(2, figures["open"]);
        Assert.InRange(figures["oldest_seconds"], 3600, 3660); // storing it anew has not made it younger
    }

    [Fact]
    public async Task The_last_of_so_many_hopeless_tries_in_a_row_is_told_so_and_what_is_given_up_then_is_said_counted_and_tried_no_more()
    {
        var events = CreateTestProbe();
        _folder.Store("a", () => Request("c1"));
        var pending = Start(events: events.Ref, giveUpAfter: 3);
        var hopeless = new CniReply.Refused(new CniError(100, "no namespace"))
        {
            Hopeless = ["network ns/third, interface net2"],
        };
        var other = new CniReply.Refused(new CniError(100, "something else"));
        foreach (
            var (isLast, reply) in new[]
            {
                (false, hopeless),
                (false, hopeless),
                (true, other),
                (false, hopeless),
                (false, hopeless),
            }
        )
        {
            Assert.Equal(isLast, (await NextDelete()).IsLastTry);
            _sandboxes.Reply(reply);
        }

        Assert.True((await NextDelete()).IsLastTry);
        _folder.GiveUp("a", hopeless.Hopeless); // as the sandbox does
        _sandboxes.Reply(hopeless with { IsGivenUp = true });

        var said = await events.ExpectMsgAsync<PodEvent.Failed>(Patience);
        Assert.Equal(
            (EventTexts.DetachGivenUp, true),
            (said.Reason, said.Message.Contains("network ns/third, interface net2", StringComparison.Ordinal))
        );
        var figures = (
            await pending.Ask<HealthProtocol.Figures>(new HealthProtocol.Report(), Patience)
        ).Values.ToDictionary();
        Assert.Equal((0L, 1L, 1L), (figures["open"], figures["given_up"], figures["gave_up"]));
    }

    private static async Task<long> HowManyAreDone(IActorRef pending) =>
        (await pending.Ask<HealthProtocol.Figures>(new HealthProtocol.Report(), Patience))
            .Values.Single(value => value.Key == "done")
            .Value;

    private IActorRef Start(
        TimeSpan? rescanEvery = null,
        int maxAtOnce = 10,
        IActorRef? events = null,
        int giveUpAfter = 6
    ) =>
        Sys.ActorOf(
            PendingDeletesActor.PropsFor(
                new PendingDeleteSettings(
                    new Backoff(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1)),
                    rescanEvery ?? Patience
                )
                {
                    MaxAtOnce = maxAtOnce,
                    GiveUpAfter = giveUpAfter,
                },
                _folder,
                _sandboxes.Ref,
                TimeProvider.System,
                NullLogger.Instance,
                events
            )
        );

    private async Task<CniRequest.Detach> NextDelete() =>
        _last = await _sandboxes.ExpectMsgAsync<CniRequest.Detach>(Patience);

    // As the sandbox does: what is done is out of the folder before it is answered.
    private void Done()
    {
        _folder.Remove(_last!.StoredAs!);
        _sandboxes.Reply(new CniReply.Done());
    }

    private static SandboxRequest Request(string sandbox) =>
        new(
            "r1",
            SandboxId.Parse(sandbox),
            null,
            InterfaceName.Parse("eth0"),
            new PodIdentity("ns", "pod", "", ""),
            MultusConfiguration.Parse(Encoding.UTF8.GetBytes("""{"name":"n","clusterNetwork":"/x"}"""), default),
            ImmutableArray<string>.Empty
        );
}
