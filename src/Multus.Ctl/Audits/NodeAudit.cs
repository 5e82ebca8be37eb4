using System.Collections.Immutable;
using Multus.Cni;
using Multus.Core.Garbage;
using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.Ctl.Clusters;
using Multus.Ctl.Networks;
using Multus.Ctl.Nodes;
using Multus.Engine.Gc;
using Multus.Engine.Kernel;
using Multus.Engine.Networks;
using Multus.Engine.State;
using Multus.Kubernetes;
using Multus.Kubernetes.Runtimes;
using Multus.Linux.Namespaces;
using Multus.Linux.Netlink;

namespace Multus.Ctl.Audits;

/// <summary>
/// Compares what is kept on this node with the sandboxes that the runtime and the kernel know. Reads only. What is
/// younger than the grace time is left alone: somebody may be at work on it.
/// </summary>
internal sealed class NodeAudit(NodeConfiguration node, ClusterSight? cluster, TimeSpan grace, TimeProvider time)
{
    private readonly SandboxFiles _files = new(node.Settings.CniDir);
    private readonly List<Leak> _leaks = [];
    private readonly List<string> _notAsked = [];

    /// <summary>What was found, and what could not be asked.</summary>
    internal sealed record Outcome(ImmutableArray<Leak> Leaks, ImmutableArray<string> NotAsked);

    /// <exception cref="IOException">The node's own files cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    /// <exception cref="CniException">As above.</exception>
    public async Task<Outcome> RunAsync(CancellationToken cancel)
    {
        var listed = await ListedAsync(cancel);
        var found = new SandboxReader(_files).Stream().ToList();
        var pending = new StoredDeleteFiles(node.Settings.CniDir).List().ToList();
        await JudgeSandboxesAsync(found, pending, listed, cancel);
        JudgeDeletes(pending);
        var definitions = await DefinitionsAsync(cancel);
        if (listed is null)
            _notAsked.Add("addresses of host-local: only the container runtime knows whose are still in use");
        else
            JudgeHostLocal(HostLocalFolders.Of(node, _files, found, definitions), listed);
        await JudgeWhereaboutsAsync(cancel);
        return new Outcome([.. _leaks], [.. _notAsked]);
    }

    /// <summary>The container IDs that the runtime lists; null when none could be asked.</summary>
    public async Task<IReadOnlySet<string>?> ListedAsync(CancellationToken cancel)
    {
        try
        {
            var listed = await new CriSandboxes(Configuration.RuntimeSockets.Of(node.Daemon), time).ListAsync(cancel);
            if (listed is null)
                _notAsked.Add(
                    "the container runtime: none listens where runtimes usually do; see containerRuntimeSocket"
                );
            return listed;
        }
        catch (KubernetesException e)
        {
            _notAsked.Add($"the container runtime: {e.Message}");
            return null;
        }
    }

    /// <summary>Whether nobody uses the address: not the runtime, no record, and not for the grace time.</summary>
    public bool IsUnused(HostLocalLease lease, IReadOnlySet<string> listed) =>
        lease.Container.Length > 0
        && !listed.Contains(lease.Container)
        && time.GetUtcNow() - lease.Since >= grace
        && !(SandboxId.TryParse(lease.Container, out var id) && _files.Has(id));

    private async Task JudgeSandboxesAsync(
        List<FoundSandbox> found,
        List<StoredDeleteFile> pending,
        IReadOnlySet<string>? listed,
        CancellationToken cancel
    )
    {
        var stored = pending.Select(delete => delete.Sandbox).ToHashSet(StringComparer.Ordinal);
        var netNs = new KernelNetNs(new LinkInspector(), new RouteTable());
        var evidenceOf = new StaleEvidenceReader(netNs, listed, HeldNamespaces.Inodes());
        // As the daemon has it: where manifests are the cluster there may well be no container runtime at all.
        var needsRuntime = cluster?.Folder is null;
        foreach (var sandbox in found)
        {
            var since = SinceOf(sandbox);
            if (stored.Contains(sandbox.Known.Id.Value) || time.GetUtcNow() - since < grace)
                continue;
            var about = About(sandbox, since);
            if (sandbox.Known.Damage is { } damage && sandbox.Plan is null && sandbox.Known.Attachments.IsEmpty)
            {
                _leaks.Add(
                    about with
                    {
                        Kind = LeakKind.DamagedRecord,
                        Why = damage,
                        Remedy = "nothing is known that could be deleted: look at the file, and remove it",
                    }
                );
                continue;
            }

            var evidence = await evidenceOf.OfAsync(sandbox, cancel);
            if (StaleRules.HasVanished(evidence, Boot.Id, needsRuntime))
                _leaks.Add(about with { Why = StaleEvidenceReader.Words(evidence), Fix = "DEL of the sandbox" });
            else if (evidence.IsListed == false)
                _leaks.Add(
                    about with
                    {
                        Why = "the container runtime does not list it, and its network namespace is still there",
                        Remedy = "somebody holds the namespace: a process, or a mount below /run/netns",
                    }
                );
        }
    }

