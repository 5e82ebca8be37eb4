namespace Multus.ActorContract.Tests;

public class WatchTests : ContractSpec
{
    [Fact]
    public async Task WatchWith_tells_the_message_that_was_given_once()
    {
        var (watcher, subject) = await Watched(new Watcher.With("gone"));

        Sys.Stop(subject);

        await ExpectMsgAsync("gone", Patience);
        await Barrier(watcher);
        await ExpectNoMsgAsync(Moment);
    }

    /// <summary>So each of our parents watches a child once, where it makes it.</summary>
    [Fact]
    public async Task A_second_watch_of_the_same_child_is_silently_nothing_and_the_first_message_comes()
    {
        var (watcher, subject) = await Watched(
            new Watcher.With("first"),
            new Watcher.With("second"),
            new Watcher.Plain()
        );

        Sys.Stop(subject);

        await ExpectMsgAsync("first", Patience);
        await Barrier(watcher);
        await ExpectNoMsgAsync(Moment);
    }

    [Fact]
    public async Task Who_watches_a_stopped_actor_is_told_at_once()
    {
        var subject = Sys.ActorOf(Props.Create(() => new Echo()));
        Sys.Stop(subject);
        await Terminated(subject);
        var watcher = Sys.ActorOf(Props.Create(() => new Watcher(subject, TestActor)));

        watcher.Tell(new Watcher.With("gone"));

        await ExpectMsgAsync("gone", Patience);
    }

    [Fact]
    public async Task A_restart_is_no_end()
    {
        using var silence = EventFilter.Exception<BoomException>().Mute();
        var observer = CreateTestProbe().Ref;
        var subject = Sys.ActorOf(Props.Create(() => new Fragile(observer)));
        Watch(subject);

        subject.Tell(new BoomException("b"));
        subject.Tell("alive");

        await ExpectMsgAsync("alive", Patience);
        await ExpectNoMsgAsync(Moment);
    }

    [Fact]
    public async Task The_name_of_a_child_is_free_when_its_parent_is_told_of_its_end_and_not_before()
    {
        var parent = Sys.ActorOf(Props.Create(() => new Replacing(TestActor)));

        for (var i = 0; i < 50; i++)
        {
            parent.Tell("replace");
            await ExpectMsgAsync("taken", Patience);
            await ExpectMsgAsync("replaced", Patience);
        }
    }

    [Fact]
    public async Task A_restarted_parent_hears_nothing_of_the_children_of_its_old_instance()
    {
        using var silence = EventFilter.Exception<BoomException>().Mute();
        var parent = Sys.ActorOf(Props.Create(() => new Replacing(TestActor)));

        parent.Tell(new BoomException("restart"));
        await Barrier(parent);

        await ExpectNoMsgAsync(Moment);
    }

    private async Task<(IActorRef Watcher, IActorRef Subject)> Watched(params object[] ways)
    {
        var subject = Sys.ActorOf(Props.Create(() => new Echo()));
        var watcher = Sys.ActorOf(Props.Create(() => new Watcher(subject, TestActor)));
        foreach (var way in ways)
            watcher.Tell(way);
        await Barrier(watcher);
        return (watcher, subject);
    }

    private sealed class Watcher(IActorRef subject, IActorRef reportTo) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case With with:
                    Context.WatchWith(subject, with.Message);
                    break;
                case Plain:
                    Context.Watch(subject);
                    break;
                default:
                    reportTo.Tell(message);
                    break;
            }
        }

        public sealed record With(string Message);

        public sealed record Plain;
    }

    private sealed class Replacing(IActorRef reportTo) : UntypedActor
    {
        protected override void PreStart() => MakeChild();

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case "replace":
                    Context.Stop(Context.Child("child"));
                    reportTo.Tell(Record.Exception(MakeChild) is InvalidActorNameException ? "taken" : "free");
                    break;
                case "gone":
                    MakeChild();
                    reportTo.Tell("replaced");
                    break;
                case Exception cause:
                    throw cause;
            }
        }

        private static void MakeChild() =>
            Context.WatchWith(Context.ActorOf(Props.Create(() => new Echo()), "child"), "gone");
    }
}
