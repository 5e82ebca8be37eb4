namespace Multus.Wire;

/// <summary>
/// Where shim and daemon meet (spec/wire-and-daemon.md §2, §3). The same as upstream's, so that either side may be
/// upstream's.
/// </summary>
public static class WirePaths
{
    /// <summary>The folder of the socket when neither side's configuration says otherwise.</summary>
    public const string DefaultSocketDir = "/run/multus/";

    public const string SocketFile = "multus.sock";

    public const string Cni = "/cni";
    public const string Delegate = "/delegate";
    public const string Health = "/healthz";
    public const string Ready = "/readyz";

    /// <summary>
    /// Ours: a daemon that comes in the place of one that still runs says so, and is told when that one is idle.
    /// </summary>
    public const string Handover = "/handover";

    /// <summary>The plugin type of the shim in the container runtime's configuration.</summary>
    public const string ShimType = "multus-shim";

    /// <summary>What begins the names by which our programs tell their versions in HTTP headers.</summary>
    public const string ShimProduct = "multus-shim/";

    public const string DaemonProduct = "multus-daemon/";

    /// <summary>
    /// The socket's path below <paramref name="socketDir"/>; an empty folder means <see cref="DefaultSocketDir"/>.
    /// </summary>
    public static string Socket(string socketDir) =>
        Path.Combine(socketDir.Length == 0 ? DefaultSocketDir : socketDir, SocketFile);
}
