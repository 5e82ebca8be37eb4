namespace Multus.Linux.Processes;

/// <summary>Runs executables within limits. Every foreseen end is a value; only a broken runner throws.</summary>
public interface IProcessRunner
{
    /// <summary>
    /// Runs to the end, whatever end that is. The answer comes when the process is gone and its output has been read.
    /// </summary>
    /// <exception cref="ProcessRunnerException">The runner itself cannot do its work any more, or somebody else took
    /// the exit status.</exception>
    /// <exception cref="ObjectDisposedException">The runner was disposed before the call.</exception>
    Task<ProcessResult> RunAsync(ProcessSpec spec, CancellationToken cancel);
}

/// <summary>
/// The runner could not learn how a process ended. The processes it knew have been killed; a new runner is needed when
/// <see cref="RunnerIsDead"/>.
/// </summary>
public sealed class ProcessRunnerException(string message, bool runnerIsDead, Exception? inner = null)
    : Exception(message, inner)
{
    public bool RunnerIsDead { get; } = runnerIsDead;
}
