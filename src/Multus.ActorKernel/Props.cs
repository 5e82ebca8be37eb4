using System.Reflection;

namespace Multus.ActorKernel;

/// <summary>How to make an actor, every time anew: at the start and at each restart.</summary>
public sealed class Props
{
    private readonly Func<ActorBase> _factory;

    private Props(Type type, Func<ActorBase> factory, string dispatcher, SupervisorStrategy? strategy)
    {
        Type = type;
        _factory = factory;
        Dispatcher = dispatcher;
        SupervisorStrategy = strategy;
    }

    public Type Type { get; }

    /// <summary>The configuration path of the dispatcher; empty for the default one.</summary>
    public string Dispatcher { get; }

    /// <summary>Takes the place of the actor's own strategy.</summary>
    public SupervisorStrategy? SupervisorStrategy { get; }

    /// <param name="factory">A plain <c>new</c> with every argument given: Akka.NET takes it apart as an expression.</param>
    /// <param name="supervisorStrategy">Takes the place of the actor's own strategy.</param>
    public static Props Create<TActor>(Func<TActor> factory, SupervisorStrategy? supervisorStrategy = null)
        where TActor : ActorBase => new(typeof(TActor), factory, dispatcher: "", supervisorStrategy);

    public static Props Create<TActor>()
        where TActor : ActorBase, new() => new(typeof(TActor), NewWithoutArguments<TActor>, dispatcher: "", strategy: null);

    public static Props Create<TActor>(SupervisorStrategy supervisorStrategy)
        where TActor : ActorBase, new() => new(typeof(TActor), NewWithoutArguments<TActor>, dispatcher: "", supervisorStrategy);

    public Props WithDispatcher(string dispatcher) => new(Type, _factory, dispatcher, SupervisorStrategy);

    public Props WithSupervisorStrategy(SupervisorStrategy supervisorStrategy) => new(Type, _factory, Dispatcher, supervisorStrategy);

    internal ActorBase NewActor() => _factory();

    private static TActor NewWithoutArguments<TActor>()
        where TActor : ActorBase, new()
    {
        try
        {
            return new TActor();
        }
        catch (TargetInvocationException wrapped) when (wrapped.InnerException is { } cause)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(cause);
            throw; // not reached: the line above throws what the constructor threw
        }
    }
}
