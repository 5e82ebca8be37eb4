using System.Globalization;

namespace Multus.Linux.Processes;

/// <summary>How much memory the processes of the own cgroup may have together.</summary>
public static class CgroupMemory
{
    // What cgroup v1 says when there is no limit is near the largest number; no machine has so much.
    private const long NoLimit = 1L << 50;

    /// <summary>The least limit in bytes of the own cgroup and those above it.</summary>
    /// <returns>Null: there is none, or it cannot be read.</returns>
    public static long? Limit()
    {
        try
        {
            return Least(File.ReadLines("/proc/self/cgroup"), "/sys/fs/cgroup");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // no cgroups
        }
    }

    /// <param name="membership">Lines as of /proc/self/cgroup.</param>
    /// <param name="root">Where cgroups are mounted.</param>
    internal static long? Least(IEnumerable<string> membership, string root)
    {
        long? least = null;
        foreach (var line in membership)
        {
            // "9:memory:/group" with cgroup v1, "0::/group" with v2.
            if (line.Split(':', 3) is not [_, var controllers, var path])
                continue;
            var isV1 = controllers.Split(',').Contains("memory");
            if (!isV1 && controllers.Length > 0)
                continue;

            var (top, file) = isV1 ? (Path.Combine(root, "memory"), "memory.limit_in_bytes") : (root, "memory.max");
            foreach (var folder in Upwards(top, path))
            {
                if (Read(Path.Combine(folder, file)) is { } limit && (least is null || limit < least))
                    least = limit;
            }
        }

        return least;
    }

    // In a container the path may be that of the node while the container's own cgroup is mounted at the root.
    private static IEnumerable<string> Upwards(string top, string path)
    {
        yield return top;
        var folder = top;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            yield return folder = Path.Combine(folder, name);
    }

    private static long? Read(string file) =>
        File.Exists(file)
        && long.TryParse(File.ReadAllText(file).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
        && limit < NoLimit
            ? limit
            : null;
}
