using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Cni;
using Multus.Configuration;
using Multus.Core.Configuration;
using Multus.Core.Networks;
using Multus.Core.Planning;
using Multus.Ctl.Clusters;
using Multus.Ctl.Daemons;
using Multus.Ctl.Nodes;
using Multus.Ctl.Output;
using Multus.Engine.Explain;
using Multus.Engine.Kernel;
using Multus.Engine.Requests;
using Multus.Engine.State;
using Multus.Kubernetes;
using Multus.Kubernetes.Api.Configuration;
using Multus.Linux.Netlink;

namespace Multus.Ctl.Explanations;

/// <summary>Gathers what this node knows of a pod or a sandbox, and what is wrong with it.</summary>
internal sealed class Explainer(DaemonConfiguration daemon, TimeProvider time)
{
    private const int LeastOfId = 4; // of a container ID's beginning: fewer fit too many

    /// <param name="subject">A pod, NAMESPACE/POD, or the beginning of a container ID.</param>
    /// <param name="ns">The pod's namespace; empty: any.</param>
    /// <param name="all">All sandboxes, or only the last.</param>
    /// <exception cref="CtlException">What is on disk cannot be read.</exception>
    public async Task<Explanation> ExplainAsync(string subject, string ns, bool all, CancellationToken cancel)
    {
        var answer = await new DaemonClient(daemon).HealthAsync(cancel);
        var evidence = await FindAsync(subject, ns, cancel);
        if (evidence.IsEmpty)
            return await UnknownAsync(subject, answer, cancel);

        var shown = all ? evidence : [evidence[^1]];
        var running = answer
            .Operations()
            .Where(of => shown.Any(sandbox => sandbox.Sandbox == of.Sandbox))
            .ToImmutableArray();
        var findings = await WithNamesAsync(Diagnosis.OfNode(shown[^1], running, daemon.CniDir), shown[^1], cancel);
        return new Explanation(subject, shown, running, findings)
        {
            Former = evidence.Length - shown.Length,
            DaemonProblem = answer.Problem,
            ExitCode = findings.IsEmpty ? ExitCode.Success : ExitCode.Trouble,
        };
    }

    private async Task<ImmutableArray<SandboxEvidence>> FindAsync(string subject, string ns, CancellationToken cancel)
    {
        var mapping = new RequestMapping(ConfigurationOverlay.None, daemon.CniDir, NullLogger.Instance);
        var reader = new EvidenceReader(
            daemon.CniDir,
            new PendingDeleteFolder(daemon.CniDir, mapping, time),
            new KernelNetNs(new LinkInspector(), new RouteTable())
        );
        var (podNs, pod) = subject.Split('/') is [var before, var after] ? (before, after) : (ns, subject);
        try
        {
            var found = await reader.OfPodAsync(podNs, pod, cancel);
            return found.IsEmpty && subject.Length >= LeastOfId && SandboxId.TryParse(subject, out _)
                ? await reader.OfContainerAsync(subject, cancel)
                : found;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CtlException(
                $"what the node knows of {subject} cannot be read from {daemon.CniDir}: {e.Message} Run multusctl as "
                    + "root, on the node or in the daemon's container.",
                e
            );
        }
    }

    // What was meant is only known to who can see the networks that there are; who cannot still gets the rest.
    private async Task<ImmutableArray<Finding>> WithNamesAsync(
        ImmutableArray<Finding> findings,
        SandboxEvidence sandbox,
        CancellationToken cancel
    )
    {
        if (
            findings.IsEmpty
            || findings[0].Cause != Cause.NetworkNotFound
            || MissingDefinition.KeyIn(sandbox.Last?.Error?.Message ?? "") is not { } missing
        )
            return findings;
        return await ClosestAsync(missing, cancel) is { } meant
            ? findings.SetItem(0, findings[0] with { Mend = $"Did you mean {meant}? {findings[0].Mend}" })
            : findings;
    }

    private async Task<string?> ClosestAsync(NetworkKey missing, CancellationToken cancel)
    {
        try
        {
            using var cluster = ClusterSight.Of(daemon);
            var networks = await cluster.NetworksAsync(cancel);
            if (networks.FirstOrDefault(other => other.Key.Name == missing.Name) is { } elsewhere)
                return elsewhere.Key.ToString();
            var own = networks.Where(other => other.Key.Namespace == missing.Namespace);
            return Spelling.Nearest(missing.Name, own.Select(other => other.Key.Name));
        }
        catch (Exception e)
            when (e is KubernetesException or ApiConfigurationException or IOException or UnauthorizedAccessException)
        {
            return null; // the failure itself is said in any case
        }
    }

    // Nothing on disk: either the runtime did not come to Multus, or it was on another node, or long ago.
    private async Task<Explanation> UnknownAsync(string subject, DaemonAnswer answer, CancellationToken cancel)
    {
        var findings = await new NodeCheck(daemon, time).RunAsync(answer, cancel);
        if (findings.IsEmpty)
        {
            findings =
            [
                new Finding(
                    Cause.NeverAsked,
                    $"Nothing is known of {subject} on this node: the runtime has not asked Multus to attach it, or "
                        + "that is longer ago than the last 500 sandboxes.",
                    "See with kubectl get pod -o wide whether the pod is on this node, and ask that one: multusctl "
                        + "--node NAME explain. A pod with hostNetwork is never attached."
                ),
            ];
        }

        return new Explanation(subject, [], [], findings)
        {
            DaemonProblem = answer.Problem,
            ExitCode = ExitCode.Trouble,
        };
    }
}
