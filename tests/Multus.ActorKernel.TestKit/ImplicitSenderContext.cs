using Multus.ActorKernel.Cells;

namespace Multus.ActorKernel.TestKit;

/// <summary>Keeps the test actor the implicit sender over the awaits of a test.</summary>
internal sealed class ImplicitSenderContext(ActorCell? cell, SynchronizationContext? inner) : SynchronizationContext
{
    public SynchronizationContext? Inner => inner;

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (inner is null)
            ThreadPool.QueueUserWorkItem(_ => Run(d, state));
        else
            inner.Post(_ => Run(d, state), null);
    }

    public override void Send(SendOrPostCallback d, object? state) => Run(d, state);

    public override SynchronizationContext CreateCopy() => new ImplicitSenderContext(cell, inner);

    private void Run(SendOrPostCallback callback, object? state)
    {
        var before = Current;
        var previous = cell is null ? null : ActorCell.Enter(cell);
        SetSynchronizationContext(this);
        try
        {
            callback(state);
        }
        finally
        {
            SetSynchronizationContext(before);
            if (cell is not null)
                ActorCell.Leave(previous);
        }
    }
}
