using Prometheus;

namespace Multus.Host.Metrics;

/// <summary>
/// A counter of a count that is kept elsewhere. A part that was started anew begins at 0 again; what it had counted
/// before stays counted. One thread at a time.
/// </summary>
internal sealed class Growing(ICounter counter)
{
    private double _seen;

    public void GrowTo(double count)
    {
        counter.Inc(count < _seen ? count : count - _seen);
        _seen = count;
    }
}
