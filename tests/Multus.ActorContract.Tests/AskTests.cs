using System.Runtime.CompilerServices;

namespace Multus.ActorContract.Tests;

public class AskTests : ContractSpec
{
    [Fact]
    public async Task The_answer_is_the_first_message_to_the_sender()
    {
        var echo = Sys.ActorOf(Props.Create(() => new Echo()));

        Assert.Equal("question", await echo.Ask<string>("question", Patience));
    }

    [Fact]
    public async Task The_question_can_carry_the_address_of_the_answer()
    {
        var courier = Sys.ActorOf(Props.Create(() => new Courier()));

        Assert.Equal("delivered", await courier.Ask<string>(replyTo => new Courier.Parcel(replyTo), Patience, CancellationToken.None));
    }

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
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => silent.Ask<string>("?", Patience, cancellation.Token));
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
    public async Task An_answer_of_a_derived_type_is_an_answer()
    {
        var answering = Sys.ActorOf(Props.Create(() => new Answering("text")));

        Assert.Equal("text", await answering.Ask<IComparable>("?", Patience));
    }

    [Fact]
    public async Task An_answer_after_the_timeout_ends_in_dead_letters()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var holding = Sys.ActorOf(Props.Create(() => new Holding()));
        await Assert.ThrowsAsync<AskTimeoutException>(() => holding.Ask<string>("late", TimeSpan.FromMilliseconds(20)));

        holding.Tell(new Holding.Release());

        Assert.Equal("late", (await ExpectMsgAsync<DeadLetter>(Patience)).Message);
    }

    [Fact]
    public async Task Ten_thousand_asks_side_by_side_each_get_their_own_answer()
    {
        var echo = Sys.ActorOf(Props.Create(() => new Echo()));

        var answers = await Task.WhenAll(Enumerable.Range(0, 10_000).Select(i => echo.Ask<int>(i, Patience)));

        Assert.Equal(Enumerable.Range(0, 10_000), answers);
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
            Patience);
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

    private sealed class Silent : ReceiveActor
    {
        public Silent() => ReceiveAny(_ => { });
    }

    private sealed class Answering : ReceiveActor
    {
        public Answering(object answer) => ReceiveAny(_ => Sender.Tell(answer));
    }

    private sealed class Courier : ReceiveActor
    {
        public Courier() => Receive<Parcel>(parcel => parcel.ReplyTo.Tell("delivered"));

        public sealed record Parcel(IActorRef ReplyTo);
    }

    private sealed class Holding : ReceiveActor
    {
        public Holding()
        {
            IActorRef? asker = null;
            Receive<string>(_ => asker = Sender);
            Receive<Release>(_ => asker!.Tell("late"));
        }

        public sealed record Release;
    }
}
