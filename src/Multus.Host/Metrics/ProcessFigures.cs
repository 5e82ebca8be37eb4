using System.Globalization;

namespace Multus.Host.Metrics;

/// <summary>What the kernel says of this process (proc(5)).</summary>
/// <param name="CpuSeconds">Processor time, user and system.</param>
/// <param name="Threads">How many there are.</param>
/// <param name="StartTicks">When it began, since the start of the machine, in hundredths of a second.</param>
/// <param name="VirtualBytes">Address space.</param>
/// <param name="ResidentBytes">In memory.</param>
/// <param name="OpenFiles">Descriptors.</param>
/// <param name="MostOpenFiles">How many there may be.</param>
internal readonly record struct ProcessFigures(
    double CpuSeconds,
    long Threads,
    long StartTicks,
    long VirtualBytes,
    long ResidentBytes,
    int OpenFiles,
    long MostOpenFiles
)
{
    /// <summary>A second has so many ticks, on every Linux.</summary>
    public const double TicksPerSecond = 100;

    // Fields of /proc/self/stat behind the name, which may hold anything and ends at the last bracket: the state is 0.
    private const int User = 11;
    private const int System = 12;
    private const int ThreadCount = 17;
    private const int Start = 19;
    private const int Virtual = 20;
    private const int ResidentPages = 21;

    public static ProcessFigures Read()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return new ProcessFigures(
            (Number(fields[User]) + Number(fields[System])) / TicksPerSecond,
            Number(fields[ThreadCount]),
            Number(fields[Start]),
            Number(fields[Virtual]),
            Number(fields[ResidentPages]) * Environment.SystemPageSize,
            Directory.GetFileSystemEntries("/proc/self/fd").Length,
            Limits.OpenFiles.Limit
        );
    }

    /// <summary>Since the start of the machine, in seconds.</summary>
    public static double Uptime() =>
        double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
