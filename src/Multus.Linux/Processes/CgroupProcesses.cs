using System.Globalization;

namespace Multus.Linux.Processes;

/// <summary>How many processes and threads the cgroup of this process has and may have.</summary>
internal sealed record CgroupProcesses(long Max, long Current)
{
    private static readonly string[] Roots = ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"];

    /// <summary>Null: there is no limit in the own cgroup, or it cannot be read.</summary>
    public static CgroupProcesses? Read()
    {
        try
        {
            return Folders().Select(TryRead).FirstOrDefault(found => found is not null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // it only goes into the words about another failure
        }
    }

    // "9:pids:/group" with cgroup v1, "0::/group" with v2. In a container the path may be that of the node while the
    // container's own cgroup is mounted at the root.
    private static IEnumerable<string> Folders()
    {
        foreach (var line in File.ReadLines("/proc/self/cgroup"))
        {
            if (line.Split(':', 3) is not [_, "pids" or "", var path])
                continue;

            foreach (var root in Roots)
            {
                yield return root + path.TrimEnd('/');
                yield return root;
            }
        }
    }

    private static CgroupProcesses? TryRead(string folder)
    {
        var path = Path.Combine(folder, "pids.max");
        return
            File.Exists(path)
            && long.TryParse(
                File.ReadAllText(path),
                NumberStyles.AllowTrailingWhite,
                CultureInfo.InvariantCulture,
                out var max
            )
            && long.TryParse(
                File.ReadAllText(Path.Combine(folder, "pids.current")),
                NumberStyles.AllowTrailingWhite,
                CultureInfo.InvariantCulture,
                out var current
            )
            ? new CgroupProcesses(max, current)
            : null;
    }
}
