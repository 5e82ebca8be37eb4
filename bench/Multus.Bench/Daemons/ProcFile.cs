using System.Globalization;

namespace Multus.Bench.Daemons;

/// <summary>Lines of /proc that are "key: number", perhaps with a unit behind it.</summary>
internal static class ProcFile
{
    /// <exception cref="BenchException">No line begins with that key.</exception>
    public static long Number(string[] lines, string key)
    {
        var line =
            Array.Find(lines, line => line.StartsWith(key, StringComparison.Ordinal))
            ?? throw new BenchException($"no line of a process's /proc file begins with {key}");
        return long.Parse(
            line[key.Length..].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[0],
            CultureInfo.InvariantCulture
        );
    }

    /// <summary>"VmHWM:     12345 kB", the k being 1024.</summary>
    public static double Megabytes(string[] lines, string key) => Number(lines, key) * 1024 / 1e6;

    public static double Megabytes(string path, string key) => Megabytes(File.ReadAllLines(path), key);
}
