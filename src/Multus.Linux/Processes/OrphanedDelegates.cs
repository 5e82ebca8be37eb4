using System.Globalization;
using System.Text;
using Multus.Cni;
using Multus.Linux.Native;

namespace Multus.Linux.Processes;

/// <summary>
/// The delegates of a daemon that was killed: they go on by themselves, and would make links and take addresses after
/// the next daemon has undone what is on record. Reads /proc only; needs to see the processes of the daemon before it.
/// </summary>
public static class OrphanedDelegates
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);

    /// <summary>One delegate that was killed with its process group.</summary>
    public sealed record Orphan(int Pid, string Marker);

    /// <summary>What was found, and whether all of it is gone.</summary>
    public sealed record Outcome(IReadOnlyList<Orphan> Killed, bool AllGone);

    /// <summary>
    /// Ends every delegate whose marker names this folder and a daemon that does not run any more, and returns when
    /// nothing of them is left. They may finish by themselves: host-local killed between making an address's file and
    /// writing its owner into it leaves an address that no DEL finds. Who does not is killed with its process group. A
    /// delegate is a process that leads the group which its daemon made for it; whatever has left for a session of its
    /// own was meant to stay. Delegates of a daemon that runs are never touched.
    /// </summary>
    /// <param name="grace">How long they may take to finish.</param>
    /// <param name="patience">How long to wait after that: a process in the kernel's hands cannot be killed.</param>
    public static async Task<Outcome> EndAsync(string cniDir, TimeSpan grace, TimeSpan patience, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var startedAt = time.GetTimestamp();
        var killed = new Dictionary<int, Orphan>();
        var held = new Dictionary<(int Pid, ulong StartTicks), Held>();
        try
        {
            while (true)
            {
                Find(cniDir, held);
                var left = Left(held.Values);
                if (left.Count == 0)
                    return new Outcome([.. killed.Values], AllGone: true);
                if (time.GetElapsedTime(startedAt) >= grace)
                    Kill(left, killed);
                if (time.GetElapsedTime(startedAt) > grace + patience)
                    return new Outcome([.. killed.Values], AllGone: false);
                await Task.Delay(LookAgain, time).ConfigureAwait(false);
            }
        }
        finally
        {
            foreach (var orphan in held.Values)
                orphan.Handle.Dispose();
        }
    }

    private static void Kill(List<Held> left, Dictionary<int, Orphan> killed)
    {
        foreach (var (orphan, handle) in left)
        {
            if (ProcessSignals.KillGroup(orphan.Pid, handle.Number) == 0) // that it has gone meanwhile is as good
                killed.TryAdd(orphan.Pid, orphan);
        }
    }

    private static void Find(string cniDir, Dictionary<(int Pid, ulong StartTicks), Held> held)
    {
        foreach (var pid in ProcessStat.Pids())
        {
            if (DelegateWith(pid, cniDir) is not { } seen || held.ContainsKey((pid, seen.Process.StartTicks)))
                continue;

            var handle = ProcessSignals.Open(pid);
            // Looked at again: only now can it be no other process of the same number, as long as it is still there
            // afterwards.
            if (
                !handle.IsInvalid
                && DelegateWith(pid, cniDir) is var (marker, process)
                && ProcessSignals.IsThere(handle.Number)
            )
                held[(pid, process.StartTicks)] = new Held(new Orphan(pid, marker), handle);
            else
                handle.Dispose();
        }
    }

    private static (string Marker, ProcessStat Process)? DelegateWith(int pid, string cniDir)
    {
        if (MarkerOf(pid) is not { } marker || !marker.IsOf(cniDir) || marker.IsAlive)
            return null;

        return ProcessStat.Read(pid) is { IsGone: false } process && process.Group == pid && process.Session != pid
            ? (marker.Value, process)
            : null;
    }

    // Those of which something still runs, be it only what a delegate that has ended left in its group.
    private static List<Held> Left(IReadOnlyCollection<Held> held)
    {
        if (held.Count == 0)
            return [];

        var groups = new HashSet<int>();
        foreach (var pid in ProcessStat.Pids())
        {
            if (ProcessStat.Read(pid) is { IsGone: false } process)
                groups.Add(process.Group);
        }

        return [.. held.Where(orphan => groups.Contains(orphan.Orphan.Pid))];
    }

    // The environment as it was at exec: "K=V", each closed by a zero byte.
    private static DelegationMarker? MarkerOf(int pid)
    {
        try
        {
            ReadOnlySpan<byte> environment = File.ReadAllBytes(
                string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/environ")
            );
            ReadOnlySpan<byte> prefix = Encoding.ASCII.GetBytes($"{Delegation.MarkerVariable}=");
            foreach (var variable in environment.Split((byte)0))
            {
                if (environment[variable].StartsWith(prefix))
                    return DelegationMarker.TryParse(Encoding.UTF8.GetString(environment[variable][prefix.Length..]));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone, a kernel thread, or not ours to look at: no delegate of a daemon of this node.
        }

        return null;
    }

    // The handle keeps the number from meaning somebody else.
    private sealed record Held(Orphan Orphan, Descriptor Handle);
}
