using System.Collections.Immutable;
using Multus.Cni;
using Multus.Core.Pods;
using Multus.Ctl.Clusters;
using Multus.Ctl.Nodes;
using Multus.Ctl.Serving;
using Multus.Engine.Kernel;
using Multus.Engine.State;
using Multus.Kubernetes;
using Multus.Kubernetes.Api.Surveys;
using Multus.Kubernetes.Surveys;
using Multus.Linux.Netlink;

namespace Multus.Ctl.Audits;

/// <summary>Compares what the cluster says of this node's running pods with what is in their namespaces.</summary>
internal sealed class PodAudit(NodeConfiguration node, ClusterSight cluster)
{
    private const string Group = "multus.cni";

    private readonly List<string> _notAsked = [];

    public ImmutableArray<string> NotAsked => [.. _notAsked];

    /// <exception cref="KubernetesException">The cluster does not say which pods there are.</exception>
    /// <exception cref="IOException">Something on disk cannot be read.</exception>
    /// <exception cref="CniException">As above.</exception>
    public async Task<ImmutableArray<ComparedPod>> RunAsync(CancellationToken cancel)
    {
        var sandboxes = new SandboxReader(new SandboxFiles(node.Settings.CniDir))
            .Stream()
            .Where(found => found.Plan is { IsLeftover: false } && found.Known.Pod.IsPod)
            .ToLookup(found => found.Known.Pod.Key);
        var netNs = new KernelNetNs(new LinkInspector(), new RouteTable());
        var compared = ImmutableArray.CreateBuilder<ComparedPod>();
        foreach (var pod in await PodsAsync(cancel))
        {
            var found = sandboxes[pod.Key].Where(sandbox => MayBeOf(sandbox, pod)).ToList();
            if (found.Count == 0)
            {
                if (pod.Status is not null && pod.Status != "[]" && !pod.IsOnHostNetwork)
                    compared.Add(
                        new ComparedPod(
                            pod.Key.ToString(),
                            pod.Uid,
                            "",
                            ["it has a network-status, and this node has no record of its sandbox"]
                        )
                    );
                continue;
            }

            // A sandbox before it may still be on its way out.
            ComparedPod? best = null;
            foreach (var sandbox in found)
            {
                var one = await CompareAsync(pod, sandbox, netNs, cancel);
                if (best is null || one.Differences.Length < best.Differences.Length)
                    best = one;
            }

            compared.Add(best!);
        }

        return [.. compared.OrderBy(pod => pod.Pod, StringComparer.Ordinal)];
    }

    /// <summary>Writes the verdicts as conditions of the pods.</summary>
    public async Task<Publication> PublishAsync(ImmutableArray<ComparedPod> pods, CancellationToken cancel)
    {
        if (cluster.Api is not { } api)
            return new Publication(0, [$"there is no API server to write to: {cluster.Description} are the cluster"]);
        var written = 0;
        var failed = ImmutableArray.CreateBuilder<string>();
        foreach (var pod in pods)
        {
            var parts = pod.Pod.Split('/');
            try
            {
                await api.SetPodConditionAsync(
                    new PodKey(parts[0], parts[1]),
                    pod.Uid,
                    new PodCondition(
                        $"{Group}/NetworksAttached",
                        pod.Differences.IsEmpty,
                        pod.Differences.IsEmpty ? "AsAnnotated" : "InterfacesDiffer",
                        string.Join("; ", pod.Differences)
                    ),
                    TimeProvider.System.GetUtcNow(),
                    cancel
                );
                written++;
            }
            catch (KubernetesException e)
            {
                failed.Add($"{pod.Pod}: {e.Message}");
            }
        }

        return new Publication(written, failed.ToImmutable());
    }

    private static bool MayBeOf(FoundSandbox sandbox, SurveyedStatus pod) =>
        sandbox.Known.Pod.Uid.Length == 0 || pod.Uid.Length == 0 || sandbox.Known.Pod.Uid == pod.RuntimeUid;

    private async Task<ComparedPod> CompareAsync(
        SurveyedStatus pod,
        FoundSandbox sandbox,
        KernelNetNs netNs,
        CancellationToken cancel
    )
    {
        var plan = sandbox.Plan!;
        try
        {
            var sight = await netNs.InspectAsync(plan.NetNs, cancel);
            ImmutableArray<string> differences =
                !sight.IsThere ? [$"its network namespace {plan.NetNs} is not there"]
                : sight.IsAnotherThanOf(plan)
                    ? [$"{plan.NetNs} is another network namespace than that which was attached"]
                : StatusComparison.Of(pod.Status, plan, await netNs.ListAsync(plan.NetNs, cancel));
            return new ComparedPod(pod.Key.ToString(), pod.Uid, plan.Sandbox.Value, differences);
        }
        catch (CniException e)
        {
            _notAsked.Add($"pod {pod.Key}: {e.Error.Text}");
            return new ComparedPod(pod.Key.ToString(), pod.Uid, plan.Sandbox.Value, []);
        }
    }

    private async Task<IReadOnlyList<SurveyedStatus>> PodsAsync(CancellationToken cancel)
    {
        var annotation = node.Settings.Dialect.StatusAnnotation;
        if (cluster.Api is { } api)
            return await api.ListRunningAsync(cluster.NodeName, annotation, cancel);
        var pods = new List<SurveyedStatus>();
        foreach (var pod in ManifestSurvey.Read(cluster.Folder!).Pods)
        {
            var key = pod.Pod.Key;
            var file = Path.Combine(cluster.StatusDir!, $"{key.Namespace}_{key.Name}.json");
            pods.Add(
                new SurveyedStatus(
                    key,
                    pod.Pod.Uid ?? "",
                    pod.Pod.RuntimeUid ?? "",
                    File.Exists(file) ? await File.ReadAllTextAsync(file, cancel) : null,
                    IsOnHostNetwork: false
                )
            );
        }

        return pods;
    }
}
