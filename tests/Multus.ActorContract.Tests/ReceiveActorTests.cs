namespace Multus.ActorContract.Tests;

public class ReceiveActorTests : ContractSpec
{
    [Theory]
    [InlineData(1, "odd")]
    [InlineData(2, "even")]
    [InlineData(-4, "negative")]
    public async Task The_first_handler_whose_type_and_predicate_fit_takes_the_message(int number, string expected)
    {
        var actor = Sys.ActorOf(Props.Create(() => new Choosing()));

        Assert.Equal(expected, await actor.Ask<string>(number, Patience));
    }

    [Fact]
    public async Task A_handler_for_a_base_type_takes_derived_messages_and_ReceiveAny_the_rest()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Choosing()));

        Assert.Equal("argument", await actor.Ask<string>(new ArgumentNullException(), Patience));
        Assert.Equal("any", await actor.Ask<string>(1.5, Patience));
    }

    [Fact]
    public async Task Become_replaces_all_handlers()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Switching()));

        Assert.Equal("idle", await actor.Ask<string>("who", Patience));
        actor.Tell("switch");
        Assert.Equal("busy", await actor.Ask<string>("who", Patience));
    }

    [Fact]
    public async Task A_stacked_behaviour_goes_back_to_the_one_below_and_the_last_one_stays()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Switching()));

        actor.Tell("stack");
        Assert.Equal("stacked", await actor.Ask<string>("who", Patience));
        actor.Tell("pop");
        Assert.Equal("idle", await actor.Ask<string>("who", Patience));
        actor.Tell("pop");
        Assert.Equal("idle", await actor.Ask<string>("who", Patience));
    }

    [Fact]
    public async Task What_no_handler_takes_is_published_as_unhandled()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        var actor = Sys.ActorOf(Props.Create(() => new Switching()));

        actor.Tell(4711);

        var unhandled = await ExpectMsgAsync<UnhandledMessage>(Patience);
        Assert.Equal(4711, unhandled.Message);
        Assert.Equal(actor, unhandled.Recipient);
    }

    [Fact]
    public async Task A_handler_can_refuse_a_message_itself()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Refusing()));

        Assert.Equal("short", await actor.Ask<string>("abc", Patience));
        Assert.Equal("long", await actor.Ask<string>("abcdef", Patience));
    }

    [Fact]
    public async Task Handlers_cannot_be_added_outside_of_constructor_and_Become()
    {
        var actor = Sys.ActorOf(Props.Create(() => new LateAdding()));

        Assert.IsType<InvalidOperationException>(await actor.Ask<Exception>("add", Patience));
    }

    [Fact]
    public async Task Nothing_can_be_added_behind_a_handler_that_takes_everything()
    {
        await EventFilter.Exception<ActorInitializationException>().ExpectOneAsync(async () =>
        {
            var actor = Sys.ActorOf(Props.Create(() => new AddingBehindAll()));
            await Terminated(actor);
        });
    }

    [Fact]
    public async Task An_async_handler_holds_back_the_next_message_and_keeps_sender_and_context_over_its_awaits()
    {
        var gate = new TaskCompletionSource();
        var actor = Sys.ActorOf(Props.Create(() => new AsyncHandling(gate.Task)));

        actor.Tell("async");
        actor.Tell("sync");
        await ExpectNoMsgAsync(Moment);
        gate.SetResult();

        await ExpectMsgAsync($"before {actor.Path.Name}", Patience);
        await ExpectMsgAsync($"after {actor.Path.Name}", Patience);
        await ExpectMsgAsync("sync", Patience);
    }

    [Fact]
    public async Task A_child_that_fails_while_its_parent_awaits_does_not_change_the_sender()
    {
        using var silence = EventFilter.Exception<BoomException>().Mute();
        var gate = new TaskCompletionSource();
        var reached = new TaskCompletionSource();
        var actor = Sys.ActorOf(Props.Create(() => new AwaitingParent(gate.Task, reached)));
        actor.Tell("await");
        await reached.Task.WaitAsync(Patience);

        var child = await Sys.ActorSelection(actor.Path / "child").ResolveOne(Patience);
        child.Tell(new BoomException("meanwhile"));
        await ExpectNoMsgAsync(Moment); // the runtime may decide at once or once the parent is back
        gate.SetResult();

        await ExpectMsgAsync("done", Patience);
    }

    [Fact]
    public async Task What_an_async_handler_throws_fails_the_actor()
    {
        await EventFilter.Exception<BoomException>("async boom").ExpectOneAsync(async () =>
        {
            var actor = Sys.ActorOf(Props.Create(() => new AsyncHandling(Task.FromException(new BoomException("async boom")))));
            actor.Tell("async");
            actor.Tell("sync");
            await ExpectMsgAsync("sync", Patience);
        });
        await EventFilter.Exception<BoomException>("late boom").ExpectOneAsync(async () =>
        {
            var late = new TaskCompletionSource();
            var actor = Sys.ActorOf(Props.Create(() => new AsyncHandling(late.Task)));
            actor.Tell("async");
            actor.Tell("sync");
            late.SetException(new BoomException("late boom"));
            await ExpectMsgAsync("sync", Patience);
        });
    }

    [Fact]
    public async Task Context_and_sender_are_not_to_be_had_outside_of_a_turn()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Leaving()));

        Assert.IsType<NotSupportedException>(await actor.Ask<Exception>("leave", Patience));
    }

    [Fact]
    public async Task An_actor_that_stops_while_it_awaits_does_not_come_back()
    {
        var gate = new TaskCompletionSource();
        var actor = Sys.ActorOf(Props.Create(() => new AsyncHandling(gate.Task)));
        actor.Tell("async");
        Sys.Stop(actor);
        await Terminated(actor);
        gate.SetResult();

        await ExpectNoMsgAsync(Moment);
    }

    [Fact]
    public void An_actor_cannot_be_made_with_new() =>
        Assert.IsType<ActorInitializationException>(RunOutsideOfAnyActor(() => _ = new Echo()));

    private static Exception? RunOutsideOfAnyActor(Action code)
    {
        Exception? thrown = null;
        var thread = new Thread(() => thrown = Record.Exception(code)); // the thread of a test is the test actor's
        thread.Start();
        thread.Join();
        return thrown;
    }

    private sealed class Choosing : ReceiveActor
    {
        public Choosing()
        {
            Receive<int>(number => number < 0, _ => Sender.Tell("negative"));
            Receive<int>(_ => Sender.Tell("odd"), number => number % 2 == 1);
            Receive<int>(_ => Sender.Tell("even"));
            Receive<ArgumentException>(_ => Sender.Tell("argument"));
            ReceiveAny(_ => Sender.Tell("any"));
        }
    }

    private sealed class Switching : ReceiveActor
    {
        public Switching() => Idle();

        private void Idle()
        {
            Receive<string>(text => text == "who", _ => Sender.Tell("idle"));
            Receive<string>(text => text == "switch", _ => Become(Busy));
            Receive<string>(text => text == "stack", _ => BecomeStacked(Stacked));
            Receive<string>(text => text == "pop", _ => UnbecomeStacked());
        }

        private void Busy() => Receive<string>(_ => Sender.Tell("busy"));

        private void Stacked()
        {
            Receive<string>(text => text == "pop", _ => UnbecomeStacked());
            Receive<string>(_ => Sender.Tell("stacked"));
        }
    }

    private sealed class Refusing : ReceiveActor
    {
        public Refusing()
        {
            Receive<string>(text =>
            {
                if (text.Length > 3)
                    return false;
                Sender.Tell("short");
                return true;
            });
            Receive<string>(_ => Sender.Tell("long"));
        }
    }

    private sealed class LateAdding : ReceiveActor
    {
        public LateAdding() => ReceiveAny(_ =>
        {
            try
            {
                Receive<string>(text => { });
            }
            catch (InvalidOperationException x)
            {
                Sender.Tell(x);
            }
        });
    }

    private sealed class Leaving : ReceiveActor
    {
        public Leaving() => ReceiveAny(_ => Sender.Tell(RunOutsideOfAnyActor(() => _ = Context.Sender)!));
    }

    private sealed class AddingBehindAll : ReceiveActor
    {
        public AddingBehindAll()
        {
            ReceiveAny(_ => { });
            Receive<string>(text => { });
        }
    }

    private sealed class AwaitingParent : ReceiveActor
    {
        public AwaitingParent(Task gate, TaskCompletionSource reached)
        {
            var nobody = Context.System.DeadLetters;
            Context.ActorOf(Props.Create(() => new Fragile(nobody)), "child");
            ReceiveAsync<string>(async _ =>
            {
                reached.SetResult();
                await gate;
                Sender.Tell("done");
            });
        }
    }

    private sealed class AsyncHandling : ReceiveActor
    {
        public AsyncHandling(Task gate)
        {
            ReceiveAsync<string>(text => text == "async", async _ =>
            {
                await gate;
                Sender.Tell($"before {Self.Path.Name}");
                await Task.Yield();
                Sender.Tell($"after {Context.Self.Path.Name}");
            });
            ReceiveAny(message => Sender.Tell(message));
        }
    }
}
