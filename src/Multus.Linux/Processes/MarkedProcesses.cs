using System.Collections.Immutable;
using Multus.Cni;

namespace Multus.Linux.Processes;

/// <summary>
/// Runs processes with the marker of this daemon in their environment, instead of one that was there.
/// </summary>
public sealed class MarkedProcesses(IProcessRunner processes, DelegationMarker marker) : IProcessRunner
{
    private readonly KeyValuePair<string, string> _mark = new(Delegation.MarkerVariable, marker.Value);

    /// <inheritdoc/>
    public Task<ProcessResult> RunAsync(ProcessSpec spec, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var environment = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>(spec.Environment.Length + 1);
        environment.Add(_mark);
        foreach (var variable in spec.Environment)
        {
            if (variable.Key != Delegation.MarkerVariable)
                environment.Add(variable);
        }

        return processes.RunAsync(spec with { Environment = environment.DrainToImmutable() }, cancel);
    }
}
