using Multus.ActorKernel.Cells;
using Multus.ActorKernel.Configuration;
using Multus.ActorKernel.Event;

namespace Multus.ActorKernel.TestKit;

/// <summary>For a test that wants no implicit sender.</summary>
public interface INoImplicitSender;

/// <summary>An actor system with a test actor, whose messages the test looks at one by one. What a kit makes is the implicit sender of the test.</summary>
/// <remarks>Durations that a test states are in real time and grow by <c>akka.test.timefactor</c>. One test uses a kit at a time.</remarks>
public abstract partial class TestKitBase : IActorRefFactory
{
    private static readonly AsyncLocal<IActorRef?> ImplicitSender = new(); // goes with the test over its awaits, and ends with it

    private static long s_testActors;

    private readonly MessageQueue _queue = new();

    static TestKitBase()
    {
        ActorCell.OutsideSender = () => ImplicitSender.Value;
        Components.RegisterScheduler("Akka.TestKit.TestScheduler, Akka.TestKit", _ => new TestScheduler());
        Components.RegisterLogSink("Akka.TestKit.TestEventListener, Akka.TestKit", TestEventListener.For);
        Components.RegisterExecutor(CallingThreadExecutor.TypeName, CallingThreadExecutor.Instance);
    }

    private protected TestKitBase(ActorSystem? system, Config? config, string? actorSystemName, string? testActorName)
    {
        if (system is null)
            system = ActorSystem.Create(actorSystemName ?? "test", (config ?? Config.Empty).WithFallback(DefaultConfig));
        else
            system.Settings.InjectTopLevelFallback(DefaultConfig);

        Sys = system;
        TestKitSettings = new TestKitSettings(system.Settings.Config);
        EventFilter = new EventFilterFactory(this, system);
        Log = Logging.GetLogger(system, GetType());
        var name = testActorName ?? "testActor" + Interlocked.Increment(ref s_testActors);
        TestActor = CreateTestActor(name, _queue);
        if (this is not INoImplicitSender)
            ImplicitSender.Value = TestActor;
    }

    /// <summary>What holds where a test configures nothing.</summary>
    public static Config DefaultConfig { get; } = ConfigurationFactory.ParseString("""
        akka {
          loggers = ["Akka.TestKit.TestEventListener, Akka.TestKit"]
          test {
            timefactor = 1.0
            filter-leeway = 3s
            single-expect-default = 3s
            default-timeout = 5s
            calling-thread-dispatcher {
              type = "Akka.TestKit.CallingThreadDispatcherConfigurator, Akka.TestKit"
              throughput = 2147483647
            }
          }
        }
        """);

    public ActorSystem Sys { get; }

    public TestKitSettings TestKitSettings { get; }

    public ILoggingAdapter Log { get; }

    /// <summary>Expects or mutes lines of the log.</summary>
    public EventFilterFactory EventFilter { get; }

    /// <summary>Receives what the test then expects.</summary>
    public IActorRef TestActor { get; }

    /// <summary>Whether there is a message the test has not looked at.</summary>
    public bool HasMessages => !_queue.IsEmpty;

    /// <summary>The message looked at last.</summary>
    public object? LastMessage => LastEnvelope?.Message;

    /// <summary>Who sent the message looked at last.</summary>
    public IActorRef LastSender => LastEnvelope?.Sender ?? throw new InvalidOperationException("No message has been received yet");

    private protected MessageEnvelope? LastEnvelope { get; private set; }

    public IActorRef ActorOf(Props props, string? name = null) => Sys.ActorOf(props, name);

    public IActorRef ActorOf<TActor>(string? name = null)
        where TActor : ActorBase, new() => Sys.ActorOf(Props.Create<TActor>(), name);

    public IActorRef ActorOf<TActor>(Func<TActor> factory, string? name = null)
        where TActor : ActorBase => Sys.ActorOf(Props.Create(factory), name);

    public ActorSelection ActorSelection(ActorPath actorPath) => Sys.ActorSelection(actorPath);

    public ActorSelection ActorSelection(string actorPath) => Sys.ActorSelection(actorPath);

    /// <summary>An actor that does nothing but be there.</summary>
    public IActorRef CreateTestActor(string name) => CreateTestActor(name, new MessageQueue());

    /// <summary>A further actor whose messages the test looks at.</summary>
    public TestProbe CreateTestProbe(string? name = null) => CreateTestProbe(Sys, name);

    public TestProbe CreateTestProbe(ActorSystem system, string? name = null) => new(system, name);

    /// <summary>Has the test actor watch another.</summary>
    public IActorRef Watch(IActorRef actorToWatch)
    {
        TestActor.Tell(new TestActor.Watch(actorToWatch), ActorRefs.NoSender);
        return actorToWatch;
    }

    public IActorRef Unwatch(IActorRef actorToUnwatch)
    {
        TestActor.Tell(new TestActor.Unwatch(actorToUnwatch), ActorRefs.NoSender);
        return actorToUnwatch;
    }

    /// <summary>From now on such messages are not queued.</summary>
    public void IgnoreMessages(Func<object, bool> shouldIgnoreMessage) => TestActor.Tell(new TestActor.SetIgnore(shouldIgnoreMessage), ActorRefs.NoSender);

    /// <summary>From now on messages of that type are not queued.</summary>
    public void IgnoreMessages<TMsg>() => IgnoreMessages(message => message is TMsg);

    public void IgnoreNoMessages() => TestActor.Tell(new TestActor.SetIgnore(null), ActorRefs.NoSender);

    /// <summary>Has a pilot answer for the test actor.</summary>
    public void SetAutoPilot(AutoPilot pilot) => TestActor.Tell(new TestActor.SetAutoPilot(pilot), ActorRefs.NoSender);

    /// <summary>Ends a system, that of the kit by default.</summary>
    /// <param name="system">Null for <see cref="Sys"/>.</param>
    /// <param name="duration">How long to wait; 5 seconds by default.</param>
    /// <param name="verifySystemShutdown">Fail if it took longer, instead of only saying so in the log.</param>
    public virtual void Shutdown(ActorSystem? system = null, TimeSpan? duration = null, bool verifySystemShutdown = false)
    {
        system ??= Sys;
        var patience = Dilated(duration ?? TimeSpan.FromSeconds(5));
        if (system.Terminate().Wait(patience))
            return;

        var problem = $"Failed to stop [{system.Name}] within [{patience}]";
        if (verifySystemShutdown)
            throw new TimeoutException(problem);
        system.Log.Warning(problem);
    }

    private IActorRef CreateTestActor(string name, MessageQueue queue)
    {
        var system = (ActorSystemImpl)Sys;
        return system.SystemActorOf(Props.Create(() => new TestActor(queue)).WithDispatcher(CallingThreadExecutor.DispatcherId), name);
    }
}
