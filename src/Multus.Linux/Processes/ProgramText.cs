using System.Globalization;
using System.Runtime.InteropServices;

namespace Multus.Linux.Processes;

/// <summary>
/// The code of this process, its libraries' too, as it is mapped from its files. Most of what a start has run is never
/// run again, and stays resident all the same.
/// </summary>
public static partial class ProgramText
{
    private const int DontNeed = 4; // MADV_DONTNEED, madvise(2)

    /// <summary>
    /// Lets go of all pages of code: those that are needed come back with their next use, out of the page cache. Only
    /// mappings that nobody can write to: what is executable is as it is in the file.
    /// </summary>
    /// <returns>How many bytes are mapped so.</returns>
    /// <exception cref="IOException">The kernel does not say what is mapped.</exception>
    public static long Release()
    {
        long mapped = 0;
        foreach (var line in File.ReadLines("/proc/self/maps"))
        {
            if (Find(line) is not { } range)
                continue;
            if (Advise((nint)range.From, (nuint)(range.To - range.From), DontNeed) == 0)
                mapped += range.To - range.From;
        }

        return mapped;
    }

    /// <summary>The addresses of a mapping of code; null: the line is of another kind.</summary>
    /// <param name="line">Of /proc/PID/maps, proc(5): "00404000-00f80000 r-xp 00004000 fe:00 1234 /usr/bin/x".</param>
    internal static (long From, long To)? Find(string line)
    {
        var parts = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        if (parts is not [var range, "r-xp", _, _, _, ['/', ..]])
            return null;
        var dash = range.IndexOf('-', StringComparison.Ordinal);
        return
            dash > 0
            && long.TryParse(range.AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var from)
            && long.TryParse(range.AsSpan(dash + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var to)
            && to > from
            ? (from, to)
            : null;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
