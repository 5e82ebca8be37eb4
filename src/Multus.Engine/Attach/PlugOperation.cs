using Multus.Cni;
using Multus.Cni.Results;
using Multus.Cni.Runtime;
using Multus.Core.Planning;
using Multus.Core.Pods;
using Multus.Engine.Detach;
using Multus.Engine.Ports;
using Multus.Engine.Requests;
using Multus.Engine.State;

namespace Multus.Engine.Attach;

/// <summary>
/// ADD of one interface of a running pod (wire-and-daemon.md §3.5). It joins the sandbox's record before its first
/// plugin runs, so that the pod's DEL takes it away like everything else. On an API server the network-status is its
/// caller's business, as upstream has it; in a folder there is nobody else to write it.
/// </summary>
internal sealed class PlugOperation(SandboxEngine engine)
{
    public Task<CniReply> RunAsync(CniRequest.Plug plug, CancellationToken stopping) =>
        RequestBoundary.RunAsync(
            $"ADD of interface {plug.Request.IfName} of sandbox {plug.Request.Sandbox}",
            plug.Id,
            engine.Limits.AddTimeout,
            engine.Time,
            async cancel => new CniReply.Attached(await PlugAsync(plug, cancel, stopping).ConfigureAwait(false)),
            plug.Abandoned,
            stopping
        );

    private async Task<CniResult> PlugAsync(CniRequest.Plug plug, CancellationToken cancel, CancellationToken stopping)
    {
        var request = plug.Request;
        var record = new PluggedRecord(engine, request);
        var recorded = record.Read();
        if (recorded is { IsLeftover: true })
        {
            throw new CniException(
                CniErrorCode.TryAgainLater,
                $"sandbox {request.Sandbox} is being deleted: nothing is attached to it any more"
            );
        }

        if (
            recorded is not null
            && PluggedRecord.Find(recorded, request) is { } before
            && before.Configuration.Name == plug.Interface.Network.Name
        )
        {
            // What a stored DEL is about is not attached, however good its result looks.
            var isStored = engine.PendingDeletes.IsStored(request.Sandbox, request.IfName);
            if (!isStored && record.Files.ReadableResultOf(before) is { } result)
                return result;

            recorded = await UndoAsync(before, recorded, record, stopping).ConfigureAwait(false);
        }

        var (attachment, pod) = await PlanAsync(plug, recorded, cancel).ConfigureAwait(false);
        var netNs = PodPlanning.RequireNetNs(request);
        var others =
            recorded ?? new AttachmentPlan(request.Sandbox, netNs, request.Pod, request.Configuration.Version, []);
        var plan = others with { Attachments = others.Attachments.Add(attachment) };
        // What it was about is undone; it must not undo this ADD.
        engine.PendingDeletes.Forget(request.Sandbox, request.IfName);
        record.Files.Write(plan);
        engine.Report(new OperationPhase.Planned(request.Id, plan.Sandbox, [attachment]));
        var attached = await AttachAsync(attachment, others, record, cancel, stopping).ConfigureAwait(false);
        PublishAttached(request, pod, attachment, attached);
        if (recorded is not null)
            await record.PublishAsync(plan, cancel).ConfigureAwait(false);
        return attached;
    }

    // It was begun and never finished: undone, and done anew.
    private static async Task<AttachmentPlan?> UndoAsync(
        PlannedAttachment before,
        AttachmentPlan recorded,
        PluggedRecord record,
        CancellationToken stopping
    )
    {
        var undone = await record.RollBackAsync(before, recorded, stopping).ConfigureAwait(false);
        return undone.IsWhole ? record.Read() : throw undone.Failure!;
    }

    private async Task<(PlannedAttachment Attachment, Pod? Pod)> PlanAsync(
        CniRequest.Plug plug,
        AttachmentPlan? recorded,
        CancellationToken cancel
    )
    {
        var request = plug.Request;
        var netNs = PodPlanning.RequireNetNs(request);
        var pod = await RequirePodAsync(request, cancel).ConfigureAwait(false);
        var wanted = new PlanRequest(
            request.Sandbox,
            netNs,
            request.IfName,
            request.Pod,
            request.Configuration,
            request.PluginPath
        );
        var attachment = HotPlugPlanner.Plan(wanted, plug.Interface, recorded);
        PodPlanning.RequireRunnable(attachment, engine.Ports.PluginRoot);
        await engine
            .Ports.NetNs.RequireFreeAsync(netNs, [request.IfName.Value], request.MayBeOwnNamespace, cancel)
            .ConfigureAwait(false);
        return (attachment, pod);
    }

    private async Task<CniResult> AttachAsync(
        PlannedAttachment attachment,
        AttachmentPlan others,
        PluggedRecord record,
        CancellationToken cancel,
        CancellationToken stopping
    )
    {
        var progress = new ChainProgress();
        try
        {
            return await WaveRun
                .AttachAsync(engine, record.Files, record.Request, attachment, progress, cancel)
                .ConfigureAwait(false);
        }
        catch
        {
            await record
                .RollBackAsync(attachment with { Begun = progress.Begun }, others, stopping)
                .ConfigureAwait(false);
            throw;
        }
    }

    private void PublishAttached(SandboxRequest request, Pod? pod, PlannedAttachment attachment, CniResult attached)
    {
        if (
            engine.Ports.Events is { } events
            && pod is not null
            && EventTexts.Added([attachment], [attached]) is { } message
        )
            events.Publish(new PodEvent.Attached(pod.Key, pod.Uid ?? request.Pod.Uid, message));
    }

    /// <returns>Null when the request is about none.</returns>
    private async Task<Pod?> RequirePodAsync(SandboxRequest request, CancellationToken cancel)
    {
        if (!request.Pod.IsPod)
            return null;

        return await engine.Ports.Pods.FindAsync(request.Pod, cancel).ConfigureAwait(false)
            ?? throw new CniException(
                CniErrorCode.UnknownContainer,
                $"there is no pod {request.Pod.Namespace}/{request.Pod.Name} in {engine.Ports.Pods.Source}: nothing "
                    + "is attached to what is left of it"
            );
    }
}
