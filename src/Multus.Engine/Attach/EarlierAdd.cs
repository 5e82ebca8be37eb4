using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Results;
using Multus.Core.Planning;
using Multus.Core.Records;
using Multus.Engine.Detach;
using Multus.Engine.Requests;
using Multus.Engine.State;

namespace Multus.Engine.Attach;

/// <summary>What an earlier ADD of the same sandbox has left on record.</summary>
internal sealed class EarlierAdd(SandboxEngine engine, SandboxFiles files, SandboxRequest request)
{
    /// <summary>
    /// Its result if it had finished. Otherwise it is undone, and of what cannot be undone only that is left which is
    /// not in the way of the new ADD.
    /// </summary>
    public async Task<(CniResult? Result, ImmutableArray<PlannedAttachment> Stuck)> AnswerAsync(
        CancellationToken stopping
    )
    {
        if (Read() is not { } recorded)
            return (null, []);

        // What a failed DEL has left, and what a stored DEL is about, is not attached however good its results look.
        var isWhole =
            !recorded.IsLeftover
            && recorded.NetNs == request.NetNs
            && !engine.PendingDeletes.IsStored(request.Sandbox, request.IfName);
        var found = await engine.Ports.NetNs.InspectAsync(recorded.NetNs, stopping).ConfigureAwait(false);
        var isElsewhere = found.IsAnotherThanOf(recorded);
        if (isWhole && !isElsewhere && Results(recorded) is { } results)
            return (await AnswerAgainAsync(recorded, results, stopping).ConfigureAwait(false), []);

        if (isElsewhere)
            SandboxLog.OtherNamespace(engine.Log, request.Sandbox.Value, recorded.NetNs, request.Id);
        else
            SandboxLog.HalfAttached(engine.Log, request.Sandbox.Value, request.Id);
        var undone = await new Rollback(engine, files, request)
            .RunAsync(isElsewhere ? WithoutNetNs(recorded) : recorded, stopping)
            .ConfigureAwait(false);
        if (undone.IsWhole)
            return (null, []);
        if (!undone.BlocksNoAdd)
            throw undone.Failure!;

        SandboxLog.BegunBesideLeftovers(engine.Log, request.Sandbox.Value, string.Join("; ", undone.Words), request.Id);
        return (null, [.. undone.Left.Select(left => left.Attachment)]);
    }

    private AttachmentPlan? Read()
    {
        try
        {
            return files.Read(DetachOperation.ContextOf(request));
        }
        catch (RecordFormatException e)
        {
            SandboxLog.RecordDamaged(engine.Log, request.Sandbox.Value, e.Message);
            return DetachOperation.FromResultCache(request, files);
        }
    }

    // The process may have ended between the last delegate and the routes, or before the status was written.
    private async Task<CniResult> AnswerAgainAsync(
        AttachmentPlan recorded,
        CniResult[] results,
        CancellationToken stopping
    )
    {
        results = await new DefaultRoutes(engine, files, request.Id)
            .TakeOverAsync(recorded, results, stopping)
            .ConfigureAwait(false);
        SandboxLog.AlreadyAttached(engine.Log, request.Sandbox.Value, request.Id);
        await PublishAgainAsync(recorded, results, stopping).ConfigureAwait(false);
        return results[0];
    }

    // The first ADD has published it, or stored it to be published. What is attached stays so while nobody can be asked
    // about its pod.
    private async Task PublishAgainAsync(AttachmentPlan recorded, CniResult[] results, CancellationToken stopping)
    {
        if (!request.Pod.IsPod)
            return;
        try
        {
            if (await engine.Ports.Pods.FindAsync(request.Pod, stopping).ConfigureAwait(false) is { } pod)
            {
                await new StatusPublication(engine.Ports)
                    .RunAsync(recorded, pod, results, request.Configuration.Dialect)
                    .ConfigureAwait(false);
            }
        }
        catch (CniException e)
        {
            SandboxLog.StatusNotWritten(
                engine.Log,
                recorded.Sandbox.Value,
                request.Pod.Namespace,
                request.Pod.Name,
                e.Error.Text
            );
        }
    }

    // The namespace of the ADD on record cannot be entered any more; what else it has, addresses above all, is freed
    // without it.
    private static AttachmentPlan WithoutNetNs(AttachmentPlan plan) =>
        plan with
        {
            Attachments = [.. plan.Attachments.Select(Rollback.WithoutNetNs)],
        };

    private CniResult[]? Results(AttachmentPlan plan)
    {
        var results = plan.Attachments.Select(files.ReadableResultOf).OfType<CniResult>().ToArray();
        return results.Length > 0 && results.Length == plan.Attachments.Length ? results : null;
    }
}
