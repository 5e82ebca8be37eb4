using System.Globalization;

namespace Multus.Linux.Tests.Processes;

/// <summary>What proc(5) says of processes.</summary>
internal static class Proc
{
    public static int OpenDescriptors => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    /// <summary>Ids of children of this process that have ended and that nobody has reaped.</summary>
    public static IReadOnlyList<int> Zombies =>
        [
            .. from folder in Directory.GetDirectories("/proc")
            where char.IsAsciiDigit(Path.GetFileName(folder)[0])
            let stat = Stat(folder)
            where stat is ["Z", var parent, ..] && Number(parent) == Environment.ProcessId
            select Number(Path.GetFileName(folder)),
        ];

    public static bool IsAlive(int pid) => Stat($"/proc/{pid}") is [not ("Z" or "X"), ..];

    public static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    // From field 3 on (state, parent, group, …); null when the process is gone.
    private static string[]? Stat(string folder)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(folder, "stat"));
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
