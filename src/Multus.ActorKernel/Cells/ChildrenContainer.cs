using Multus.ActorKernel.Dispatch;
using Multus.ActorKernel.Refs;

namespace Multus.ActorKernel.Cells;

/// <summary>What a cell does once the children it has stopped are gone.</summary>
internal abstract record Waiting
{
    private Waiting()
    {
    }

    public sealed record Birth : Waiting
    {
        public static Birth Instance { get; } = new();
    }

    public sealed record Rebirth(Exception Cause) : Waiting;

    public sealed record Death : Waiting
    {
        public static Death Instance { get; } = new();
    }
}

/// <summary>The children of a cell. May be asked from any thread: the guardians get children from outside, and selections look in.</summary>
internal sealed class ChildrenContainer(ActorCell cell)
{
    private readonly Lock _gate = new();
    private Dictionary<string, ChildStats?>? _byName; // null value: the name is reserved, the child is being made
    private HashSet<InternalActorRef>? _stopping;
    private Waiting? _waiting;
    private bool _forbidden;
    private long _namesGiven;

    /// <summary>No children are being waited for.</summary>
    public bool IsNormal
    {
        get
        {
            lock (_gate)
                return _waiting is null && !_forbidden;
        }
    }

    public bool IsTerminating
    {
        get
        {
            lock (_gate)
                return _waiting is Waiting.Death || _forbidden;
        }
    }

    public bool IsWaitingForRebirth
    {
        get
        {
            lock (_gate)
                return _waiting is Waiting.Birth or Waiting.Rebirth;
        }
    }

    public InternalActorRef Start(Props props, string? name)
    {
        ArgumentNullException.ThrowIfNull(props);
        name = Reserve(name);
        LocalActorRef child;
        try
        {
            child = cell.System.NewActorRef(props, cell.Self, name);
        }
        catch
        {
            lock (_gate)
                _byName!.Remove(name);
            throw;
        }

        lock (_gate)
        {
            if (!_forbidden && _waiting is not Waiting.Death)
            {
                _byName![name] = new ChildStats(child);
                child.Cell.Start();
                return child;
            }
        }

        child.Cell.Mailbox.Close(); // the parent began to stop while the child was made
        throw Terminating(name);
    }

    public InternalActorRef? Find(string name)
    {
        lock (_gate)
            return _byName is not null && _byName.TryGetValue(name, out var stats) ? stats?.Child : null;
    }

    public IReadOnlyList<InternalActorRef> All()
    {
        lock (_gate)
            return _byName is null or { Count: 0 } ? [] : [.. _byName.Values.OfType<ChildStats>().Select(stats => stats.Child)];
    }

    public IReadOnlyList<ChildStats> AllStats()
    {
        lock (_gate)
            return _byName is null ? [] : [.. _byName.Values.OfType<ChildStats>()];
    }

    public ChildStats? StatsOf(InternalActorRef child)
    {
        lock (_gate)
        {
            return _byName is not null && _byName.TryGetValue(child.Path.Name, out var stats) && ReferenceEquals(stats?.Child, child)
                ? stats
                : null;
        }
    }

    public void MarkStopping(InternalActorRef child)
    {
        if (StatsOf(child) is null)
            return;

        lock (_gate)
            (_stopping ??= []).Add(child);
    }

    /// <summary>False when no child is stopping and there is nothing to wait for.</summary>
    public bool WaitFor(Waiting waiting)
    {
        lock (_gate)
        {
            if (_stopping is null or { Count: 0 })
                return false;

            _waiting = waiting;
            return true;
        }
    }

    /// <summary>Marks all children as stopping, and what to do once they are gone; the caller stops them. Empty: there are none to wait for.</summary>
    public IReadOnlyList<InternalActorRef> BeginToStopAll(Waiting waiting)
    {
        lock (_gate)
        {
            InternalActorRef[] children = _byName is null ? [] : [.. _byName.Values.OfType<ChildStats>().Select(stats => stats.Child)];
            if (children.Length == 0)
            {
                _forbidden = _forbidden || waiting is Waiting.Death;
                return children;
            }

            _stopping = [.. children];
            _waiting = waiting;
            return children;
        }
    }

    /// <summary>Forgets a child that is gone; says what was waited for if it was the last.</summary>
    public Waiting? Remove(InternalActorRef child)
    {
        lock (_gate)
        {
            _byName?.Remove(child.Path.Name);
            if (_stopping is null || !_stopping.Remove(child) || _stopping.Count > 0)
                return null;

            var done = _waiting;
            _waiting = null;
            return done;
        }
    }

    /// <summary>No child is made any more.</summary>
    public void Forbid()
    {
        lock (_gate)
            _forbidden = true;
    }

    private string Reserve(string? name)
    {
        if (name is not null && !ActorPath.IsValidPathElement(name))
            throw new InvalidActorNameException(
                $"Illegal actor name [{name}] below {cell.Self.Path}: it must not be empty, start with '$', or hold other characters than letters, digits and -_.*$+:@&=,!~';()%");

        lock (_gate)
        {
            if (_forbidden || _waiting is Waiting.Death)
                throw Terminating(name);

            name ??= GeneratedName(_namesGiven++);
            if (!(_byName ??= []).TryAdd(name, null))
                throw new InvalidActorNameException($"Actor name \"{name}\" is not unique: {cell.Self.Path} has such a child, or it is still stopping");
            return name;
        }
    }

    private InvalidOperationException Terminating(string? name) =>
        new($"cannot create children while terminating or terminated: {cell.Self.Path} is to get the child [{name ?? "(unnamed)"}]");

    private static string GeneratedName(long number)
    {
        const string Digits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+~";
        var name = "$";
        do
        {
            name += Digits[(int)(number & 63)];
            number >>= 6;
        }
        while (number != 0);
        return name;
    }
}
