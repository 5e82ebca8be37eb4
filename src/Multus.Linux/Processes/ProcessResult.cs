using System.Globalization;
using Multus.Linux.Native;

namespace Multus.Linux.Processes;

/// <summary>What a run left.</summary>
/// <param name="Code">The exit status, or the number of the signal, or for <see cref="ProcessEnd.NotStarted"/> the
/// errno.</param>
/// <param name="Stdout">All of it; for <see cref="ProcessEnd.OutputTooLarge"/> as much as was allowed.</param>
/// <param name="Stderr">Its head, up to the bound.</param>
/// <param name="Wall">From the call of RunAsync to the end.</param>
/// <param name="Cpu">User and system time of the process and of the children it waited for.</param>
public sealed record ProcessResult(
    ProcessEnd End,
    int Code,
    ReadOnlyMemory<byte> Stdout,
    ReadOnlyMemory<byte> Stderr,
    TimeSpan Wall,
    TimeSpan Cpu
)
{
    /// <summary>
    /// What else an operator needs to know: the path and the cause when it did not start, a process that survived its
    /// kill.
    /// </summary>
    public string? Explanation { get; init; }

    /// <summary>The end in words, in the form that CNI error texts use: "exit status 3", "signal: killed".</summary>
    public string Description =>
        (Words, Explanation) switch
        {
            (null, null) => Errno.Describe(Code),
            (null, _) => Explanation,
            (_, null) => Words,
            _ => $"{Words}; {Explanation}",
        };

    /// <summary>Whether it ran to its end and said that all is well.</summary>
    public bool IsSuccess => End == ProcessEnd.Exited && Code == 0;

    private string? Words =>
        End switch
        {
            ProcessEnd.Exited => string.Create(CultureInfo.InvariantCulture, $"exit status {Code}"),
            ProcessEnd.Signaled => $"signal: {SignalNames.Of(Code)}",
            ProcessEnd.DeadlinePassed => string.Create(
                CultureInfo.InvariantCulture,
                $"killed after {Wall.TotalSeconds:0.#} s"
            ),
            ProcessEnd.Cancelled => "cancelled",
            ProcessEnd.OutputTooLarge => string.Create(
                CultureInfo.InvariantCulture,
                $"killed because it wrote more than {Stdout.Length} bytes to stdout"
            ),
            _ => null,
        };
}

/// <summary>How a run came to its end.</summary>
public enum ProcessEnd
{
    /// <summary>By itself, with a status.</summary>
    Exited,

    /// <summary>By a signal that was not ours.</summary>
    Signaled,

    /// <summary>Killed: its deadline had passed.</summary>
    DeadlinePassed,

    /// <summary>Killed, or never started: the caller cancelled, or the runner was disposed.</summary>
    Cancelled,

    /// <summary>Killed: it wrote more to stdout than allowed.</summary>
    OutputTooLarge,

    /// <summary>It never ran; the code is the errno.</summary>
    NotStarted,
}
