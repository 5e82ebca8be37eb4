namespace Multus.ActorContract.Tests;

public class PropsTests : ContractSpec
{
    public PropsTests() => EventFilter.Error().Mute();

    /// <summary>What a constructor is handed outlives the instance: it must not be what a crash has spoilt.</summary>
    [Fact]
    public async Task Arguments_of_an_expression_are_evaluated_once_and_shared_by_restarts_and_siblings()
    {
        var props = Props.Create(() => new Counting(new Counter()));
        var (one, other) = (Sys.ActorOf(props), Sys.ActorOf(props));

        Assert.Equal(1, await one.Ask<int>("count", Patience));
        one.Tell(new BoomException("restart"));

        Assert.Equal(2, await one.Ask<int>("count", Patience));
        Assert.Equal(3, await other.Ask<int>("count", Patience));
    }

    [Fact]
    public async Task The_constructor_of_an_expression_is_chosen_again_by_the_arguments_that_there_are()
    {
        object text = "text";

        var actor = Sys.ActorOf(Props.Create(() => new TwoWays(text))); // the compiler takes object, and the actor is made with string

        Assert.Equal("string", await actor.Ask<string>("which", Patience));
    }

    [Fact]
    public async Task A_null_that_fits_two_constructors_cannot_be_made()
    {
        string? nothing = null;

        await Terminated(Sys.ActorOf(Props.Create(() => new Ambiguous(nothing))));
    }

    [Fact]
    public async Task A_null_that_fits_one_constructor_is_passed_on()
    {
        Counter? nothing = null;

        Assert.Equal(
            "nothing",
            await Sys.ActorOf(Props.Create(() => new Optional(nothing))).Ask<string>("which", Patience)
        );
    }

    [Fact]
    public async Task A_missing_constructor_is_found_out_only_when_the_actor_starts() =>
        await Terminated(Sys.ActorOf(Props.Create<Optional>()));

    [Fact]
    public async Task A_producer_makes_every_instance_also_after_a_restart()
    {
        var producer = new CountingProducer();
        var actor = Sys.ActorOf(Props.CreateBy(producer));
        Assert.Equal(1, await actor.Ask<int>("count", Patience));

        actor.Tell(new BoomException("restart"));

        Assert.Equal(1, await actor.Ask<int>("count", Patience)); // with a counter of its own
        Assert.Equal(2, producer.Produced);
    }

    private sealed class Counter
    {
        public int Value { get; set; }
    }

    private sealed class Counting(Counter counter) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Exception cause)
                throw cause;
            Sender.Tell(++counter.Value);
        }
    }

    private sealed class TwoWays : UntypedActor
    {
        private readonly string _which;

        public TwoWays(object _) => _which = "object";

        public TwoWays(string _) => _which = "string";

        protected override void OnReceive(object message) => Sender.Tell(_which);
    }

    private sealed class Ambiguous : UntypedActor
    {
        public Ambiguous(string? _) { }

        public Ambiguous(Counter? _) { }

        protected override void OnReceive(object message) => Sender.Tell(message);
    }

    private sealed class Optional(Counter? counter) : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(counter is null ? "nothing" : "something");
    }

    private sealed class CountingProducer : IIndirectActorProducer
    {
        public int Produced { get; private set; }

        public Type ActorType => typeof(Counting);

        public ActorBase Produce()
        {
            Produced++;
            return new Counting(new Counter());
        }

        public void Release(ActorBase actor) { }
    }
}
