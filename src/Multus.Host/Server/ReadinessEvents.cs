using Multus.Engine.Ports;

namespace Multus.Host.Server;

/// <summary>
/// Says in an event of the Node that it cannot attach pods, once that has lasted, and that it can again. It goes by
/// what the readiness probe is answered, and needs no clock of its own.
/// </summary>
/// <param name="tell">Takes reason and message of an event of the node.</param>
/// <param name="time">Clock.</param>
internal sealed class ReadinessEvents(Action<string, string> tell, TimeProvider time)
{
    /// <summary>A daemon that starts is not ready for a moment; that is nobody's concern.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long? _unreadySince;
    private bool _isSaid;

    /// <summary>Notes an answer. Any thread.</summary>
    /// <param name="reasons">Why it is not ready; empty: it is.</param>
    public void Note(IReadOnlyCollection<string> reasons)
    {
        lock (_gate)
        {
            if (reasons.Count == 0)
            {
                if (_isSaid)
                    tell(EventTexts.NodeCanAttach, "Multus is able to attach pods of this node again");
                (_unreadySince, _isSaid) = (null, false);
                return;
            }

            _unreadySince ??= time.GetTimestamp();
            if (_isSaid || time.GetElapsedTime(_unreadySince.Value) < Patience)
                return;
            _isSaid = true;
            tell(
                EventTexts.NodeCannotAttach,
                $"Multus has not been able to attach pods of this node for {Patience.TotalMinutes:0} min: "
                    + $"{string.Join("; ", reasons)}. More: multusctl status"
            );
        }
    }
}
