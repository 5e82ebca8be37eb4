namespace Multus.ActorContract.Tests;

public class ReceiveTimeoutTests : VirtualTimeSpec
{
    [Fact]
    public async Task It_comes_after_a_while_without_messages_and_then_again()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Waiting(TestActor)));
        await Barrier(actor);

        for (var i = 0; i < 2; i++)
        {
            VirtualTime.Advance(Second);
            await ExpectMsgAsync("timeout", Patience);
            await Barrier(actor);
        }
    }

    [Fact]
    public async Task A_message_starts_it_anew()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Waiting(TestActor)));
        await Barrier(actor);
        VirtualTime.Advance(Second / 2);

        Assert.Equal("busy", await actor.Ask<string>("busy", Patience));
        await Barrier(actor);
        VirtualTime.Advance(Second / 2);
        await Barrier(actor);
        Assert.False(HasMessages);
        VirtualTime.Advance(Second / 2);

        await ExpectMsgAsync("timeout", Patience);
    }

    [Fact]
    public async Task A_message_marked_so_does_not_start_it_anew()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Waiting(TestActor)));
        await Barrier(actor);
        VirtualTime.Advance(Second / 2);

        actor.Tell(new Quiet());
        await Barrier(actor);
        VirtualTime.Advance(Second / 2);

        await ExpectMsgAsync("timeout", Patience);
    }

    [Fact]
    public async Task It_can_be_turned_off()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Waiting(TestActor)));
        actor.Tell("off");
        await Barrier(actor);

        VirtualTime.Advance(Second * 5);
        await Barrier(actor);

        Assert.False(HasMessages);
    }

    private sealed record Quiet : INotInfluenceReceiveTimeout;

    private sealed class Waiting : ReceiveActor
    {
        public Waiting(IActorRef reportTo)
        {
            Context.SetReceiveTimeout(Second);
            Receive<ReceiveTimeout>(_ => reportTo.Tell("timeout"));
            Receive<Quiet>(_ => { });
            Receive<string>(text => text == "off", _ => Context.SetReceiveTimeout(null));
            ReceiveAny(message => Sender.Tell(message));
        }
    }
}
