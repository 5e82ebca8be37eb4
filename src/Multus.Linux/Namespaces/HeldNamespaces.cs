using System.Globalization;

namespace Multus.Linux.Namespaces;

/// <summary>
/// The network namespaces that something holds, as far as it can be seen from here: a mount, or a process.
/// </summary>
public static class HeldNamespaces
{
    private const string Prefix = "net:[";

    /// <summary>Their inodes.</summary>
    /// <exception cref="IOException">The mounts cannot be read.</exception>
    public static IReadOnlySet<ulong> Inodes()
    {
        var inodes = new HashSet<ulong>();
        foreach (var line in File.ReadLines("/proc/self/mountinfo")) // proc(5): id, parent, device, root, …
        {
            if (line.Split(' ', 5) is [_, _, _, var root, ..] && Parse(root) is { } mounted)
                inodes.Add(mounted);
        }

        foreach (
            var process in Directory
                .EnumerateDirectories("/proc")
                .Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0]))
        )
        {
            if (Parse(LinkOf(Path.Combine(process, "ns/net"))) is { } its)
                inodes.Add(its);
        }

        return inodes;
    }

    private static string? LinkOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // the process has ended, or belongs to somebody who hides it
        }
    }

    private static ulong? Parse(string? text) =>
        text is not null
        && text.StartsWith(Prefix, StringComparison.Ordinal)
        && text.EndsWith(']')
        && ulong.TryParse(
            text.AsSpan(Prefix.Length, text.Length - Prefix.Length - 1),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var inode
        )
            ? inode
            : null;
}
