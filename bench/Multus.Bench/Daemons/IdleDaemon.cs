using System.Globalization;

namespace Multus.Bench.Daemons;

/// <summary>What a daemon takes while nobody asks it for anything.</summary>
/// <param name="SwitchesPerSecond">How often one of its threads gave up or lost a processor.</param>
/// <param name="CpuPercent">Of one core.</param>
/// <param name="ResidentMb">Memory resident at the end, the binary's shared pages included.</param>
/// <param name="PrivateDirtyMb">What of it is the daemon's alone and could not be read from a file again.</param>
internal readonly record struct IdleDaemon(
    double SwitchesPerSecond,
    double CpuPercent,
    double ResidentMb,
    double PrivateDirtyMb
)
{
    /// <summary>After the start: what was put off until then has been done by the end of it.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(4);

    /// <summary>Watches daemons that nobody uses, all of them in the same seconds.</summary>
    public static async Task<IdleDaemon[]> WatchAsync(
        TimeProvider time,
        IReadOnlyList<int> pids,
        CancellationToken cancel
    )
    {
        await Task.Delay(Settling, time, cancel);
        var start = time.GetTimestamp();
        var before = pids.Select(ReadThreads).ToList();
        await Task.Delay(Window, time, cancel);
        var after = pids.Select(ReadThreads).ToList();
        var seconds = time.GetElapsedTime(start).TotalSeconds;
        return [.. pids.Select((pid, index) => Of(pid, before[index], after[index], seconds))];
    }

    private static IdleDaemon Of(
        int pid,
        Dictionary<int, ThreadUse> before,
        Dictionary<int, ThreadUse> after,
        double seconds
    )
    {
        long switches = 0,
            nanoseconds = 0;
        foreach (var (thread, use) in after)
        {
            var earlier = before.GetValueOrDefault(thread);
            switches += use.Switches - earlier.Switches;
            nanoseconds += use.Nanoseconds - earlier.Nanoseconds;
        }

        return new IdleDaemon(
            switches / seconds,
            nanoseconds / 1e9 / seconds * 100,
            DaemonUsage.Read(pid).ResidentMb,
            ProcFile.Megabytes(
                string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/smaps_rollup"),
                "Private_Dirty:"
            )
        );
    }

    private static Dictionary<int, ThreadUse> ReadThreads(int pid)
    {
        var threads = new Dictionary<int, ThreadUse>();
        foreach (
            var folder in Directory.EnumerateDirectories(
                string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/task")
            )
        )
        {
            if (ReadThread(folder) is { } use)
                threads[int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture)] = use;
        }

        return threads;
    }

    // schedstat: "nanoseconds on a processor, nanoseconds waiting for one, time slices". The clock ticks of stat are
    // too coarse for an idle process.
    private static ThreadUse? ReadThread(string folder)
    {
        try
        {
            var status = File.ReadAllLines(Path.Combine(folder, "status"));
            return new ThreadUse(
                ProcFile.Number(status, "voluntary_ctxt_switches:")
                    + ProcFile.Number(status, "nonvoluntary_ctxt_switches:"),
                long.Parse(
                    File.ReadAllText(Path.Combine(folder, "schedstat")).Split(' ')[0],
                    CultureInfo.InvariantCulture
                )
            );
        }
        catch (IOException) when (!Directory.Exists(folder))
        {
            return null; // a thread that ended while we looked; what it did is not counted
        }
    }

    private readonly record struct ThreadUse(long Switches, long Nanoseconds);
}
