namespace Multus.ActorKernel.TestKit;

/// <summary>Answers for a probe as messages come in. Each run says who answers the next one.</summary>
public abstract class AutoPilot
{
    public static NoAutoPilot NoAutoPilot => NoAutoPilot.Instance;

    public static KeepRunning KeepRunning => KeepRunning.Instance;

    public abstract AutoPilot Run(IActorRef sender, object message);
}

/// <summary>Nobody answers from now on.</summary>
public sealed class NoAutoPilot : AutoPilot
{
    public static readonly NoAutoPilot Instance = new();

    private NoAutoPilot()
    {
    }

    public override AutoPilot Run(IActorRef sender, object message) => this;
}

/// <summary>Returned by a pilot that stays.</summary>
public sealed class KeepRunning : AutoPilot
{
    public static readonly KeepRunning Instance = new();

    private KeepRunning()
    {
    }

    public override AutoPilot Run(IActorRef sender, object message) => throw new InvalidOperationException("KeepRunning is an answer, not a pilot");
}

/// <summary>A pilot that is a function.</summary>
public sealed class DelegateAutoPilot(Func<IActorRef, object, AutoPilot> autoPilotDelegate) : AutoPilot
{
    public override AutoPilot Run(IActorRef sender, object message) => autoPilotDelegate(sender, message);
}
