using System.Collections.Immutable;
using Multus.Cni;
using Multus.Core.Planning;
using Multus.Engine.Attach;
using Multus.Engine.Check;
using Multus.Engine.History;
using Multus.Engine.Ports;
using Multus.Engine.State;

namespace Multus.Engine.Explain;

/// <summary>Finds what a node knows of a pod or a sandbox: the history, the record, stored DELs, the kernel.</summary>
/// <param name="cniDir">Where all but the kernel keeps it.</param>
/// <param name="pendingDeletes">The stored DELs.</param>
/// <param name="netNs">The kernel.</param>
public sealed class EvidenceReader(string cniDir, IPendingDeleteFolder pendingDeletes, INetNs netNs)
{
    private const string MainRoute = " table ";

    private readonly SandboxFiles _files = new(cniDir);

    /// <summary>The sandboxes of a pod, the oldest first; none: nothing is known of it.</summary>
    /// <exception cref="IOException">What is on disk cannot be read.</exception>
    public async Task<ImmutableArray<SandboxEvidence>> OfPodAsync(string ns, string name, CancellationToken cancel)
    {
        var entries = Entries($"\"{name}\"", entry => entry.PodName == name && (ns == "" || entry.PodNamespace == ns));
        var found = new SandboxReader(_files)
            .Stream()
            .Where(sandbox => sandbox.Known.Pod.Name == name && (ns == "" || sandbox.Known.Pod.Namespace == ns))
            .Select(sandbox => sandbox.Known.Id.Value);
        return await GatherAsync(entries, found, cancel).ConfigureAwait(false);
    }

    /// <summary>The sandboxes whose container ID begins so, the oldest first.</summary>
    /// <exception cref="IOException">What is on disk cannot be read.</exception>
    public async Task<ImmutableArray<SandboxEvidence>> OfContainerAsync(string id, CancellationToken cancel)
    {
        var entries = Entries(id, entry => entry.Sandbox.StartsWith(id, StringComparison.Ordinal));
        var found = new List<string>();
        foreach (var sandbox in _files.Records())
        {
            if (sandbox.Value.StartsWith(id, StringComparison.Ordinal))
                found.Add(sandbox.Value);
        }

        return await GatherAsync(entries, found, cancel).ConfigureAwait(false);
    }

    private List<OperationEntry> Entries(string contains, Func<OperationEntry, bool> isMeant) =>
        [.. new HistoryFolder(cniDir, HistoryLimits.Usual).Read(contains).Where(isMeant)];

    private async Task<ImmutableArray<SandboxEvidence>> GatherAsync(
        List<OperationEntry> entries,
        IEnumerable<string> recorded,
        CancellationToken cancel
    )
    {
        var sandboxes = entries.Select(entry => entry.Sandbox).Concat(recorded).Distinct(StringComparer.Ordinal);
        var all = ImmutableArray.CreateBuilder<SandboxEvidence>();
        foreach (var sandbox in sandboxes)
        {
            var evidence = new SandboxEvidence(sandbox)
            {
                Entries = [.. entries.Where(entry => entry.Sandbox == sandbox)],
            };
            all.Add(await CompleteAsync(evidence, cancel).ConfigureAwait(false));
        }

        return all.ToImmutable();
    }

    private async Task<SandboxEvidence> CompleteAsync(SandboxEvidence evidence, CancellationToken cancel)
    {
        if (!SandboxId.TryParse(evidence.Sandbox, out var id))
            return evidence;

        evidence = WithRecord(evidence, id);
        var ifName = evidence.Record?.RuntimeIfName ?? evidence.Last?.IfName ?? "";
        if (InterfaceName.TryParse(ifName, out var first))
        {
            evidence = evidence with
            {
                DeleteWaits = pendingDeletes.IsStored(id, first),
                DeleteGivenUp = pendingDeletes.IsGivenUp(id, first),
            };
        }

        return await WithKernelAsync(evidence, cancel).ConfigureAwait(false);
    }

    private SandboxEvidence WithRecord(SandboxEvidence evidence, SandboxId id)
    {
        if (!_files.Has(id))
            return evidence;
        var found = new SandboxReader(_files).Read(id);
        return found is null
            ? evidence
            : evidence with
            {
                Record = found.Plan,
                RecordProblem = found.Known.Damage ?? "",
            };
    }

    // Of a pod that is gone there is no namespace any more, and nobody misses it.
    private async Task<SandboxEvidence> WithKernelAsync(SandboxEvidence evidence, CancellationToken cancel)
    {
        var path = evidence.Record?.NetNs ?? evidence.LastAdd?.NetNs ?? "";
        if (path.Length == 0)
            return evidence with { NetNsProblem = "nobody said which network namespace it has" };
        try
        {
            var found = await PodNetNs.ListAsync(netNs, path, cancel).ConfigureAwait(false);
            return evidence with
            {
                NetNs = new NetNsEvidence(
                    path,
                    [.. found.Observed.Links.Select(link => $"{link} {found.AddressesOf(link)}")],
                    [.. found.AllTexts().Where(text => !text.Contains(MainRoute, StringComparison.Ordinal))]
                ),
                Missing = evidence.Record is { IsLeftover: false } plan ? MissingOf(plan, found) : [],
            };
        }
        catch (CniException e)
        {
            return evidence with { NetNsProblem = e.Error.Text };
        }
    }

    private ImmutableArray<string> MissingOf(AttachmentPlan plan, PodNetNs found)
    {
        var missing = ImmutableArray.CreateBuilder<string>();
        foreach (var attachment in plan.Attachments)
        {
            if (NamespaceCheck.Missing(plan, attachment, found, _files.ReadableResultOf) is { } what)
                missing.Add($"{what} of network {attachment.DisplayName}");
        }

        return missing.ToImmutable();
    }
}
