using Multus.TestCluster.Journal;

namespace Multus.TestCluster.Faults;

/// <summary>What goes wrong next. Of several faults that fit a request the oldest meets it.</summary>
public sealed class FaultPlan
{
    private readonly Lock _gate = new(); // guards the list and what is left of each fault
    private readonly List<Fault> _faults = [];

    /// <summary>The next requests that fit.</summary>
    public Fault Next(int count, Func<RequestRecord, bool> fits, FaultAction action)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentNullException.ThrowIfNull(fits);
        var fault = new Fault(this, count, fits, action);
        lock (_gate)
            _faults.Add(fault);
        return fault;
    }

    /// <summary>Every request that fits, until the fault is disposed.</summary>
    public Fault Always(Func<RequestRecord, bool> fits, FaultAction action) => Next(int.MaxValue, fits, action);

    internal FaultAction? Meet(RequestRecord request)
    {
        lock (_gate)
        {
            var fault = _faults.Find(fault => fault.Fits(request));
            if (fault is null)
                return null;
            if (fault.Take() == 0)
                _faults.Remove(fault);
            return fault.Action;
        }
    }

    internal void Remove(Fault fault)
    {
        lock (_gate)
            _faults.Remove(fault);
    }
}

/// <summary>A fault that waits for its requests; disposing takes back what is left of it.</summary>
public sealed class Fault : IDisposable
{
    private readonly FaultPlan _plan;
    private readonly Func<RequestRecord, bool> _fits;
    private int _left;
    private int _met;

    internal Fault(FaultPlan plan, int count, Func<RequestRecord, bool> fits, FaultAction action)
    {
        _plan = plan;
        _left = count;
        _fits = fits;
        Action = action;
    }

    public FaultAction Action { get; }

    /// <summary>How many requests it has met so far.</summary>
    public int Met => Volatile.Read(ref _met);

    public void Dispose() => _plan.Remove(this);

    internal bool Fits(RequestRecord request) => _fits(request);

    internal int Take()
    {
        _met++;
        return --_left;
    }
}
