using System.Runtime.CompilerServices;

namespace Multus.ActorContract.Tests;

public class AskTests : ContractSpec
{
    [Fact]
    public async Task Nobody_answers_and_the_ask_times_out()
    {
        var silent = Sys.ActorOf(Props.Create(() => new Silent()));

        await Assert.ThrowsAsync<AskTimeoutException>(() => silent.Ask<string>("?", TimeSpan.FromMilliseconds(30)));
    }

    [Fact]
    public async Task An_ask_is_cancelled_by_its_token_and_at_once_by_one_that_is_cancelled_already()
    {
        var silent = Sys.ActorOf(Props.Create(() => new Silent()));
        using var cancellation = new CancellationTokenSource();
        var asking = silent.Ask<string>("?", Patience, cancellation.Token);
        Assert.False(asking.IsCompleted);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            silent.Ask<string>("?", Patience, cancellation.Token)
        );
    }

    [Fact]
    public async Task A_failure_as_answer_fails_the_ask_with_its_cause()
    {
        var failing = Sys.ActorOf(Props.Create(() => new Answering(new Status.Failure(new BoomException("no")))));

        Assert.Equal("no", (await Assert.ThrowsAsync<BoomException>(() => failing.Ask<string>("?", Patience))).Message);
    }

    [Fact]
    public async Task An_answer_of_another_type_fails_the_ask()
    {
        var answering = Sys.ActorOf(Props.Create(() => new Answering(42)));

        await Assert.ThrowsAsync<ArgumentException>(() => answering.Ask<string>("?", Patience));
    }

    [Fact]
    public async Task Asks_that_timed_out_or_were_cancelled_leave_nothing_behind()
    {
        var silent = Sys.ActorOf(Props.Create(() => new Silent()));

        using var longLived = new CancellationTokenSource();
        var askers = await AskInVain(silent, longLived.Token);
        await Barrier(silent);

        await AwaitConditionAsync(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return Task.FromResult(askers.TrueForAll(asker => !asker.TryGetTarget(out _)));
            },
            Patience
        );
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<List<WeakReference<IActorRef>>> AskInVain(IActorRef silent, CancellationToken longLived)
    {
        var askers = new List<WeakReference<IActorRef>>();
        object Question(IActorRef asker)
        {
            askers.Add(new WeakReference<IActorRef>(asker));
            return "?";
        }

        for (var i = 0; i < 10; i++)
        {
            using var cancellation = new CancellationTokenSource();
            var timingOut = silent.Ask<string>(Question, TimeSpan.FromMilliseconds(5), longLived);
            var cancelled = silent.Ask<string>(Question, Patience, cancellation.Token);
            await cancellation.CancelAsync();
            await Assert.ThrowsAsync<AskTimeoutException>(() => timingOut);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        }

        return askers;
    }

    private sealed class Silent : UntypedActor
    {
        protected override void OnReceive(object message) { }
    }

    private sealed class Answering(object answer) : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(answer);
    }
}
