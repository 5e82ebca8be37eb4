namespace Multus.ActorContract.Tests;

public class EventStreamTests() : ContractSpec("""
    akka.loglevel = DEBUG
    akka.log-dead-letters = 2
    """)
{
    [Fact]
    public async Task A_subscriber_sees_events_of_the_type_and_of_derived_types_and_interfaces()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Animal));
        var swimmers = CreateTestProbe();
        Sys.EventStream.Subscribe(swimmers.Ref, typeof(ISwims));

        Sys.EventStream.Publish(new Dog());
        Sys.EventStream.Publish(new Fish());
        Sys.EventStream.Publish("stone");

        await ExpectMsgAsync<Dog>(Patience);
        await ExpectMsgAsync<Fish>(Patience);
        await swimmers.ExpectMsgAsync<Fish>(Patience);
        await ExpectNoMsgAsync(Moment);
        await swimmers.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task Subscribing_twice_and_unsubscribing_twice_say_so()
    {
        Assert.True(Sys.EventStream.Subscribe(TestActor, typeof(Dog)));
        Assert.False(Sys.EventStream.Subscribe(TestActor, typeof(Dog)));
        Assert.True(Sys.EventStream.Unsubscribe(TestActor, typeof(Dog)));
        Assert.False(Sys.EventStream.Unsubscribe(TestActor, typeof(Dog)));

        Sys.EventStream.Publish(new Dog());

        await ExpectNoMsgAsync(Moment);
    }

    [Fact]
    public async Task A_subscription_made_after_the_first_such_event_works()
    {
        Sys.EventStream.Publish(new Dog());
        Sys.EventStream.Subscribe(TestActor, typeof(Dog));

        Sys.EventStream.Publish(new Dog());

        await ExpectMsgAsync<Dog>(Patience);
        await ExpectNoMsgAsync(Moment);
    }

    [Fact]
    public async Task A_stopped_subscriber_gets_nothing_any_more_not_even_dead_letters()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Echo()));
        Sys.EventStream.Subscribe(actor, typeof(Dog));
        Sys.Stop(actor);
        await Terminated(actor);

        await AwaitConditionAsync(() => Task.FromResult(!Sys.EventStream.Unsubscribe(actor)), Patience);
    }

    [Fact]
    public async Task A_message_to_a_stopped_actor_is_a_dead_letter_with_sender_and_recipient()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Echo()));
        Sys.Stop(actor);
        await Terminated(actor);
        var dead = CreateTestProbe();
        Sys.EventStream.Subscribe(dead.Ref, typeof(DeadLetter));

        actor.Tell("too late", TestActor);

        var letter = await dead.ExpectMsgAsync<DeadLetter>(Patience);
        Assert.Equal("too late", letter.Message);
        Assert.Equal(TestActor, letter.Sender);
        Assert.Equal(actor.Path, letter.Recipient.Path);
    }

    [Fact]
    public async Task Dead_letters_are_logged_up_to_the_configured_number()
    {
        await EventFilter.Info(contains: "dead letters").ExpectAsync(2, async () =>
        {
            for (var i = 0; i < 5; i++)
                Sys.DeadLetters.Tell($"lost {i}");
            await Task.CompletedTask;
        });
    }

    [Fact]
    public async Task A_dead_letter_whose_loss_is_expected_is_published_as_such_only()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(AllDeadLetters));

        Sys.DeadLetters.Tell(new Expected());

        await ExpectMsgAsync<SuppressedDeadLetter>(Patience);
    }

    [Fact]
    public async Task A_failure_that_the_supervisor_handles_is_logged_as_error_with_its_cause()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Error));
        using var silence = EventFilter.Exception<BoomException>().Mute();
        var observer = CreateTestProbe().Ref;
        var actor = Sys.ActorOf(Props.Create(() => new Fragile(observer)));

        actor.Tell(new BoomException("logged"));

        var error = await ExpectMsgAsync<Error>(Patience);
        Assert.IsType<BoomException>(error.Cause);
        Assert.Equal(actor.Path.ToString(), error.LogSource);
        Assert.Equal("logged", error.Message.ToString());
    }

    [Fact]
    public async Task What_an_actor_logs_is_published_by_level()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(LogEvent));
        using var silence = EventFilter.Warning().Mute();
        var actor = Sys.ActorOf(Props.Create(() => new Logging()));

        actor.Tell("x");

        Assert.Equal("info 1", (await ExpectMsgAsync<Info>(Patience)).Message.ToString());
        Assert.Equal("debug", (await ExpectMsgAsync<Debug>(Patience)).Message.ToString());
        Assert.Equal("warning", (await ExpectMsgAsync<Warning>(Patience)).Message.ToString());
    }

    private interface ISwims;

    private abstract record Animal;

    private sealed record Dog : Animal;

    private sealed record Fish : Animal, ISwims;

    private sealed record Expected : IDeadLetterSuppression;

    private sealed class Logging : ReceiveActor
    {
        private readonly ILoggingAdapter _log = Context.GetLogger();

        public Logging() => ReceiveAny(_ =>
        {
            _log.Info("info {0}", 1);
            _log.Debug("debug");
            _log.Warning("warning");
        });
    }
}
