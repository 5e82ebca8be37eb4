using System.Globalization;

namespace Multus.Linux.Processes;

/// <summary>How many processes and threads the cgroup of this process has and may have.</summary>
internal sealed record CgroupProcesses(long Max, long Current)
{
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

    // The own group first; in a container it may be at the top.
    private static IEnumerable<string> Folders() =>
        CgroupMembership
            .Folders(CgroupMembership.Lines(), CgroupMembership.Root, "pids")
            .SelectMany(group => new[] { group[^1], group[0] });

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
