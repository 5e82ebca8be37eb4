using System.Globalization;
using Multus.TestSupport.Daemons;

namespace Multus.TestSupport;

/// <summary>
/// A cgroup of a test's own that bounds processes and threads. When disposed, whatever is in it is killed and it is
/// gone.
/// </summary>
public sealed class PidsCgroup : IDisposable
{
    private const string FirstVersion = "/sys/fs/cgroup/pids";
    private const string SecondVersion = "/sys/fs/cgroup";

    private readonly string _folder = Path.Combine(Root(), Unique.Name("mpids"));

    public PidsCgroup() => Directory.CreateDirectory(_folder);

    /// <summary>Why there can be none here, or null.</summary>
    public static string? Missing()
    {
        if (Requirements.Root() is { } noRoot)
            return noRoot;
        if (File.Exists(Path.Combine(FirstVersion, "cgroup.procs")))
            return null;

        var enabled = Path.Combine(SecondVersion, "cgroup.subtree_control");
        return File.Exists(enabled) && File.ReadAllText(enabled).Split((char[]?)null).Contains("pids")
            ? null
            : "needs a cgroup with the pids controller, of version 1 or 2";
    }

    /// <summary>A command that enters the group and becomes the one that follows it.</summary>
    public IReadOnlyList<string> Launcher =>
        ["sh", "-c", $"echo $$ >'{Path.Combine(_folder, "cgroup.procs")}' && exec \"$@\"", "sh"];

    /// <summary>How many processes and threads are in it.</summary>
    public int Current => Number("pids.current");

    public int Max
    {
        get => Number("pids.max");
        set => File.WriteAllText(Path.Combine(_folder, "pids.max"), value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Kills every process in it but one.</summary>
    public void KillAllBut(int? pid)
    {
        foreach (var other in Pids().Where(other => other != pid))
            ProcessTool.Try("kill", "-KILL", other.ToString(CultureInfo.InvariantCulture)); // may be gone by now
    }

    public void Dispose()
    {
        KillAllBut(null);
        if (!SpinWait.SpinUntil(() => Pids().Length == 0, Wait.Patience))
            throw new InvalidOperationException($"processes {string.Join(' ', Pids())} do not leave {_folder}");
        Directory.Delete(_folder);
    }

    private static string Root() => Directory.Exists(FirstVersion) ? FirstVersion : SecondVersion;

    private int[] Pids() =>
        [
            .. File.ReadLines(Path.Combine(_folder, "cgroup.procs"))
                .Select(line => int.Parse(line, CultureInfo.InvariantCulture)),
        ];

    private int Number(string file) =>
        int.Parse(File.ReadAllText(Path.Combine(_folder, file)), CultureInfo.InvariantCulture);
}

/// <summary>A test that needs a <see cref="PidsCgroup"/>; skipped, with the reason, where there can be none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PidsCgroupFactAttribute : Xunit.FactAttribute
{
    public PidsCgroupFactAttribute() => Skip = PidsCgroup.Missing();
}
