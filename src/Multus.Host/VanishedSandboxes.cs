using Multus.Actors.StaleSandboxes;
using Multus.Core.Configuration;
using Multus.Kubernetes.Runtimes;

namespace Multus.Host;

/// <summary>
/// Whether and how sandboxes are looked for that have vanished without a DEL (docs/decisions/0023-del-always-ends.md).
/// </summary>
internal static class VanishedSandboxes
{
    /// <returns>Null when they are not.</returns>
    public static StaleSandboxesSettings? Of(DaemonSettings settings, TimeProvider time)
    {
        var daemon = settings.Daemon;
        if (!daemon.StaleSandboxes)
            return null;

        var configuration = MultusConfiguration.ParseForDelete("{}"u8.ToArray(), daemon.Json);
        return new StaleSandboxesSettings(
            settings.Node.StaleSandboxesEvery,
            daemon.StaleSandboxGrace,
            // Where manifests are the cluster there may well be no container runtime at all.
            NeedsRuntime: settings.Cluster is ClusterSource.ApiServer,
            new CriSandboxes(RuntimeSockets.Of(daemon), time),
            configuration,
            [configuration.BinDir]
        );
    }
}
