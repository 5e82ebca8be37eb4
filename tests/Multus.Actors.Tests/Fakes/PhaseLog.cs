using System.Collections.Concurrent;
using Multus.Engine.Ports;

namespace Multus.Actors.Tests.Fakes;

/// <summary>Keeps what operations report.</summary>
internal sealed class PhaseLog : IPhases
{
    public ConcurrentQueue<OperationPhase> All { get; } = [];

    /// <summary>The names of the phases, in their order.</summary>
    public string[] Names => [.. All.Select(phase => phase.GetType().Name)];

    public void Report(OperationPhase phase) => All.Enqueue(phase);
}
