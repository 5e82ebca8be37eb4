namespace Multus.Linux.Processes;

/// <summary>Runs every process in another root.</summary>
/// <param name="processes">Runs them.</param>
/// <param name="root">See <see cref="ProcessSpec.Root"/>.</param>
public sealed class RootedProcesses(IProcessRunner processes, string root) : IProcessRunner
{
    public Task<ProcessResult> RunAsync(ProcessSpec spec, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return processes.RunAsync(spec with { Root = root }, cancel);
    }
}
