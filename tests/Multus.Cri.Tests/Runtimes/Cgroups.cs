namespace Multus.Cri.Tests.Runtimes;

/// <summary>
/// The cgroup below which a runtime puts its sandboxes, in every hierarchy that the kernel has mounted.
/// </summary>
internal static class Cgroups
{
    private const string Mounted = "/sys/fs/cgroup";

    /// <summary>Where a cgroup of that name is.</summary>
    public static IReadOnlyList<string> Find(string name) =>
        [
            .. Directory
                .EnumerateDirectories(Mounted)
                .Prepend(Mounted) // version 2 has one hierarchy, version 1 a folder for each
                .Select(hierarchy => Path.Combine(hierarchy, name))
                .Where(Directory.Exists),
        ];

    /// <summary>The processes in it and below.</summary>
    public static IReadOnlyList<int> Processes(string name) =>
        [
            .. Find(name)
                .SelectMany(folder => Directory.EnumerateFiles(folder, "cgroup.procs", SearchOption.AllDirectories))
                .SelectMany(File.ReadLines)
                .Select(int.Parse)
                .Distinct(),
        ];

    public static void Remove(string name)
    {
        foreach (var folder in Find(name))
        {
            // A cgroup is removed as a folder, from the leaves on; the files in it are the kernel's.
            foreach (
                var below in Directory
                    .EnumerateDirectories(folder, "*", SearchOption.AllDirectories)
                    .OrderByDescending(path => path.Length)
                    .ToList()
            )
                Directory.Delete(below);
            Directory.Delete(folder);
        }
    }
}
