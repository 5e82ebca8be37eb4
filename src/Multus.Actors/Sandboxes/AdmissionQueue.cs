using Multus.Cni;

namespace Multus.Actors.Sandboxes;

/// <summary>
/// Decides which ADD may begin: first come, first served, at most <c>max</c> at once. Only ADDs are admitted; nothing
/// else ever waits here.
/// </summary>
/// <remarks>No I/O, no clock, no actor types; one actor owns it.</remarks>
public sealed class AdmissionQueue<TCommand>(int max)
    where TCommand : class
{
    private readonly LinkedList<(SandboxId Sandbox, TCommand Command)> _waiting = new();
    private int _admitted;

    public int Waiting => _waiting.Count;

    public int Admitted => _admitted;

    public void Enqueue(SandboxId sandbox, TCommand command) => _waiting.AddLast((sandbox, command));

    /// <summary>Whether an ADD of this sandbox waits.</summary>
    public bool Holds(SandboxId sandbox)
    {
        foreach (var waiting in _waiting)
        {
            if (waiting.Sandbox == sandbox)
                return true;
        }

        return false;
    }

    /// <summary>Takes the next one that may begin; give its place back with <see cref="Leave"/>.</summary>
    public bool TryAdmit(out TCommand? command)
    {
        command = null;
        if (_admitted >= max || _waiting.First is not { } first)
            return false;

        _waiting.RemoveFirst();
        _admitted++;
        command = first.Value.Command;
        return true;
    }

    public void Leave() => _admitted--;

    /// <summary>Removes the waiting ADDs of a sandbox: its DEL has come before they began.</summary>
    public IReadOnlyList<TCommand> Drop(SandboxId sandbox) => Drop(waiting => waiting == sandbox);

    /// <summary>Removes all that wait: nobody will begin them any more.</summary>
    public IReadOnlyList<TCommand> DropAll() => Drop(_ => true);

    private List<TCommand> Drop(Predicate<SandboxId> match)
    {
        var dropped = new List<TCommand>();
        for (var node = _waiting.First; node is not null; )
        {
            var next = node.Next;
            if (match(node.Value.Sandbox))
            {
                dropped.Add(node.Value.Command);
                _waiting.Remove(node);
            }

            node = next;
        }

        return dropped;
    }
}
