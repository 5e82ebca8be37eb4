namespace Multus.Linux.Processes;

/// <summary>The folders of the cgroups that this process is in (cgroups(7)).</summary>
internal static class CgroupMembership
{
    public const string Root = "/sys/fs/cgroup";

    /// <summary>The lines of the own membership.</summary>
    /// <exception cref="IOException">There are no cgroups.</exception>
    public static IEnumerable<string> Lines() => File.ReadLines("/proc/self/cgroup");

    /// <summary>
    /// For each hierarchy of a controller, the folders from its top down to the own group. In a container the path may
    /// be that of the node while the container's own group is mounted at the top: folders may not be there.
    /// </summary>
    /// <param name="lines">As of <see cref="Lines"/>: "9:memory:/group" with cgroup v1, "0::/group" with v2.</param>
    /// <param name="root">Where cgroups are mounted.</param>
    /// <param name="controller">Its name.</param>
    public static IEnumerable<IReadOnlyList<string>> Folders(IEnumerable<string> lines, string root, string controller)
    {
        foreach (var line in lines)
        {
            if (line.Split(':', 3) is not [_, var controllers, var path])
                continue;
            var isV1 = controllers.Split(',').Contains(controller);
            if (!isV1 && controllers.Length > 0)
                continue;

            var folders = new List<string> { isV1 ? Path.Combine(root, controller) : root };
            foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(name => name != ".."))
                folders.Add(Path.Combine(folders[^1], name));
            yield return folders;
        }
    }
}
