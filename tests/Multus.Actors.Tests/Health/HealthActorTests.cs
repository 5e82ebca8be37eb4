using Multus.Actors.Health;
using Multus.Actors.Node;
using Multus.Actors.Tests.Fakes;

namespace Multus.Actors.Tests.Health;

public class HealthActorTests : TestKit
{
    [Fact]
    public async Task Every_part_that_answers_is_reported_in_the_order_of_the_tree()
    {
        var health = await Ask(Start(Part("b", 2), Part("a", 1)));

        Assert.Equal(["b", "a"], health.Parts.Select(part => part.Part));
        Assert.Empty(health.Silent);
        Assert.True(health.Ready);
    }

    [Fact]
    public async Task A_part_that_hangs_is_named_and_keeps_no_other_from_being_reported()
    {
        var health = await Ask(Start(Part("fine", 1), new("hung", CreateTestProbe().Ref)));

        Assert.Equal("hung", Assert.Single(health.Silent));
        Assert.Equal(["fine"], health.Parts.Select(part => part.Part));
    }

    [Fact]
    public async Task It_is_ready_when_the_last_part_that_was_waited_for_is_and_stays_so()
    {
        var actor = Sys.ActorOf(HealthActor.PropsFor([], ["one", "two"], Patience));
        actor.Tell(new NodeProtocol.PartReady("two"));

        Assert.Equal("one", Assert.Single((await Ask(actor)).WaitingFor));
        actor.Tell(new NodeProtocol.PartReady("one"));
        Assert.True((await Ask(actor)).Ready);
    }

    private IActorRef Start(params KeyValuePair<string, IActorRef>[] parts) =>
        Sys.ActorOf(HealthActor.PropsFor([.. parts], [], TimeSpan.FromMilliseconds(200)));

    private KeyValuePair<string, IActorRef> Part(string name, long value) =>
        new(name, Sys.ActorOf(FakePart.PropsFor(_ => new HealthProtocol.Figures(name, [new("value", value)]))));

    private static async Task<HealthProtocol.Reply.Health> Ask(IActorRef health) =>
        Assert.IsType<HealthProtocol.Reply.Health>(
            await health.Ask<HealthProtocol.Reply>(new HealthProtocol.GetHealth(), Patience)
        );
}
