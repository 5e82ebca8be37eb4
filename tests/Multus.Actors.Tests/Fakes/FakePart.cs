namespace Multus.Actors.Tests.Fakes;

/// <summary>A part of the node that answers every question by a function of the test's.</summary>
internal sealed class FakePart : ReceiveActor
{
    public FakePart(Func<object, object?> answer) =>
        ReceiveAny(question =>
        {
            if (answer(question) is { } reply)
                Sender.Tell(reply);
        });

    public static Props PropsFor(Func<object, object?> answer) => Props.Create(() => new FakePart(answer));
}
