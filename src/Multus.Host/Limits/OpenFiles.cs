using Multus.Linux.Processes;

namespace Multus.Host.Limits;

/// <summary>
/// How the descriptors that the daemon may have are shared out between its clients and all else
/// (docs/decisions/0026-limits.md).
/// </summary>
internal static class OpenFiles
{
    // Of the runtime, the log, the watches and the API server's connections; and of records, namespaces and results
    // while pods are attached.
    private const int OfTheDaemon = 96;

    // Three pipes of two ends and the process's own, while it is being started.
    private const int OfOnePlugin = 7;

    private const int FewestConnections = 16;
    private const int MostConnections = 4096;

    /// <summary>How many connections may be open at once.</summary>
    /// <param name="limit">How many descriptors the daemon may have.</param>
    /// <param name="slots">How many plugins run at once.</param>
    public static int Connections(long limit, int slots) =>
        (int)Math.Clamp(limit - Reserve(slots), FewestConnections, MostConnections);

    /// <summary>
    /// With fewer than this, what plugins and records need may be missing when clients have all connections that they
    /// may have.
    /// </summary>
    public static long Needed(int slots) => Reserve(slots) + FewestConnections;

    public static long Limit => ResourceLimits.OpenFiles;

    // One slot more is kept for DEL.
    private static long Reserve(int slots) => OfTheDaemon + ((slots + 1L) * OfOnePlugin);
}