    private Leak About(FoundSandbox sandbox, DateTimeOffset since) =>
        new(
            sandbox.Plan is null && sandbox.Known.Damage is null ? LeakKind.CachedResult : LeakKind.Sandbox,
            _files.Has(sandbox.Known.Id)
                ? Path.Combine(node.Settings.CniDir, sandbox.Known.Id.Value)
                : Path.Combine(node.Settings.CniDir, "results"),
            ""
        )
        {
            Sandbox = sandbox.Known.Id.Value,
            Pod = NameOf(sandbox.Known.Pod),
            IfName = sandbox.Known.IfName.Value,
            Network = string.Join(
                ", ",
                sandbox.Known.Attachments.Select(attachment => attachment.Network).Distinct(StringComparer.Ordinal)
            ),
            Since = since,
        };

    private DateTimeOffset SinceOf(FoundSandbox sandbox)
    {
        var record = Path.Combine(node.Settings.CniDir, sandbox.Known.Id.Value);
        if (File.Exists(record))
            return File.GetLastWriteTimeUtc(record);
        // Without a record: when the newest of its results was stored.
        var newest = DateTimeOffset.MinValue;
        foreach (var entry in sandbox.Cached)
        {
            var file = Path.Combine(
                node.Settings.CniDir,
                "results",
                Cni.Runtime.CachedAttachmentCodec.FileName(entry.NetworkName, entry.ContainerId, entry.IfName)
            );
            if (File.GetLastWriteTimeUtc(file) is var written && written > newest)
                newest = written;
        }

        return newest;
    }

    private void JudgeDeletes(List<StoredDeleteFile> pending)
    {
        var folder = new StoredDeleteFiles(node.Settings.CniDir).Folder;
        foreach (var delete in pending)
        {
            var leak = new Leak(LeakKind.WaitingDelete, Path.Combine(folder, delete.Name), "")
            {
                Sandbox = delete.Sandbox,
                Pod = NameOf(delete.Pod),
                IfName = delete.IfName,
                Since = delete.Since,
            };
            if (delete.IsGivenUp)
                _leaks.Add(
                    leak with
                    {
                        Kind = LeakKind.GivenUpDelete,
                        Why = delete.Left.IsEmpty
                            ? "it was tried in vain and given up"
                            : $"it was given up; may have stayed behind: {string.Join("; ", delete.Left)}",
                        Fix = "store it again, so that the daemon tries it",
                    }
                );
            else if (time.GetUtcNow() - delete.Since >= grace)
                _leaks.Add(
                    leak with
                    {
                        Why = "it has not succeeded yet",
                        Remedy = "the daemon repeats it; its log says why it fails. See that it runs",
                    }
                );
        }
    }

    private void JudgeHostLocal(ImmutableArray<HostLocalFolders.Place> places, IReadOnlySet<string> listed)
    {
        foreach (var place in places)
        {
            try
            {
                foreach (var lease in HostLocalStore.Of(node.Seen(place.Folder), place.Network))
                {
                    if (IsUnused(lease, listed))
                        _leaks.Add(LeakOf(lease));
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _notAsked.Add($"addresses of {place.Network}: {e.Message}");
            }
        }
    }

    private static Leak LeakOf(HostLocalLease lease) =>
        new(
            LeakKind.HostLocalAddress,
            lease.File,
            "the container runtime does not list its sandbox, and there is no record of it"
        )
        {
            Sandbox = lease.Container,
            Network = lease.Network,
            IfName = lease.IfName,
            Address = lease.Address.ToString(),
            Since = lease.Since,
            Fix = "remove the file: the address is free again",
        };

    private async Task<ImmutableArray<NetworkAttachmentDefinition>> DefinitionsAsync(CancellationToken cancel)
    {
        if (cluster is null)
            return [];
        try
        {
            return await cluster.NetworksAsync(cancel);
        }
        catch (Exception e) when (e is KubernetesException or IOException or UnauthorizedAccessException)
        {
            _notAsked.Add($"networks that have never been attached here: {e.Message}");
            return [];
        }
    }

    private async Task JudgeWhereaboutsAsync(CancellationToken cancel)
    {
        if (cluster?.Api is not { } api)
            return;
        try
        {
            var pools = await api.ListAddressPoolsAsync(cancel);
            if (pools.All(pool => pool.Allocations.IsEmpty))
                return;
            var pods = await api.ListPodNamesAsync(cancel);
            foreach (var pool in pools)
            {
                foreach (var allocation in pool.Allocations)
                {
                    if (allocation.Pod.Length > 0 && !pods.Contains(allocation.Pod))
                        _leaks.Add(
                            new Leak(
                                LeakKind.WhereaboutsAddress,
                                $"ippool {pool.Namespace}/{pool.Name}",
                                "the cluster has no such pod"
                            )
                            {
                                Sandbox = allocation.Container,
                                Pod = allocation.Pod,
                                IfName = allocation.IfName,
                                Address = WhereaboutsPools.AddressOf(pool, allocation)?.ToString() ?? "",
                                Remedy = "the reconciler of whereabouts releases it: see that it runs",
                            }
                        );
                }
            }
        }
        catch (KubernetesException e)
        {
            _notAsked.Add($"the pools of whereabouts: {e.Message}");
        }
    }

    private static string NameOf(PodIdentity pod) => pod.IsPod ? pod.Key.ToString() : "";
}
