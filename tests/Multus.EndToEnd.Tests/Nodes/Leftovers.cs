using Multus.TestSupport.Daemons;

namespace Multus.EndToEnd.Tests.Nodes;

/// <summary>Looks for what a node should have taken with it.</summary>
internal static class Leftovers
{
    /// <summary>
    /// Waits until no process names the folder in its command line and none of the namespaces is there.
    /// </summary>
    /// <exception cref="TimeoutException">Something stayed; the text says what.</exception>
    public static async Task None(string folder, IReadOnlyList<string> namespaces)
    {
        await Wait.Until(
            "no process of the node is left",
            () => ProcessesOf(folder).Count == 0,
            () => string.Join("; ", ProcessesOf(folder))
        );
        if (namespaces.Where(File.Exists).ToArray() is { Length: > 0 } left)
            throw new InvalidOperationException($"network namespaces are left: {string.Join(", ", left)}");
    }

    private static List<string> ProcessesOf(string folder)
    {
        var found = new List<string>();
        foreach (
            var process in Directory
                .EnumerateDirectories("/proc")
                .Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0]))
        )
        {
            try
            {
                var command = File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' ');
                if (command.Contains(folder, StringComparison.Ordinal))
                    found.Add($"{Path.GetFileName(process)} {command}");
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // Ended between two looks.
            }
        }

        return found;
    }
}
