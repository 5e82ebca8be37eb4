using System.Collections.Immutable;

namespace Multus.Linux.Processes;

/// <summary>One run of an executable: what it gets, and the limits within which it must stay.</summary>
/// <param name="Path">Executed as it is, no search; also argument 0. The working directory is this process's
/// own.</param>
/// <param name="Stdin">Written to its stdin, which is then closed. A process that does not read it is no error.</param>
/// <param name="Environment">The whole environment, in this order; nothing of this process's own is added.</param>
/// <param name="Deadline">From the call of RunAsync, waiting for a busy executable included; then the whole process
/// group is killed. <see cref="Timeout.InfiniteTimeSpan"/>: none.</param>
/// <param name="MaxStdoutBytes">One byte more ends the run: an answer that was cut off is worth nothing.</param>
/// <param name="MaxStderrBytes">What is beyond is read and dropped: the head of a complaint is worth something.</param>
public sealed record ProcessSpec(
    string Path,
    ReadOnlyMemory<byte> Stdin,
    ImmutableArray<KeyValuePair<string, string>> Environment,
    TimeSpan Deadline,
    int MaxStdoutBytes,
    int MaxStderrBytes
)
{
    /// <summary>
    /// The root folder of the process, in which <see cref="Path"/> is looked up and which is its working directory;
    /// empty: this process's own root and working directory.
    /// </summary>
    public string Root { get; init; } = "";

    /// <summary>After the path. CNI plugins take none.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];
}
