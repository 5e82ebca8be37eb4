namespace Multus.ActorKernel.TestKit;

/// <summary>Puts what it is told into the queue of its kit, on the thread of whoever tells it.</summary>
internal sealed class TestActor(MessageQueue queue) : ActorBase
{
    private AutoPilot _pilot = AutoPilot.NoAutoPilot;
    private Func<object, bool>? _ignore;

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case Watch watch:
                Context.Watch(watch.Subject);
                break;
            case Unwatch unwatch:
                Context.Unwatch(unwatch.Subject);
                break;
            case SetIgnore set:
                _ignore = set.Ignore;
                break;
            case SetAutoPilot set:
                _pilot = set.Pilot;
                break;
            default:
                Take(message);
                break;
        }

        return true;
    }

    private void Take(object message)
    {
        if (_pilot is not NoAutoPilot)
        {
            var next = _pilot.Run(Sender, message);
            if (next is not KeepRunning)
                _pilot = next;
        }

        if (_ignore is null || !_ignore(message))
            queue.Add(new MessageEnvelope(message, Sender));
    }

    public sealed record Watch(IActorRef Subject);

    public sealed record Unwatch(IActorRef Subject);

    public sealed record SetIgnore(Func<object, bool>? Ignore);

    public sealed record SetAutoPilot(AutoPilot Pilot);
}
