using Multus.Engine.Ports;

namespace Multus.Engine.Activity;

/// <summary>Passes every phase on to all who listen, in their order.</summary>
public sealed class PhaseListeners(params IPhases[] listeners) : IPhases
{
    public void Report(OperationPhase phase)
    {
        foreach (var listener in listeners)
            listener.Report(phase);
    }
}
