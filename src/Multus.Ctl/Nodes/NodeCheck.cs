using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Configuration;
using Multus.Core.Networks;
using Multus.Ctl.Daemons;
using Multus.Engine.Attach;
using Multus.Engine.Explain;
using Multus.Kubernetes;
using Multus.Kubernetes.Runtimes;
using Multus.Linux.Files;

namespace Multus.Ctl.Nodes;

/// <summary>
/// Whether this node can attach pods at all: does the daemon answer, does the runtime come to it, and do the two speak
/// the same version.
/// </summary>
/// <param name="daemon">The daemon's configuration.</param>
/// <param name="time">The clock of time limits.</param>
internal sealed class NodeCheck(DaemonConfiguration daemon, TimeProvider time)
{
    /// <param name="answer">What the daemon says of itself.</param>
    public async Task<ImmutableArray<Finding>> RunAsync(DaemonAnswer answer, CancellationToken cancel)
    {
        var findings = ImmutableArray.CreateBuilder<Finding>();
        findings.AddRange(NodeRoom.Check(daemon.CniDir));
        findings.AddRange(OfDaemon(answer));
        findings.AddRange(await OfRuntimeAsync(answer, cancel));
        return findings.ToImmutable();
    }

    private static IEnumerable<Finding> OfDaemon(DaemonAnswer answer)
    {
        if (answer.Body is null)
        {
            yield return new Finding(
                Cause.DaemonAbsent,
                $"{answer.Problem}.",
                "See whether the daemon's pod runs on this node, and what its log says last. socketDir of the daemon "
                    + "and daemonSocketDir of the shim have to be the same folder of the host."
            );
            yield break;
        }

        foreach (var part in answer.Names("silent"))
        {
            yield return new Finding(
                Cause.PartSilent,
                $"The part {part} of the daemon does not answer.",
                "Restart the daemon's pod; its liveness probe does the same when it stays so."
            );
        }

        foreach (var waiting in answer.Names("waitingFor"))
        {
            yield return new Finding(
                waiting == "cluster" ? Cause.ClusterUnreachable : Cause.NotReady,
                waiting == "cluster"
                    ? "The daemon has not read the pods and networks of the cluster yet: the API server could not be "
                        + "asked."
                    : $"The daemon is not ready: it waits for {waiting}.",
                "The daemon's log says what it tries. See address, certificate and role for the API server."
            );
        }

        foreach (var fault in answer.Names("faults"))
            yield return new Finding(Cause.Fault, Sentence(fault), "Somebody has to mend what it names.");
    }

    private async Task<ImmutableArray<Finding>> OfRuntimeAsync(DaemonAnswer answer, CancellationToken cancel)
    {
        var folder = RootedPath.Of(
            daemon.ChrootDir,
            daemon.RuntimeConfig?.Folder ?? DaemonConfiguration.DefaultRuntimeConfigDir
        );
        if (daemon.RuntimeConfig is { } kept)
            folder = kept.Folder; // as the daemon sees it
        var (first, problem) = First(folder);
        if (answer.RuntimeConfig("givenUp") is { } givenUp && givenUp.GetBoolean())
            return [Taken(folder, first?.Path)];
        if (problem is not null)
            return [problem];
        if (first is null || first.Network is null)
            return [];
        return first.Network.Plugins.Length > 0 && ConfigurationFiles.RunsMultus(first.Network)
            ? await OfVersionAsync(first.Path, first.Network, cancel)
            :
            [
                new Finding(
                    Cause.RuntimeDoesNotAsk,
                    $"The runtime's first configuration is {first.Path}, of {first.Network.Types}: the runtime never "
                        + "asks Multus, and pods get the cluster network only.",
                    "Put Multus' configuration there again under a name that comes first, 00-multus.conf: the daemon "
                        + "does it with multusConfigFile auto. Who removes it, Cilium for one, has a key for that: "
                        + "cni.exclusive false."
                ),
            ];
    }

    private static Finding Taken(string folder, string? first) =>
        new(
            Cause.RuntimeConfigurationTaken,
            $"Somebody removes or changes Multus' configuration in {folder} again and again"
                + (first is null ? "." : $"; the runtime's first one is {first} now."),
            "Another Multus of this node, or the cluster network's agent, claims the folder: remove the other "
                + "DaemonSet, or set Cilium's cni.exclusive to false (key cni-exclusive in the ConfigMap "
                + "cilium-config). Then restart the daemon's pod."
        );

    private static (ConfigurationFile? First, Finding? Problem) First(string folder)
    {
        var read = ConfigurationReader.ReadFolder(folder);
        if (read.Unreadable is { } reason)
        {
            return (
                null,
                new Finding(
                    Cause.NoRuntimeConfiguration,
                    $"The runtime's configuration cannot be looked at: {reason}",
                    $"Mount the host's {folder} where this command runs, or name the folder with cniConfigDir."
                )
            );
        }

        return read.Files.IsEmpty
            ? (
                null,
                new Finding(
                    Cause.NoRuntimeConfiguration,
                    $"{folder} has no CNI configuration: the runtime cannot start any pod with a network.",
                    "Install the cluster network; the daemon writes Multus' own configuration once there is one "
                        + "(multusConfigFile auto)."
                )
            )
            : (read.Files[0], null);
    }

    private async Task<ImmutableArray<Finding>> OfVersionAsync(
        string path,
        NetworkConfiguration network,
        CancellationToken cancel
    )
    {
        CniVersion? known;
        try
        {
            known = await new CriVersion(RuntimeSockets.Of(daemon), time).AskAsync(cancel);
        }
        catch (KubernetesException silent)
        {
            return [new Finding(Cause.RuntimeSilent, Sentence(silent.Message), "See whether the runtime runs.")];
        }

        return known is { } newest && network.Version > newest
            ?
            [
                new Finding(
                    Cause.RuntimeTooOld,
                    $"{path} has cniVersion {network.Version}, and the container runtime knows none above {newest}: "
                        + "it does not load the file.",
                    $"Set cniVersion to {newest} in the daemon's configuration, or update the runtime: containerd "
                        + "2.0 and CRI-O 1.30 know 1.1.0."
                ),
            ]
            : [];
    }

    private static string Sentence(string text) => text.EndsWith('.') ? text : $"{text}.";
}
