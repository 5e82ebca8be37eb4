namespace Multus.Actors.Tests.Fakes;

/// <summary>
/// Supervises one child, restarts it when it crashes, and says how often it did: <c>Props</c> makes the child, any text
/// asks.
/// </summary>
internal sealed class CountingParent : ReceiveActor
{
    private int _crashes;

    public CountingParent()
    {
        Receive<Props>(props => Sender.Tell(Context.ActorOf(props)));
        Receive<string>(_ => Sender.Tell(_crashes));
    }

    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(_ =>
        {
            _crashes++;
            return Directive.Restart;
        });
}
