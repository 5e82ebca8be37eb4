using System.Collections.Concurrent;
using Multus.ActorKernel.Configuration;
using Multus.ActorKernel.Dispatch;
using Multus.ActorKernel.Event;
using Multus.ActorKernel.Refs;
using Multus.ActorKernel.Scheduling;

namespace Multus.ActorKernel;

/// <summary>The system of this runtime.</summary>
internal sealed class ActorSystemImpl : ActorSystem
{
    private static long s_uid;

    private readonly ConcurrentDictionary<string, MessageDispatcher> _dispatchers = new();
    private readonly ConcurrentDictionary<Type, object> _extensions = new();
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentStack<Action> _onTermination = new();
    private readonly List<ILogSink> _sinks = [];
    private readonly long _started;
    private readonly RootActorPath _rootPath;
    private long _asks;

    public ActorSystemImpl(string name, Config config, TimeProvider clock, Func<ActorSystem, ILogSink>? hostSink = null)
        : base(name, new Settings(config))
    {
        Clock = clock;
        _started = clock.GetTimestamp();
        EventStream = new EventStream(Logging.LogLevelFor(Settings.LogLevel));
        _rootPath = new RootActorPath(new Address("akka", name));
        Root = new RootGuardianRef(this, _rootPath);
        DeadLetterRef = new DeadLetterActorRef(this, _rootPath / "deadLetters");
        Scheduler = Components.NewScheduler(this);
        Log = Logging.GetLogger(this, name);
        EventStream.Start(this);
        StartSinks(hostSink);
        DefaultDispatcher = Dispatcher(MessageDispatcher.DefaultId);
        UserGuardian = Guardian("user");
        SystemGuardian = Guardian("system");
        Shutdown = new CoordinatedShutdown(this);
        ((LocalActorRef)SystemGuardian).Cell.Start();
        ((LocalActorRef)UserGuardian).Cell.Start();
    }

    public override EventStream EventStream { get; }

    public override IActorRef DeadLetters => DeadLetterRef;

    public override IScheduler Scheduler { get; }

    public override ILoggingAdapter Log { get; }

    public override Task WhenTerminated => _terminated.Task;

    public override TimeSpan Uptime => Clock.GetElapsedTime(_started);

    public TimeProvider Clock { get; }

    public RootGuardianRef Root { get; }

    public DeadLetterActorRef DeadLetterRef { get; }

    public InternalActorRef UserGuardian { get; }

    public InternalActorRef SystemGuardian { get; }

    public CoordinatedShutdown Shutdown { get; }

    public MessageDispatcher DefaultDispatcher { get; }

    /// <summary>The actors are being stopped, or have been.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>The host's deadline passed: who disposes of the system waits no longer for it.</summary>
    public bool IsGivenUp { get; set; }

    private protected override TimeSpan PatienceOnDispose => IsGivenUp ? TimeSpan.Zero : base.PatienceOnDispose;

    public override IActorRef ActorOf(Props props, string? name = null) => ((LocalActorRef)UserGuardian).Cell.ActorOf(props, name);

    /// <summary>Starts an actor below <c>/system</c>, which outlives all below <c>/user</c>.</summary>
    public IActorRef SystemActorOf(Props props, string? name = null) => ((LocalActorRef)SystemGuardian).Cell.ActorOf(props, name);

    public override ActorSelection ActorSelection(ActorPath actorPath) => ActorSelection(actorPath.ToString());

    public override ActorSelection ActorSelection(string actorPath) => ActorKernel.ActorSelection.Of(this, Root, actorPath);

    public override void Stop(IActorRef actor) => InternalActorRef.Of(actor)?.Stop();

    public override async Task Terminate()
    {
        if (Settings.Config.GetBoolean("akka.coordinated-shutdown.run-by-actor-system-terminate"))
            await Shutdown.Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance).ConfigureAwait(false);
        else
            StopActors();
        await WhenTerminated.ConfigureAwait(false);
    }

    public override void RegisterOnTermination(Action code) => _onTermination.Push(code);

    /// <summary>Begins to stop the tree from <c>/user</c> on; <see cref="WhenTerminated"/> says when that is done.</summary>
    public void StopActors()
    {
        IsStopping = true;
        UserGuardian.Stop();
    }

    public void OnGuardiansGone()
    {
        while (_onTermination.TryPop(out var code))
        {
            try
            {
                code();
            }
            catch (Exception x)
            {
                EventStream.Publish(new Error(x, Name, typeof(ActorSystem), $"A callback of RegisterOnTermination failed: {x.Message}"));
            }
        }

        (Scheduler as IDisposable)?.Dispose();
        foreach (var sink in _sinks)
            sink.Dispose();
        _terminated.TrySetResult();
    }

    public LocalActorRef NewActorRef(Props props, LocalActorRef parent, string name) =>
        new(this, props, DispatcherOf(props), parent, new ChildActorPath(parent.Path, name, Interlocked.Increment(ref s_uid)));

    public ActorPath NewAskPath() => new ChildActorPath(_rootPath / "temp", "$" + Interlocked.Increment(ref _asks), uid: 0);

    public ActorPath NewFunctionPath(string name) => new ChildActorPath(_rootPath / "system", name, Interlocked.Increment(ref s_uid));

    /// <summary>One instance of a type for this system.</summary>
    public T Extension<T>(Func<ActorSystemImpl, T> create)
        where T : class => (T)_extensions.GetOrAdd(typeof(T), static (_, arguments) => arguments.create(arguments.system), (system: this, create));

    private MessageDispatcher DispatcherOf(Props props) => props.Dispatcher.Length == 0 ? DefaultDispatcher : Dispatcher(props.Dispatcher);

    private MessageDispatcher Dispatcher(string dispatcherId) => _dispatchers.GetOrAdd(dispatcherId, static (id, config) =>
    {
        if (!config.HasPath(id))
            throw new ConfigurationException($"Dispatcher [{id}] not configured: add a section of that path with a type, or take it out of the props");

        return MessageDispatcher.FromConfig(id, config.GetConfig(id)!);
    }, Settings.Config);

    private LocalActorRef Guardian(string name) => new(
        this, Props.Create(() => new GuardianActor()), DefaultDispatcher, Root, new ChildActorPath(_rootPath, name, Interlocked.Increment(ref s_uid)));

    private void StartSinks(Func<ActorSystem, ILogSink>? hostSink)
    {
        if (hostSink is not null)
            _sinks.Add(hostSink(this));
        else
            _sinks.AddRange(Settings.Loggers.Select(logger => Components.NewLogSink(logger, this)));
        foreach (var sink in _sinks)
            EventStream.Attach(sink);
        _sinks.Add(new DeadLetterListener(this));
    }

    private sealed class GuardianActor : ActorBase
    {
        protected override bool Receive(object message)
        {
            Context.System.DeadLetters.Tell(new DeadLetter(message, Sender, Self), Sender);
            return true;
        }
    }
}
