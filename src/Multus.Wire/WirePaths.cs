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
    /// The socket's path below <paramref name="socketDir"/>; an empty folder means <see cref="DefaultSocketDir"/>.
    /// </summary>
    public static string Socket(string socketDir) =>
        Path.Combine(socketDir.Length == 0 ? DefaultSocketDir : socketDir, SocketFile);
}
