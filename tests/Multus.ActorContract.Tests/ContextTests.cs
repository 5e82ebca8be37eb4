namespace Multus.ActorContract.Tests;

public class ContextTests : ContractSpec
{
    [Fact]
    public async Task A_child_is_found_by_name_and_its_path_is_below_its_parent()
    {
        var parent = Sys.ActorOf(Props.Create(() => new Family()), "family");

        var child = await parent.Ask<IActorRef>(new Family.Make("child"), Patience);

        Assert.Equal("/user/family/child", child.Path.ToStringWithoutAddress());
        Assert.Equal(child, await parent.Ask<IActorRef>(new Family.Find("child"), Patience));
        Assert.Equal(parent, (await child.Ask<Family.Relatives>(new Family.Who(), Patience)).Parent);
        Assert.Equal(ActorRefs.Nobody, await parent.Ask<IActorRef>(new Family.Find("nobody"), Patience));
    }

    [Fact]
    public async Task All_children_are_listed_until_they_have_stopped()
    {
        var parent = Sys.ActorOf(Props.Create(() => new Family()));
        var first = await parent.Ask<IActorRef>(new Family.Make("first"), Patience);
        var second = await parent.Ask<IActorRef>(new Family.Make("second"), Patience);

        var relatives = await parent.Ask<Family.Relatives>(new Family.Who(), Patience);
        Assert.Equal([first, second], relatives.Children.OrderBy(child => child.Path.Name));

        parent.Tell(new Family.StopChild("first"));
        await AwaitAssertAsync(
            async () => Assert.Equal([second], (await parent.Ask<Family.Relatives>(new Family.Who(), Patience)).Children), Patience);
    }

    [Fact]
    public async Task A_name_is_taken_until_its_actor_has_stopped()
    {
        var parent = Sys.ActorOf(Props.Create(() => new Family()));
        var child = await parent.Ask<IActorRef>(new Family.Make("name"), Patience);
        Watch(child);

        Assert.IsType<InvalidActorNameException>(await parent.Ask<Exception>(new Family.Make("name"), Patience));
        parent.Tell(new Family.StopChild("name"));
        await ExpectTerminatedAsync(child, Patience);

        await AwaitAssertAsync(async () => Assert.IsAssignableFrom<IActorRef>(await parent.Ask<object>(new Family.Make("name"), Patience)), Patience);
    }

    [Theory]
    [InlineData("")]
    [InlineData("$mine")]
    [InlineData("a/b")]
    [InlineData("with blank")]
    [InlineData("ümlaut")]
    public void A_name_that_no_path_can_hold_is_refused(string name) =>
        Assert.Throws<InvalidActorNameException>(() => Sys.ActorOf(Props.Create(() => new Echo()), name));

    [Fact]
    public void Actors_without_a_name_get_names_of_their_own()
    {
        var names = Enumerable.Range(0, 500).Select(_ => Sys.ActorOf(Props.Create(() => new Echo())).Path.Name);

        Assert.Equal(500, names.Distinct().Count());
    }

    [Fact]
    public async Task Many_threads_can_make_actors_at_once()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
            Enumerable.Range(0, 100).Select(j => Sys.ActorOf(Props.Create(() => new Echo()), $"made-{i}-{j}")).ToList())));

        Assert.Equal(800, made.SelectMany(actors => actors).Select(actor => actor.Path).Distinct().Count());
        Assert.Equal("last", await made[7][99].Ask<string>("last", Patience));
    }

    [Fact]
    public async Task A_selection_leads_to_the_actors_that_are_there_when_it_is_told_something()
    {
        var parent = Sys.ActorOf(Props.Create(() => new Family()), "selected");
        var child = await parent.Ask<IActorRef>(new Family.Make("child"), Patience);

        Assert.Equal(child, await Sys.ActorSelection("/user/selected/child").ResolveOne(Patience));
        Assert.Equal(child, await Sys.ActorSelection(child.Path).ResolveOne(Patience));
        Assert.Equal(child, (await Sys.ActorSelection("/user/selected/*").Ask<ActorIdentity>(new Identify("id"), Patience)).Subject);
        await Assert.ThrowsAsync<ActorNotFoundException>(() => Sys.ActorSelection("/user/selected/missing").ResolveOne(Patience));
    }

    [Fact]
    public async Task Identify_of_a_stopped_actor_is_answered_with_no_subject()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Echo()));
        Assert.Equal(actor, (await actor.Ask<ActorIdentity>(new Identify(1), Patience)).Subject);
        Sys.Stop(actor);
        await Terminated(actor);

        var identity = await actor.Ask<ActorIdentity>(new Identify(2), Patience);

        Assert.Null(identity.Subject);
        Assert.Equal(2, identity.MessageId);
    }

    private sealed class Family : ReceiveActor
    {
        public Family()
        {
            Receive<Make>(make => Sender.Tell(TryMake(make.Name)));
            Receive<Find>(find => Sender.Tell(Context.Child(find.Name)));
            Receive<StopChild>(stop => Context.Stop(Context.Child(stop.Name)));
            Receive<Who>(_ => Sender.Tell(new Relatives(Context.Parent, [.. Context.GetChildren()])));
        }

        private static object TryMake(string name)
        {
            try
            {
                return Context.ActorOf(Props.Create(() => new Family()), name);
            }
            catch (InvalidActorNameException x)
            {
                return x;
            }
        }

        public sealed record Make(string Name);

        public sealed record Find(string Name);

        public sealed record StopChild(string Name);

        public sealed record Who;

        public sealed record Relatives(IActorRef Parent, IReadOnlyList<IActorRef> Children);
    }
}
