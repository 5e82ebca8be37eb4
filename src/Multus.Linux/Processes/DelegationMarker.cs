using System.Globalization;

namespace Multus.Linux.Processes;

/// <summary>
/// What every delegate, and every process that it starts, has in its environment: which daemon it works for. It tells a
/// daemon that a request comes from its own delegates, and the next daemon which processes the one before it has left
/// (docs/decisions/0012-errors-and-loops.md).
/// </summary>
/// <param name="Pid">The daemon's process.</param>
/// <param name="StartTicks">When that process started, in clock ticks since boot: a process id alone is given out
/// again.</param>
/// <param name="CniDir">The daemon's folder of records, by which daemons of one node are told apart.</param>
public sealed record DelegationMarker(int Pid, ulong StartTicks, string CniDir)
{
    /// <summary>Layout: pid, '.', start ticks, ':', cniDir.</summary>
    public string Value => string.Create(CultureInfo.InvariantCulture, $"{Pid}.{StartTicks}:{CniDir}");

    /// <exception cref="IOException">There is no /proc, or it does not know this process.</exception>
    public static DelegationMarker OfThisProcess(string cniDir) =>
        ProcessStat.Read(Environment.ProcessId) is { } self
            ? new DelegationMarker(Environment.ProcessId, self.StartTicks, Normal(cniDir))
            : throw new IOException(
                "/proc does not know this process: the daemon needs the /proc of its own process namespace"
            );

    public static DelegationMarker? TryParse(string? value)
    {
        if (
            value?.IndexOf(':', StringComparison.Ordinal) is not (> 0 and var colon)
            || value.AsSpan(0, colon).IndexOf('.') is not (> 0 and var dot)
        )
            return null;

        return
            int.TryParse(value.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            && ulong.TryParse(
                value.AsSpan(dot + 1, colon - dot - 1),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var ticks
            )
            ? new DelegationMarker(pid, ticks, value[(colon + 1)..])
            : null;
    }

    /// <summary>Whether the daemon of this marker still runs.</summary>
    public bool IsAlive => ProcessStat.Read(Pid) is { IsGone: false } found && found.StartTicks == StartTicks;

    public bool IsOf(string cniDir) => CniDir == Normal(cniDir);

    private static string Normal(string cniDir) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(cniDir));
}
