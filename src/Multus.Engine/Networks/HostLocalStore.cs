using System.Net;

namespace Multus.Engine.Networks;

/// <summary>
/// The files in which host-local has what it gave out: a folder for each network, in it a file for each address, named
/// by it, with the container's ID and the interface.
/// </summary>
public static class HostLocalStore
{
    public const string DefaultFolder = "/var/lib/cni/networks";

    /// <summary>All addresses of one network that are given out; none when there is no such folder.</summary>
    /// <param name="folder">dataDir, as this process sees it.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public static IEnumerable<HostLocalLease> Of(string folder, string network)
    {
        var own = Path.Join(folder, network);
        if (network.Length == 0 || network.Contains('/', StringComparison.Ordinal) || !Directory.Exists(own))
            yield break;
        foreach (var file in Directory.EnumerateFiles(own).Order(StringComparer.Ordinal))
        {
            if (
                IPAddress.TryParse(Path.GetFileName(file), out var address) && Read(network, address, file) is { } lease
            )
                yield return lease;
        }
    }

    /// <summary>The names of the networks that have a folder.</summary>
    public static IEnumerable<string> NetworksIn(string folder) =>
        Directory.Exists(folder)
            ? Directory
                .EnumerateDirectories(folder)
                .Select(path => Path.GetFileName(path))
                .Order(StringComparer.Ordinal)
            : [];

    /// <summary>What the file says now; null when it is gone.</summary>
    public static HostLocalLease? Read(string network, IPAddress address, string file)
    {
        try
        {
            var lines = File.ReadAllText(file).Split(["\r\n", "\n"], StringSplitOptions.None);
            return new HostLocalLease(
                network,
                address,
                file,
                lines[0].Trim(),
                lines.Length > 1 ? lines[1].Trim() : "",
                File.GetLastWriteTimeUtc(file)
            );
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null; // given back meanwhile
        }
    }
}
