namespace Multus.Host.SelfTests;

/// <summary>The actors that the checks look at, each with one feature.</summary>
internal static class Subjects
{
    public sealed class Echo : UntypedActor
    {
        public static Props PropsFor() => Props.Create(() => new Echo());

        protected override void OnReceive(object message) => Sender.Tell(message);
    }

    /// <summary>Answers which thread it runs on.</summary>
    public sealed class Threaded : ReceiveActor
    {
        public Threaded() => ReceiveAny(_ => Sender.Tell(Thread.CurrentThread.IsThreadPoolThread ? "pool" : "own"));

        public static Props PropsFor() => Props.Create(() => new Threaded());
    }

    /// <summary>Handlers by type, by predicate and for the rest; another behaviour after "turn".</summary>
    public sealed class Typed : ReceiveActor
    {
        private readonly string _prefix;

        public Typed(string prefix)
        {
            _prefix = prefix;
            Receive<string>(text => text == "turn", _ => Become(Turned));
            Receive<string>(text => Sender.Tell($"{_prefix} string {text}"));
            Receive<Version>(version => Sender.Tell($"{_prefix} version {version}"));
            Receive<int>(number => Sender.Tell($"{_prefix} int {number}"));
            ReceiveAny(_ => Sender.Tell($"{_prefix} any"));
        }

        public static Props PropsFor(string prefix) => Props.Create(() => new Typed(prefix));

        private void Turned() => ReceiveAny(message => Sender.Tell($"{_prefix} turned {message}"));
    }

    /// <summary>Counts, and crashes when told to.</summary>
    public sealed class Counter : ReceiveActor
    {
        private int _count;

        public Counter()
        {
            Receive<string>(text => text == "crash", _ => throw new InvalidOperationException("crashed on purpose"));
            ReceiveAny(_ => Sender.Tell(++_count));
        }

        public static Props PropsFor() => Props.Create(() => new Counter());
    }

    /// <summary>Restarts its child when it crashes, and tells the one who asked when it has stopped.</summary>
    public sealed class Parent : ReceiveActor
    {
        private readonly IActorRef _child;
        private IActorRef _asker = ActorRefs.Nobody;

        public Parent()
        {
            _child = Context.ActorOf(Counter.PropsFor(), "child");
            Context.WatchWith(_child, new Gone("child"));
            Receive<string>(text => text == "stop", _ =>
            {
                _asker = Sender;
                Context.Stop(_child);
            });
            Receive<string>(text => _child.Forward(text));
            Receive<Gone>(gone => _asker.Tell($"{gone.Name} gone"));
        }

        public static Props PropsFor() => Props.Create(() => new Parent());

        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(3, TimeSpan.FromMinutes(1), _ => Directive.Restart);

        private sealed record Gone(string Name);
    }

    /// <summary>Answers when a single timer and two beats of a periodic one have come, and none of a cancelled one.</summary>
    public sealed class Timed : ReceiveActor, IWithTimers
    {
        private readonly List<string> _beats = [];
        private IActorRef _asker = ActorRefs.Nobody;

        public Timed()
        {
            Receive<Beat>(OnBeat);
            ReceiveAny(_ =>
            {
                _asker = Sender;
                Timers.StartSingleTimer("cancelled", new Beat("cancelled"), TimeSpan.Zero);
                Timers.Cancel("cancelled");
                Timers.StartPeriodicTimer("periodic", new Beat("periodic"), TimeSpan.FromMilliseconds(1));
            });
        }

        public ITimerScheduler Timers { get; set; } = null!; // set by the runtime before PreStart

        public static Props PropsFor() => Props.Create(() => new Timed());

        private void OnBeat(Beat beat)
        {
            _beats.Add(beat.Name);
            if (_beats.Count == 2)
                Timers.StartSingleTimer("single", new Beat("single"), TimeSpan.FromMilliseconds(1));
            if (beat.Name is not "single" || !Timers.IsTimerActive("periodic"))
                return;
            Timers.Cancel("periodic");
            _asker.Tell(string.Join(' ', _beats.Distinct()));
        }

        private sealed record Beat(string Name);
    }

    /// <summary>Puts everything aside until "open", then answers it in the order in which it came.</summary>
    public sealed class Stashing : ReceiveActor, IWithUnboundedStash
    {
        private int _answered;

        public Stashing()
        {
            Receive<string>(text => text == "open", _ =>
            {
                Become(Open);
                Stash.UnstashAll();
            });
            ReceiveAny(_ => Stash.Stash());
        }

        public IStash Stash { get; set; } = null!; // set by the runtime before PreStart

        public static Props PropsFor() => Props.Create(() => new Stashing());

        private void Open() => ReceiveAny(message => Sender.Tell($"{message} {++_answered}"));
    }

    /// <summary>Lets a task's end, good or bad, come back as a message.</summary>
    public sealed class Piping : ReceiveActor
    {
        public Piping()
        {
            Receive<Ended>(ended => ended.Asker.Tell(ended.Text));
            Receive<string>(text =>
            {
                var asker = Sender;
                WorkAsync(text).PipeTo(Self, success: done => new Ended(asker, done), failure: crash => new Ended(asker, crash.Message));
            });
        }

        public static Props PropsFor() => Props.Create(() => new Piping());

        private static async Task<string> WorkAsync(string text)
        {
            await Task.Yield();
            return text == "fail" ? throw new InvalidOperationException("failed") : text;
        }

        private sealed record Ended(IActorRef Asker, string Text);
    }

    /// <summary>Answers when nothing has come for a while after it was asked.</summary>
    public sealed class Sleepy : ReceiveActor
    {
        private IActorRef _asker = ActorRefs.Nobody;

        public Sleepy()
        {
            Receive<ReceiveTimeout>(_ =>
            {
                SetReceiveTimeout(null);
                _asker.Tell("time-out");
            });
            ReceiveAny(_ =>
            {
                _asker = Sender;
                SetReceiveTimeout(TimeSpan.FromMilliseconds(1));
            });
        }

        public static Props PropsFor() => Props.Create(() => new Sleepy());
    }

    /// <summary>Waits for a dead letter that says what it was asked for.</summary>
    public sealed class Undertaker : ReceiveActor
    {
        private readonly TaskCompletionSource<string> _found;

        public Undertaker(TaskCompletionSource<string> found)
        {
            _found = found;
            Receive<Akka.Event.DeadLetter>(letter => _found.TrySetResult($"{letter.Message}"));
            ReceiveAny(message => Sender.Tell(message));
        }

        public static Props PropsFor(TaskCompletionSource<string> found) => Props.Create(() => new Undertaker(found));

        protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(Akka.Event.DeadLetter));
    }
}
