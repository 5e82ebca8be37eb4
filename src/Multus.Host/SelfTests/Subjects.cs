namespace Multus.Host.SelfTests;

/// <summary>The actors that the checks look at, each with one feature.</summary>
internal static class Subjects
{
    public sealed class Echo : UntypedActor
    {
        public static Props PropsFor() => Props.Create(() => new Echo());

        protected override void OnReceive(object message) => Sender.Tell(message);
    }

    /// <summary>Answers what kind of thread it runs on.</summary>
    public sealed class Threaded : UntypedActor
    {
        public static Props PropsFor() => Props.Create(() => new Threaded());

        protected override void OnReceive(object message) =>
            Sender.Tell(Thread.CurrentThread.IsThreadPoolThread ? "pool" : "own");
    }

    /// <summary>Greets, in another way after "turn".</summary>
    public sealed class Turning(string greeting) : UntypedActor
    {
        public static Props PropsFor(string greeting) => Props.Create(() => new Turning(greeting));

        protected override void OnReceive(object message)
        {
            if (message is "turn")
                Become(Turned);
            else
                Sender.Tell($"{greeting} {message}");
        }

        private void Turned(object message) => Sender.Tell($"{message} turned");
    }

    /// <summary>Counts, and crashes when told to.</summary>
    public sealed class Counter : UntypedActor
    {
        private int _count;

        public static Props PropsFor() => Props.Create(() => new Counter());

        protected override void OnReceive(object message)
        {
            if (message is "crash")
                throw new InvalidOperationException("crashed on purpose");
            Sender.Tell(++_count);
        }
    }

    /// <summary>Restarts its child when it crashes, and tells the one who had it stopped when it is gone.</summary>
    public sealed class Parent : UntypedActor
    {
        private readonly IActorRef _child = Context.ActorOf(Counter.PropsFor(), "child");
        private IActorRef _asker = ActorRefs.Nobody;

        public static Props PropsFor() => Props.Create(() => new Parent());

        protected override SupervisorStrategy SupervisorStrategy() =>
            new OneForOneStrategy(3, TimeSpan.FromMinutes(1), _ => Directive.Restart);

        protected override void PreStart() => Context.WatchWith(_child, new Gone("child"));

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case "stop":
                    _asker = Sender;
                    Context.Stop(_child);
                    break;
                case Gone gone:
                    _asker.Tell($"{gone.Name} gone");
                    break;
                default:
                    _child.Forward(message);
                    break;
            }
        }

        private sealed record Gone(string Name);
    }

    /// <summary>
    /// Answers when beats of a periodic timer and one of a single timer have come, and says if one of a cancelled timer
    /// did.
    /// </summary>
    public sealed class Timed : UntypedActor, IWithTimers
    {
        private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1);
        private readonly HashSet<string> _beats = [];
        private IActorRef _asker = ActorRefs.Nobody;

        public ITimerScheduler Timers { get; set; } = null!; // set by the runtime before PreStart

        public static Props PropsFor() => Props.Create(() => new Timed());

        protected override void OnReceive(object message)
        {
            if (message is Beat beat)
            {
                OnBeat(beat);
                return;
            }

            _asker = Sender;
            Timers.StartSingleTimer("cancelled", new Beat("cancelled"), Soon);
            Timers.Cancel("cancelled");
            Timers.StartPeriodicTimer("periodic", new Beat("periodic"), Soon);
        }

        private void OnBeat(Beat beat)
        {
            if (beat.Name == "single")
            {
                Timers.Cancel("periodic");
                _asker.Tell(
                    $"{string.Join(' ', _beats)} {beat.Name}, still active: {Timers.IsTimerActive("periodic")}"
                );
            }
            else if (!_beats.Add(beat.Name) && !Timers.IsTimerActive("single"))
            {
                Timers.StartSingleTimer("single", new Beat("single"), Soon);
            }
        }

        private sealed record Beat(string Name);
    }

    /// <summary>Puts everything aside until "open", then answers it in the order in which it came.</summary>
    public sealed class Stashing : UntypedActor, IWithUnboundedStash
    {
        private int _answered;

        public IStash Stash { get; set; } = null!; // set by the runtime before PreStart

        public static Props PropsFor() => Props.Create(() => new Stashing());

        protected override void OnReceive(object message)
        {
            if (message is "open")
            {
                Become(Open);
                Stash.UnstashAll();
            }
            else
            {
                Stash.Stash();
            }
        }

        private void Open(object message) => Sender.Tell($"{message} {++_answered}");
    }

    /// <summary>Lets a task's end, good or bad, come back as a message.</summary>
    public sealed class Piping : UntypedActor
    {
        public static Props PropsFor() => Props.Create(() => new Piping());

        protected override void OnReceive(object message)
        {
            if (message is Ended ended)
            {
                ended.Asker.Tell(ended.Text);
                return;
            }

            var asker = Sender;
            _ = WorkAsync((string)message)
                .PipeTo(
                    Self,
                    success: done => new Ended(asker, done),
                    failure: crash => new Ended(asker, crash.Message)
                );
        }

        private static async Task<string> WorkAsync(string text)
        {
            await Task.Yield();
            return text == "fail" ? throw new InvalidOperationException("failed") : text;
        }

        private sealed record Ended(IActorRef Asker, string Text);
    }

    /// <summary>Answers when nothing has come for a while after it was asked.</summary>
    public sealed class Sleepy : UntypedActor
    {
        private IActorRef _asker = ActorRefs.Nobody;

        public static Props PropsFor() => Props.Create(() => new Sleepy());

        protected override void OnReceive(object message)
        {
            if (message is ReceiveTimeout)
            {
                SetReceiveTimeout(null);
                _asker.Tell("time-out");
                return;
            }

            _asker = Sender;
            SetReceiveTimeout(TimeSpan.FromMilliseconds(1));
        }
    }

    /// <summary>Waits for a dead letter; answers all else, so that one can see that it listens.</summary>
    public sealed class Undertaker(TaskCompletionSource<object> found) : UntypedActor
    {
        public static Props PropsFor(TaskCompletionSource<object> found) => Props.Create(() => new Undertaker(found));

        protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(Akka.Event.DeadLetter));

        protected override void OnReceive(object message)
        {
            if (message is Akka.Event.DeadLetter letter)
                found.TrySetResult(letter.Message);
            else
                Sender.Tell(message);
        }
    }
}
