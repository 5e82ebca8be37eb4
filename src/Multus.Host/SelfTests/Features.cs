using Multus.Actors.Netlink;

namespace Multus.Host.SelfTests;

/// <summary>What the daemon's actors rely on. A feature that they begin to use gets a line here.</summary>
internal static class Features
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static IReadOnlyList<Feature> All { get; } =
    [
        new("untyped-actor", system => AnswersAsync(system, Subjects.Echo.PropsFor(), ("hello", "hello"))),
        new(
            "become",
            system =>
                AnswersAsync(
                    system,
                    Subjects.Turning.PropsFor("hello"),
                    ("a", "hello a"),
                    ("turn", null),
                    ("b", "b turned")
                )
        ),
        new(
            "supervision",
            system =>
                AnswersAsync(
                    system,
                    Subjects.Parent.PropsFor(),
                    ("count", 1),
                    ("count", 2),
                    ("crash", null),
                    ("count", 1)
                )
        ),
        new("watch-with", system => AnswersAsync(system, Subjects.Parent.PropsFor(), ("stop", "child gone"))),
        new(
            "timers",
            system => AnswersAsync(system, Subjects.Timed.PropsFor(), ("begin", "periodic single, still active: False"))
        ),
        new("stash", CheckStashAsync),
        new(
            "pipe-to",
            system => AnswersAsync(system, Subjects.Piping.PropsFor(), ("work", "work"), ("fail", "failed"))
        ),
        new("ask-timeout", CheckAskTimeoutAsync),
        new("receive-timeout", system => AnswersAsync(system, Subjects.Sleepy.PropsFor(), ("begin", "time-out"))),
        new("default-dispatcher", system => AnswersAsync(system, Subjects.Threaded.PropsFor(), ("where", "pool"))),
        new(
            "pinned-dispatcher",
            system =>
                AnswersAsync(
                    system,
                    Subjects.Threaded.PropsFor().WithDispatcher(NetlinkSettings.Dispatcher),
                    ("where", "own")
                )
        ),
        new("event-stream", CheckEventStreamAsync),
        new("no-serializer", CheckNoSerializer),
    ];

    // Null: not answered.
    private static async Task AnswersAsync(
        ActorSystem system,
        Props props,
        params (object Message, object? Answer)[] exchange
    )
    {
        var actor = system.ActorOf(props);
        foreach (var (message, answer) in exchange)
        {
            if (answer is null)
                actor.Tell(message, ActorRefs.NoSender);
            else
                Expect.Equal(answer, await actor.Ask(message, Patience));
        }

        system.Stop(actor);
    }

    private static async Task CheckStashAsync(ActorSystem system)
    {
        var actor = system.ActorOf(Subjects.Stashing.PropsFor());
        var first = actor.Ask<string>("first", Patience);
        var second = actor.Ask<string>("second", Patience);
        actor.Tell("open", ActorRefs.NoSender);
        Expect.Equal("first 1", await first);
        Expect.Equal("second 2", await second);
    }

    private static async Task CheckAskTimeoutAsync(ActorSystem system)
    {
        var silent = system.ActorOf(Subjects.Stashing.PropsFor());
        try
        {
            var answer = await silent.Ask<string>("anybody there?", TimeSpan.FromMilliseconds(1));
            throw new InvalidOperationException($"answered by {answer}");
        }
        catch (AskTimeoutException)
        {
            // As it should be.
        }
    }

    private static async Task CheckEventStreamAsync(ActorSystem system)
    {
        var found = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
        var undertaker = system.ActorOf(Subjects.Undertaker.PropsFor(found));
        await undertaker.Ask<string>("subscribed", Patience);
        system.DeadLetters.Tell("to nobody", ActorRefs.NoSender);
        Expect.Equal("to nobody", await found.Task.WaitAsync(Patience));
    }

    private static Task CheckNoSerializer(ActorSystem system)
    {
        var serializer = system.Serialization.FindSerializerFor(new Version(1, 2));
        try
        {
            serializer.ToBinary("a message");
        }
        catch (NotSupportedException)
        {
            return Task.CompletedTask;
        }

        throw new InvalidOperationException($"{serializer.GetType()} serializes");
    }
}

/// <summary>A feature of the actor system: its name in the output, and a check that throws unless it works.</summary>
internal sealed record Feature(string Name, Func<ActorSystem, Task> CheckAsync);
