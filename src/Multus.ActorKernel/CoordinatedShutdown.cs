using System.Collections.Concurrent;
using Multus.ActorKernel.Configuration;
using Multus.ActorKernel.Event;

namespace Multus.ActorKernel;

/// <summary>Stops a system in phases. Tasks of one phase run side by side, phases one after the other, each no longer than its timeout.</summary>
public sealed class CoordinatedShutdown
{
    public const string PhaseBeforeServiceUnbind = "before-service-unbind";
    public const string PhaseServiceUnbind = "service-unbind";
    public const string PhaseServiceRequestsDone = "service-requests-done";
    public const string PhaseServiceStop = "service-stop";
    public const string PhaseBeforeClusterShutdown = "before-cluster-shutdown";
    public const string PhaseClusterShardingShutdownRegion = "cluster-sharding-shutdown-region";
    public const string PhaseClusterLeave = "cluster-leave";
    public const string PhaseClusterExiting = "cluster-exiting";
    public const string PhaseClusterExitingDone = "cluster-exiting-done";
    public const string PhaseClusterShutdown = "cluster-shutdown";
    public const string PhaseBeforeActorSystemTerminate = "before-actor-system-terminate";
    public const string PhaseActorSystemTerminate = "actor-system-terminate";

    private readonly ActorSystemImpl _system;
    private readonly IReadOnlyList<ShutdownPhase> _phases; // in the order they run
    private readonly ConcurrentDictionary<string, ConcurrentQueue<PhaseTask>> _tasks = new();
    private readonly TaskCompletionSource<Done> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Reason? _reason;

    internal CoordinatedShutdown(ActorSystemImpl system)
    {
        _system = system;
        var config = system.Settings.Config.GetConfig("akka.coordinated-shutdown")!;
        _phases = ShutdownPhase.InOrder(config);
        if (config.GetBoolean("terminate-actor-system"))
            AddTask(PhaseActorSystemTerminate, "terminate-system", StopActors);
    }

    /// <summary>Null until <see cref="Run"/>.</summary>
    public Reason? ShutdownReason => _reason;

    /// <summary>How long all phases together may take.</summary>
    public TimeSpan TotalTimeout
    {
        get
        {
            var total = TimeSpan.Zero;
            foreach (var phase in _phases.Where(phase => HasTasks(phase.Name)))
                total += phase.Timeout;
            return total;
        }
    }

    public static CoordinatedShutdown Get(ActorSystem sys) => ((ActorSystemImpl)sys).Shutdown;

    /// <summary>Has a task run in a phase. Added to a phase that has begun it is not run.</summary>
    /// <exception cref="ConfigurationException">There is no such phase.</exception>
    public void AddTask(string phase, string taskName, Func<Task<Done>> task)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskName);
        ArgumentNullException.ThrowIfNull(task);
        _tasks.GetOrAdd(Known(phase).Name, _ => new ConcurrentQueue<PhaseTask>()).Enqueue(new PhaseTask(taskName, task));
    }

    /// <summary>How long a phase may take.</summary>
    /// <exception cref="ConfigurationException">There is no such phase.</exception>
    public TimeSpan Timeout(string phase) => Known(phase).Timeout;

    /// <summary>Runs the phases. Calling it again returns the task of the first call, whose reason stays.</summary>
    /// <returns>Fails only because of a phase with <c>recover = off</c>; the phases after it are not run then.</returns>
    public Task<Done> Run(Reason reason, string? fromPhase = null)
    {
        ArgumentNullException.ThrowIfNull(reason);
        var first = fromPhase is null ? 0 : _phases.ToList().IndexOf(Known(fromPhase));
        if (Interlocked.CompareExchange(ref _reason, reason, null) is null)
            _ = Task.Run(() => RunPhases(first));
        return _done.Task;
    }

    private async Task RunPhases(int first)
    {
        try
        {
            foreach (var phase in _phases.Skip(first))
            {
                if (_tasks.TryGetValue(phase.Name, out var tasks))
                    await RunPhase(phase, tasks).ConfigureAwait(false);
            }

            _done.TrySetResult(Done.Instance);
        }
        catch (Exception x)
        {
            _system.Log.Error(x, "Coordinated shutdown ends early: {0}", x.Message);
            _done.TrySetException(x);
        }
    }

    private async Task RunPhase(ShutdownPhase phase, ConcurrentQueue<PhaseTask> tasks)
    {
        _system.Log.Debug("Performing phase [{0}] with [{1}] tasks: [{2}]", phase.Name, tasks.Count, string.Join(", ", tasks.Select(task => task.Name)));
        var running = tasks.Select(task => new RunningTask(task.Name, RunTask(phase, task))).ToArray(); // Task.Run inside: one that blocks is bounded too
        try
        {
            await Task.WhenAll(running.Select(task => task.Work)).WaitAsync(phase.Timeout, _system.Clock).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!running.All(task => task.Work.IsCompleted))
        {
            var stuck = string.Join(", ", running.Where(task => !task.Work.IsCompleted).Select(task => task.Name));
            var problem = $"Coordinated shutdown phase [{phase.Name}] timed out after {phase.Timeout}: not done are [{stuck}]";
            if (!phase.Recover)
                throw new TimeoutException(problem);
            _system.Log.Warning(problem);
        }
    }

    private Task RunTask(ShutdownPhase phase, PhaseTask task) => Task.Run(async () =>
    {
        try
        {
            await task.Run().ConfigureAwait(false);
        }
        catch (Exception x) when (phase.Recover)
        {
            _system.Log.Warning(x, "Task [{0}] failed in phase [{1}]: {2}", task.Name, phase.Name, x.Message);
        }
    });

    private async Task<Done> StopActors()
    {
        _system.StopActors();
        await _system.WhenTerminated.ConfigureAwait(false);
        return Done.Instance;
    }

    private bool HasTasks(string phase) => _tasks.ContainsKey(phase);

    private ShutdownPhase Known(string phase) => _phases.FirstOrDefault(known => known.Name == phase) ?? throw new ConfigurationException(
        $"Unknown phase [{phase}], known phases [{string.Join(", ", _phases.Select(known => known.Name))}]. All phases must be defined in akka.coordinated-shutdown.phases");

    private sealed record PhaseTask(string Name, Func<Task<Done>> Run);

    private sealed record RunningTask(string Name, Task Work);

    /// <summary>Why a system is shut down.</summary>
    public class Reason
    {
        protected Reason()
        {
        }

        public override string ToString() => GetType().Name;
    }

    public sealed class UnknownReason : Reason
    {
        public static readonly Reason Instance = new UnknownReason();

        private UnknownReason()
        {
        }
    }

    public sealed class ActorSystemTerminateReason : Reason
    {
        public static readonly Reason Instance = new ActorSystemTerminateReason();

        private ActorSystemTerminateReason()
        {
        }
    }

    public sealed class ClrExitReason : Reason
    {
        public static readonly Reason Instance = new ClrExitReason();

        private ClrExitReason()
        {
        }
    }
}
