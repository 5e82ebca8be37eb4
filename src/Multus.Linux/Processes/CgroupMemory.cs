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
            return Least(CgroupMembership.Lines(), CgroupMembership.Root);
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
        foreach (var folder in CgroupMembership.Folders(membership, root, "memory").SelectMany(group => group))
        {
            // Of v2, and of v1.
            var limit = Read(Path.Combine(folder, "memory.max")) ?? Read(Path.Combine(folder, "memory.limit_in_bytes"));
            if (limit is not null && (least is null || limit < least))
                least = limit;
        }

        return least;
    }

    private static long? Read(string file) =>
        File.Exists(file)
        && long.TryParse(File.ReadAllText(file).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
        && limit < NoLimit
            ? limit
            : null;
}
