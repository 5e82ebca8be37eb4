using System.Globalization;
using System.Text;
using Multus.Cni;

namespace Multus.Linux.Processes;

/// <summary>
/// The delegates of a daemon that was killed: they go on by themselves, and would make links and take addresses after the next daemon has undone what is
/// on record. Reads /proc only; needs to see the processes of the daemon before it.
/// </summary>
public static class OrphanedDelegates
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);

    /// <summary>One delegate that was killed with its process group.</summary>
    public sealed record Orphan(int Pid, string Marker);

    /// <summary>What was found, and whether all of it is gone.</summary>
    public sealed record Outcome(IReadOnlyList<Orphan> Killed, bool AllGone);

    /// <summary>
    /// Ends every delegate whose marker names this folder and a daemon that does not run any more, and returns when nothing of them is left. They may finish by
    /// themselves: host-local killed between making an address's file and writing its owner into it leaves an address that no DEL finds. Who does not is
    /// killed with its process group. A delegate is a process that leads the group which its daemon made for it; whatever has left for a session of its own was meant to stay.
    /// Delegates of a daemon that runs are never touched.
    /// </summary>
    /// <param name="grace">How long they may take to finish.</param>
    /// <param name="patience">How long to wait after that: a process in the kernel's hands cannot be killed.</param>
    public static async Task<Outcome> EndAsync(string cniDir, TimeSpan grace, TimeSpan patience, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var startedAt = time.GetTimestamp();
        var killed = new Dictionary<int, Orphan>();
        var groups = new HashSet<int>();
        while (true)
        {
            var mayFinish = time.GetElapsedTime(startedAt) < grace;
            foreach (var orphan in Find(cniDir))
            {
                groups.Add(orphan.Pid);
                if (!mayFinish && ProcessStarter.KillGroup(orphan.Pid) == 0) // its own id is that of its group; that it has gone meanwhile is as good
                    killed.TryAdd(orphan.Pid, orphan);
            }

            if (groups.Count == 0 || !AnyLeft(groups))
                return new Outcome([.. killed.Values], AllGone: true);
            if (time.GetElapsedTime(startedAt) > grace + patience)
                return new Outcome([.. killed.Values], AllGone: false);
            await Task.Delay(LookAgain, time).ConfigureAwait(false);
        }
    }

    private static IEnumerable<Orphan> Find(string cniDir)
    {
        foreach (var pid in ProcessStat.Pids())
        {
            if (MarkerOf(pid) is not { } marker || !marker.IsOf(cniDir) || marker.IsAlive)
                continue;
            if (ProcessStat.Read(pid) is { IsGone: false } process && process.Group == pid && process.Session != pid)
                yield return new Orphan(pid, marker.Value);
        }
    }

    private static bool AnyLeft(HashSet<int> groups)
    {
        foreach (var pid in ProcessStat.Pids())
        {
            if (ProcessStat.Read(pid) is { IsGone: false } process && groups.Contains(process.Group))
                return true;
        }

        return false;
    }

    // The environment as it was at exec: "K=V", each closed by a zero byte.
    private static DelegationMarker? MarkerOf(int pid)
    {
        try
        {
            ReadOnlySpan<byte> environment = File.ReadAllBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/environ"));
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
}
