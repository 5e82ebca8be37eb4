using System.Collections.Concurrent;
using Multus.Linux.Processes;

namespace Multus.Actors.Tests.Fakes;

/// <summary>Processes that end when the test says so.</summary>
internal sealed class FakeProcesses : IProcessRunner
{
    private readonly BlockingCollection<Run> _started = [];

    /// <summary>Waits for the next process to be started.</summary>
    public Run Next() =>
        _started.TryTake(out var run, Patience) ? run : throw new TimeoutException("no process was started");

    public bool HasMore => _started.Count > 0;

    public Task<ProcessResult> RunAsync(ProcessSpec spec, CancellationToken cancel)
    {
        var run = new Run(spec, cancel);
        _started.Add(run, CancellationToken.None);
        return run.Task;
    }

    internal sealed class Run(ProcessSpec spec, CancellationToken cancel)
    {
        private readonly TaskCompletionSource<ProcessResult> _end = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );

        public ProcessSpec Spec { get; } = spec;

        public CancellationToken Cancel { get; } = cancel;

        public Task<ProcessResult> Task => _end.Task;

        public void Exit(string stdout = "{}") => End(ProcessEnd.Exited, 0, stdout);

        public void End(ProcessEnd end, int code, string stdout = "", string stderr = "") =>
            _end.SetResult(
                new ProcessResult(
                    end,
                    code,
                    System.Text.Encoding.UTF8.GetBytes(stdout),
                    System.Text.Encoding.UTF8.GetBytes(stderr),
                    TimeSpan.Zero,
                    TimeSpan.Zero
                )
            );

        public void Crash(Exception crash) => _end.SetException(crash);
    }
}
