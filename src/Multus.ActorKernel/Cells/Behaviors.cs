namespace Multus.ActorKernel.Cells;

/// <summary>The behaviour on top, and those under it. The last one cannot be taken off.</summary>
internal sealed class Behaviors
{
    private Stack<Receive>? _under;
    private Receive? _current;

    public Receive Current => _current ?? throw new InvalidOperationException("The actor has no behaviour: it is not constructed");

    public void Replace(Receive receive) => _current = receive;

    public void Push(Receive receive)
    {
        if (_current is not null)
            (_under ??= new Stack<Receive>()).Push(_current);
        _current = receive;
    }

    public void Pop()
    {
        if (_under is not null && _under.TryPop(out var under))
            _current = under;
    }

    public void Clear()
    {
        _current = null;
        _under = null;
    }
}
