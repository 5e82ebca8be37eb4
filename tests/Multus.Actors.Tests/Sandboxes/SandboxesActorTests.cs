using Multus.Actors.Health;
using Multus.Actors.Node;
using Multus.Actors.Sandboxes;
using Multus.Actors.Tests.Fakes;
using Multus.Cni;
using Multus.Engine.Requests;
using Multus.TestSupport;

namespace Multus.Actors.Tests.Sandboxes;

public class SandboxesActorTests : SandboxFixture
{
    [Fact]
    public async Task A_second_request_for_a_container_starts_only_after_the_first_has_finished()
    {
        var (started, finish) = Hold(CniCommand.Add, "cluster");
        var sandboxes = Sandboxes();
        var add = Attach(sandboxes);
        await started;
        var delete = Detach(sandboxes);
        await Settled(sandboxes);

        Assert.Equal(["ADD cluster eth0"], Plugins.Calls);
        finish();
        Assert.IsType<CniReply.Attached>(await add);
        Assert.IsType<CniReply.Done>(await delete);
        Assert.Equal("DEL third net2", Plugins.Calls.ElementAt(3));
    }

    [Fact]
    public async Task Requests_for_another_container_go_on_meanwhile()
    {
        var (started, finish) = Hold(CniCommand.Add, "cluster");
        var sandboxes = Sandboxes();
        var held = Attach(sandboxes, "c1");
        await started;
        Plugins.Succeed(CniCommand.Add, "cluster");

        Assert.IsType<CniReply.Attached>(await Attach(sandboxes, "c2"));
        Assert.False(held.IsCompleted);
        finish();
        await held;
    }

    [Fact]
    public async Task No_more_sandboxes_are_attached_at_once_than_allowed_and_a_delete_does_not_wait()
    {
        var (started, finish) = Hold(CniCommand.Add, "cluster");
        var sandboxes = Sandboxes(maxAttaching: 1);
        var first = Attach(sandboxes, "c1");
        await started;
        var second = Attach(sandboxes, "c2");

        Assert.IsType<CniReply.Done>(await Detach(sandboxes, "c3"));
        Assert.Single(Plugins.Calls, call => call.StartsWith("ADD", StringComparison.Ordinal));
        Plugins.Succeed(CniCommand.Add, "cluster");
        finish();
        Assert.IsType<CniReply.Attached>(await first);
        Assert.IsType<CniReply.Attached>(await second);
    }

    [Fact]
    public async Task An_add_that_takes_too_long_goes_on_without_its_place_and_the_next_one_begins()
    {
        PermitTime = TimeSpan.FromMilliseconds(20);
        var (started, finish) = Hold(CniCommand.Add, "cluster");
        var sandboxes = Sandboxes(maxAttaching: 1);
        var hung = Attach(sandboxes, "c1");
        await started;
        Plugins.Succeed(CniCommand.Add, "cluster");

        Assert.IsType<CniReply.Attached>(await Attach(sandboxes, "c2"));

        Assert.False(hung.IsCompleted);
        Assert.Equal(1, await Figure(sandboxes, "overdue"));
        finish();
        Assert.IsType<CniReply.Attached>(await hung);
        await AwaitAssertAsync(
            async () => Assert.Equal(0, await Figure(sandboxes, "overdue") + await Figure(sandboxes, "attaching")),
            Patience
        );
    }

    [Fact]
    public async Task A_delete_takes_back_the_add_of_its_container_that_has_not_begun()
    {
        var (started, finish) = Hold(CniCommand.Add, "cluster");
        var sandboxes = Sandboxes(maxAttaching: 1);
        var first = Attach(sandboxes, "c1");
        await started;
        var second = Attach(sandboxes, "c2");

        Assert.IsType<CniReply.Done>(await Detach(sandboxes, "c2"));
        Assert.Equal(CniErrorCode.TryAgainLater, Assert.IsType<CniReply.Refused>(await second).Error.Code);
        finish();
        await first;
    }

    [Fact]
    public async Task An_add_whose_caller_has_gone_before_it_began_runs_nothing()
    {
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();

        Assert.IsType<CniReply.Refused>(await Attach(Sandboxes(), abandoned: gone.Token));
        Assert.Empty(Plugins.Calls);
    }

    [Fact]
    public async Task A_sandbox_s_actor_is_gone_after_its_delete_and_comes_back_for_the_next_add()
    {
        var sandboxes = Sandboxes();
        for (var round = 0; round < 20; round++)
        {
            var add = Attach(sandboxes);
            var delete = Detach(sandboxes);
            var again = Attach(sandboxes);
            Assert.IsType<CniReply.Attached>(await add);
            Assert.IsType<CniReply.Done>(await delete);
            Assert.IsType<CniReply.Attached>(await again);
            Assert.IsType<CniReply.Done>(await Detach(sandboxes));
        }

        await AwaitAssertAsync(async () => Assert.Equal(0, await Figure(sandboxes, "actors")), Patience);
        Assert.Equal(40, await Figure(sandboxes, "added"));
    }

    [Fact]
    public async Task It_says_that_it_is_idle_only_when_the_last_request_has_ended()
    {
        var (started, finish) = Hold(CniCommand.Add, "cluster");
        var sandboxes = Sandboxes();
        var add = Attach(sandboxes);
        await started;
        var idle = sandboxes.Ask<NodeProtocol.Idle>(new NodeProtocol.TellWhenIdle(), Patience);
        await Settled(sandboxes);

        Assert.False(idle.IsCompleted);
        finish();
        await add;
        await idle;
    }

