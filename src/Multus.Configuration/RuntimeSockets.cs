using System.Collections.Immutable;
using Multus.Kubernetes.Runtimes;

namespace Multus.Configuration;

/// <summary>Where the node's container runtime may listen, as the daemon sees it.</summary>
public static class RuntimeSockets
{
    /// <summary>Upstream's manifest has the host's /run there.</summary>
    private const string UpstreamsRun = "/host/run";

    public static ImmutableArray<string> Of(DaemonConfiguration daemon)
    {
        if (daemon.ContainerRuntimeSocket.Length > 0)
            return [daemon.ContainerRuntimeSocket];

        // The same socket may be seen by several of them: the first that is there is asked for all.
        return
        [
            .. CriSandboxes.UsualSockets.Select(usual =>
                Seen(usual, daemon.ChrootDir).FirstOrDefault(File.Exists) ?? usual
            ),
        ];
    }

    private static IEnumerable<string> Seen(string usual, string chrootDir)
    {
        yield return usual;
        yield return UpstreamsRun + usual["/run".Length..];
        if (chrootDir.Length > 0)
            yield return chrootDir.TrimEnd('/') + usual;
    }
}
