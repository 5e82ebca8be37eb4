using System.Globalization;

namespace Multus.Bench.Daemons;

/// <summary>What the kernel says the daemon itself has used so far; its children, the plugins, are left out.</summary>
/// <param name="Cpu">User and system time.</param>
/// <param name="ResidentMb">Memory resident now.</param>
/// <param name="PeakMb">Most memory that ever was.</param>
internal readonly record struct DaemonUsage(TimeSpan Cpu, double ResidentMb, double PeakMb)
{
    private const double TickMilliseconds = 10; // USER_HZ is 100 on every Linux

    public static DaemonUsage Read(int pid)
    {
        var status = File.ReadAllLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/status"));
        return new DaemonUsage(
            ReadCpu(pid),
            ProcFile.Megabytes(status, "VmRSS:"),
            ProcFile.Megabytes(status, "VmHWM:")
        );
    }

    // /proc/PID/stat, proc(5): "pid (comm) state …" with utime and stime as fields 14 and 15; comm may hold spaces, so
    // count from its bracket.
    private static TimeSpan ReadCpu(int pid)
    {
        var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks =
            long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        return TimeSpan.FromMilliseconds(ticks * TickMilliseconds);
    }
}