    [Fact]
    public async Task A_stored_delete_does_not_take_back_an_add_that_came_after_it()
    {
        var (started, finish) = Hold(CniCommand.Add, "cluster");
        var sandboxes = Sandboxes(maxAttaching: 1);
        var first = Attach(sandboxes, "c1");
        await started;
        var second = Attach(sandboxes, "c2");

        Assert.IsType<CniReply.Done>(
            await sandboxes.Ask<CniReply>(new CniRequest.Detach(Request("c2"), StoredAs: "c2.eth0"), Patience)
        );
        Plugins.Succeed(CniCommand.Add, "cluster");
        finish();
        await first;
        Assert.IsType<CniReply.Attached>(await second);
    }

    [Fact]
    public async Task A_crash_answers_every_request_that_was_under_way_or_waiting_and_it_goes_on()
    {
        var (started, finish) = Hold(CniCommand.Add, "cluster");
        var sandboxes = Sandboxes(maxAttaching: 1);
        var running = Attach(sandboxes, "c1");
        await started;
        var stashed = Detach(sandboxes, "c1");
        var waiting = Attach(sandboxes, "c2");

        sandboxes.Tell(new CniRequest.Check(null!)); // a bug of whoever sends this

        foreach (var answer in await Task.WhenAll(running, stashed, waiting).WaitAsync(Patience))
            Assert.Equal(CniErrorCode.TryAgainLater, Assert.IsType<CniReply.Refused>(answer).Error.Code);
        Plugins.Succeed(CniCommand.Add, "cluster");
        Assert.IsType<CniReply.Attached>(await Attach(sandboxes, "c3")); // by then the child of c1 has stopped
        finish();
        await Eventually.Holds(
            () => File.ReadAllText(Path.Combine(CniDir, "c1")).Contains("leftover", StringComparison.Ordinal),
            "the interrupted ADD has ended too"
        );
    }

    [Fact]
    public async Task A_crash_of_the_admission_answers_what_waits_there_and_leaves_alone_what_has_begun()
    {
        var (started, finish) = Hold(CniCommand.Add, "cluster");
        var sandboxes = Sandboxes(maxAttaching: 1);
        var running = Attach(sandboxes, "c1");
        await started;
        var waiting = Attach(sandboxes, "c2");

        var crash = sandboxes.Ask<CniReply>(new CniRequest.Attach(null!, CancellationToken.None), Patience);

        Assert.Equal(CniErrorCode.Internal, Assert.IsType<CniReply.Refused>(await crash).Error.Code);
        Assert.Equal(CniErrorCode.TryAgainLater, Assert.IsType<CniReply.Refused>(await waiting).Error.Code);
        finish();
        Assert.IsType<CniReply.Attached>(await running);
        Assert.IsType<CniReply.Done>(await Detach(sandboxes, "c1"));
    }

    [Fact]
    public async Task A_new_ADD_waits_for_the_roll_back_of_the_one_before_a_crash()
    {
        var phases = new PhaseLog();
        Phases = phases;
        var (started, finish) = Hold(CniCommand.Del, "cluster");
        Plugins.On(CniCommand.Add, "second", _ => throw new InvalidOperationException("a bug"));
        var sandboxes = Sandboxes();
        var first = Attach(sandboxes);
        await started; // it rolls back
        Plugins.Succeed(CniCommand.Add, "second");
        sandboxes.Tell(new CniRequest.Check(null!)); // the supervisor starts it anew
        Assert.IsType<CniReply.Refused>(await first);

        var second = Attach(sandboxes);
        await Eventually.Holds(() => Figure(sandboxes, "working").GetAwaiter().GetResult() == 1, "it is in hand");
        Plugins.Succeed(CniCommand.Del, "cluster");
        finish();

        Assert.IsType<CniReply.Attached>(await second);
        string[] oneAfterTheOther = ["Begun", "Done", "Begun", "Done"];
        Assert.Equal(oneAfterTheOther, phases.Names.Where(name => name is "Begun" or "Done"));
    }

    [Fact]
    public async Task The_end_of_a_request_given_out_before_a_crash_changes_nothing()
    {
        var (started, finish) = Hold(CniCommand.Add, "cluster");
        var sandboxes = Sandboxes();
        var add = Attach(sandboxes, "c1");
        await started;

        sandboxes.Tell(
            new SandboxesActor.Finished(
                new CniRequest.Attach(Request("c2"), CancellationToken.None),
                new CniReply.Done()
            )
        );

        Assert.Equal(1, await Figure(sandboxes, "attaching"));
        Assert.Equal(1, await Figure(sandboxes, "working"));
        finish();
        Assert.IsType<CniReply.Attached>(await add);
    }

    private (Task Started, Action Finish) Hold(CniCommand command, string type)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var finish = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Plugins.On(
            command,
            type,
            async call =>
            {
                started.TrySetResult();
                await finish.Task;
                return FakePlugins.Success(call);
            }
        );
        return (started.Task.WaitAsync(Patience), finish.SetResult);
    }

    private static async Task<long> Figure(IActorRef sandboxes, string name) =>
        (await sandboxes.Ask<HealthProtocol.Figures>(new HealthProtocol.Report(), Patience))
            .Values.Single(value => value.Key == name)
            .Value;

    private static Task<ActorIdentity> Settled(IActorRef sandboxes) =>
        sandboxes.Ask<ActorIdentity>(new Identify(null), Patience);
}
