using System.Globalization;

namespace Multus.Linux.Processes;

/// <summary>What /proc says about a process (proc_pid_stat(5)).</summary>
/// <param name="State">R, S, D, Z, …</param>
/// <param name="StartTicks">Clock ticks since boot.</param>
internal readonly record struct ProcessStat(int Pid, char State, int Group, int Session, ulong StartTicks)
{
    private const int StateField = 0; // the third of all: counted from behind the name
    private const int GroupField = 2;
    private const int SessionField = 3;
    private const int StartField = 19;

    /// <summary>Whether nothing of it runs any more.</summary>
    public bool IsGone => State is 'Z' or 'X';

    /// <summary>Null when there is no such process.</summary>
    public static ProcessStat? Read(int pid)
    {
        try
        {
            return Parse(pid, File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // gone, also between opening and reading
        }
    }

    /// <summary>All processes that /proc shows.</summary>
    public static IEnumerable<int> Pids()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (
                int.TryParse(
                    Path.GetFileName(folder.AsSpan()),
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out var pid
                )
                && pid > 0
            )
                yield return pid;
        }
    }

    // "pid (name) state ppid pgrp session …": the name may hold anything, a ')' too.
    private static ProcessStat? Parse(int pid, string text)
    {
        var fields = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return
            fields.Length > StartField
            && int.TryParse(
                fields[GroupField],
                NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out var group
            )
            && int.TryParse(
                fields[SessionField],
                NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out var session
            )
            && ulong.TryParse(fields[StartField], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            ? new ProcessStat(pid, fields[StateField][0], group, session, start)
            : null;
    }
}
