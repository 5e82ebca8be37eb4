using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Results;
using Multus.Core.Planning;
using Multus.Core.Pods;
using Multus.Engine.Detach;
using Multus.Engine.Ports;
using Multus.Engine.Requests;
using Multus.Engine.State;
using Multus.Linux.Namespaces;

namespace Multus.Engine.Attach;

/// <summary>
/// One ADD: plan, check, put the plan on record, run the delegates, publish the status; a failure undoes all that was
/// started.
/// </summary>
internal sealed class AttachOperation(SandboxEngine engine)
{
    private Pod? _pod; // once it is found

    public async Task<CniReply> RunAsync(CniRequest.Attach attach, CancellationToken stopping)
    {
        engine.UnrecordedTurns.BeginAdd();
        try
        {
            var reply = await TryAsync(attach, stopping).ConfigureAwait(false);
            if (reply is CniReply.Refused refused && !attach.Abandoned.IsCancellationRequested)
                PublishFailure(attach.Request, refused.Error);
            return reply;
        }
        finally
        {
            engine.UnrecordedTurns.EndAdd();
        }
    }

    private Task<CniReply> TryAsync(CniRequest.Attach attach, CancellationToken stopping) =>
        RequestBoundary.RunAsync(
            $"ADD of sandbox {attach.Request.Sandbox}",
            attach.Id,
            engine.Limits.AddTimeout,
            engine.Time,
            async cancel => new CniReply.Attached(await AttachAsync(attach, cancel, stopping).ConfigureAwait(false)),
            attach.Abandoned,
            stopping
        );

    private async Task<CniResult> AttachAsync(
        CniRequest.Attach attach,
        CancellationToken cancel,
        CancellationToken stopping
    )
    {
        var request = attach.Request;
        var files = new SandboxFiles(request.Configuration.CniDir);
        var (before, stuck) = await new EarlierAdd(engine, files, request).AnswerAsync(stopping).ConfigureAwait(false);
        if (before is not null)
            return before;

        ReadinessIndicator.Require(request.Configuration.ReadinessIndicatorFile, CniErrorCode.TryAgainLater);
        var planning = new PodPlanning(engine.Ports, request);
        var (plan, pod) = await planning.PlanAsync(cancel).ConfigureAwait(false);
        _pod = pod;
        plan = await planning.CheckAsync(plan with { Stuck = stuck }, cancel).ConfigureAwait(false);
        // What it was about is undone; it must not undo this ADD.
        engine.PendingDeletes.Forget(request.Sandbox, request.IfName);
        engine.Detached.Forget(request.Configuration.CniDir, request.Sandbox);
        return await CarryOutAsync(plan, pod, request, files, cancel, stopping).ConfigureAwait(false);
    }

    /// <summary>
    /// From the record to the status: whatever fails on the way, all that was started is undone, and the failure goes
    /// on its way.
    /// </summary>
    private async Task<CniResult> CarryOutAsync(
        AttachmentPlan plan,
        Pod? pod,
        SandboxRequest request,
        SandboxFiles files,
        CancellationToken cancel,
        CancellationToken stopping
    )
    {
        var started = new StartedAttachments(plan);
        files.Write(plan);
        engine.Report(new OperationPhase.Planned(request.Id, plan.Sandbox, plan.Attachments));
        try
        {
            var results = await new WaveRun(engine, files, request, plan, started)
                .RunAsync(cancel)
                .ConfigureAwait(false);
            // Before anybody is told that the pod is attached.
            if (request.Pod.IsPod && !request.Configuration.AllowNoAddress)
                RuntimeResult.RequireAddress(results[0], request.IfName, plan.Attachments[0].DisplayName);
            engine.Report(new OperationPhase.Routes(request.Id, plan.Sandbox));
            results = await new DefaultRoutes(engine, files, request.Id)
                .TakeOverAsync(plan, results, cancel)
                .ConfigureAwait(false);
            engine.Report(new OperationPhase.Status(request.Id, plan.Sandbox));
            await PublishAsync(plan, pod, results, request).ConfigureAwait(false);
            PublishAttached(plan, pod, results);
            return results[0];
        }
        catch
        {
            await new Rollback(engine, files, request)
                .RunAsync(plan with { Attachments = started.ToRollBack() }, stopping)
                .ConfigureAwait(false);
            throw;
        }
    }

    private Task PublishAsync(AttachmentPlan plan, Pod? pod, CniResult[] results, SandboxRequest request) =>
        pod is null
            ? Task.CompletedTask
            : new StatusPublication(engine.Ports).RunAsync(plan, pod, results, request.Configuration.Dialect);

    private void PublishAttached(AttachmentPlan plan, Pod? pod, CniResult[] results)
    {
        if (
            engine.Ports.Events is { } events
            && pod is not null
            && EventTexts.Added(plan.Attachments, results) is { } message
        )
            events.Publish(new PodEvent.Attached(pod.Key, pod.Uid ?? plan.Pod.Uid, message));
    }

    private void PublishFailure(SandboxRequest request, CniError error)
    {
        if (
            engine.Ports.Events is { } events
            && EventTexts.Failure(request.Pod, _pod?.Uid ?? request.Pod.Uid, request.Sandbox, error) is { } failed
        )
            events.Publish(failed);
    }
}
