using System.Collections.Immutable;
using Multus.Actors.Events;
using Multus.Cni;
using Multus.Cni.Results;
using Multus.Cni.Runtime;
using Multus.Core.Planning;
using Multus.Core.Pods;
using Multus.Core.Records;
using Multus.Linux.Namespaces;
using Multus.Linux.Plugins;
using static Multus.Actors.Sandboxes.SandboxProtocol;

namespace Multus.Actors.Sandboxes;

/// <summary>
/// One ADD: plan, check, put the plan on record, run the delegates, publish the status; a failure undoes all that was
/// started.
/// </summary>
internal sealed class AttachOperation(SandboxServices services)
{
    private Pod? _pod; // once it is found

    public async Task<Reply> RunAsync(Attach attach, CancellationToken stopping)
    {
        var reply = await BeforeStrangersAsync(attach, stopping).ConfigureAwait(false);
        if (reply is Reply.Refused refused && !attach.Abandoned.IsCancellationRequested)
            PublishFailure(attach.Request, refused.Error);
        return reply;
    }

    private async Task<Reply> BeforeStrangersAsync(Attach attach, CancellationToken stopping)
    {
        services.Strangers.BeginAdd();
        try
        {
            return await TryAsync(attach, stopping).ConfigureAwait(false);
        }
        finally
        {
            services.Strangers.EndAdd();
        }
    }

    private async Task<Reply> TryAsync(Attach attach, CancellationToken stopping)
    {
        var request = attach.Request;
        using var limit = new CancellationTokenSource(services.Settings.AddTimeout, services.Time);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, attach.Abandoned, stopping);
        try
        {
            var files = new SandboxFiles(request.Configuration.CniDir);
            var (before, stuck) = await AnswerFromRecordAsync(request, files, stopping).ConfigureAwait(false);
            if (before is not null)
                return new Reply.Attached(before);

            ReadinessIndicator.Require(request.Configuration.ReadinessIndicatorFile, CniErrorCode.TryAgainLater);
            var (plan, pod) = await PlanAsync(request, cancel.Token).ConfigureAwait(false);
            var netNs = await CheckAsync(plan, request, cancel.Token).ConfigureAwait(false);
            // What it was about is undone; it must not undo this ADD.
            services.PendingDeletes.Forget(request.Sandbox, request.IfName);
            services.Detached.Forget(request.Configuration.CniDir, request.Sandbox);
            plan = plan with
            {
                NetNsIdentity = netNs.Identity,
                NetNsInode = netNs.Inode,
                Boot = Boot.Id,
                RuntimeIfName = request.IfName.Value,
                Stuck = stuck,
            };
            return new Reply.Attached(
                await CarryOutAsync(plan, pod, request, files, cancel.Token, stopping).ConfigureAwait(false)
            );
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            var why = limit.IsCancellationRequested
                ? $"did not finish within {services.Settings.AddTimeout.TotalSeconds:0.###} s"
                : "was given up: its caller went away";
            return new Reply.Refused(
                new CniError(
                    CniErrorCode.TryAgainLater,
                    $"ADD of sandbox {request.Sandbox} {why}",
                    $"request {request.Id}"
                )
            );
        }
        catch (Exception e) when (e is CniException or IOException or UnauthorizedAccessException)
        {
            return new Reply.Refused(SandboxErrors.From(e, request.Id));
        }
    }

    /// <summary>
    /// What an earlier ADD of this sandbox left: its result if it had finished. Otherwise it is undone, and of what
    /// cannot be undone only that is left which is not in the way of the new ADD.
    /// </summary>
    private async Task<(CniResult? Result, ImmutableArray<PlannedAttachment> Stuck)> AnswerFromRecordAsync(
        SandboxRequest request,
        SandboxFiles files,
        CancellationToken stopping
    )
    {
        AttachmentPlan? recorded;
        try
        {
            recorded = files.Read(DetachOperation.ContextOf(request));
        }
        catch (RecordFormatException e)
        {
            SandboxLog.RecordDamaged(services.Log, request.Sandbox.Value, e.Message);
            recorded = DetachOperation.FromResultCache(request, files);
        }

        if (recorded is null)
            return (null, []);

        // What a failed DEL has left, and what a stored DEL is about, is not attached however good its results look.
        var isWhole =
            !recorded.IsLeftover
            && recorded.NetNs == request.NetNs
            && !services.PendingDeletes.IsStored(request.Sandbox, request.IfName);
        var isElsewhere = await services
            .IsAnotherNamespaceAsync(recorded.NetNs, recorded, stopping)
            .ConfigureAwait(false);
        if (isWhole && !isElsewhere && Results(recorded, files) is { } results)
        {
            // The daemon may have ended between the last delegate and the routes.
            results = await new DefaultRoutes(services, files)
                .TakeOverAsync(recorded, results, stopping)
                .ConfigureAwait(false);
            SandboxLog.AlreadyAttached(services.Log, request.Sandbox.Value, request.Id);
            await PublishAgainAsync(recorded, results, request, stopping).ConfigureAwait(false);
            return (results[0], []);
        }

        if (isElsewhere)
            SandboxLog.OtherNamespace(services.Log, request.Sandbox.Value, recorded.NetNs, request.Id);
        else
            SandboxLog.HalfAttached(services.Log, request.Sandbox.Value, request.Id);
        var undone = await new Rollback(services, files, request)
            .RunAsync(isElsewhere ? WithoutNetNs(recorded) : recorded, stopping)
            .ConfigureAwait(false);
        if (undone.IsWhole)
            return (null, []);
        if (!undone.BlocksNoAdd)
            throw undone.Failure!;

        SandboxLog.BegunBesideLeftovers(
            services.Log,
            request.Sandbox.Value,
            string.Join("; ", undone.Words),
            request.Id
        );
        return (null, [.. undone.Left.Select(left => left.Attachment)]);
    }

    // The namespace of the ADD on record cannot be entered any more; what else it has, addresses above all, is freed
    // without it.
    private static AttachmentPlan WithoutNetNs(AttachmentPlan plan) =>
        plan with
        {
            Attachments = [.. plan.Attachments.Select(Rollback.WithoutNetNs)],
        };

    private static CniResult[]? Results(AttachmentPlan plan, SandboxFiles files)
    {
        var results = plan.Attachments.Select(files.ReadableResultOf).OfType<CniResult>().ToArray();
        return results.Length > 0 && results.Length == plan.Attachments.Length ? results : null;
    }

    private async Task<(AttachmentPlan Plan, Pod? Pod)> PlanAsync(SandboxRequest request, CancellationToken cancel)
    {
        var pod = request.Pod.IsPod ? await services.FindPodAsync(request.Pod, cancel).ConfigureAwait(false) : null;
        _pod = pod;
        if (request.Pod.IsPod && pod is null)
            SandboxLog.PodUnknown(
                services.Log,
                request.Pod.Namespace,
                request.Pod.Name,
                request.Sandbox.Value,
                services.ClusterName
            );

        var demand = AttachmentPlanner.Demand(request.Configuration, pod);
        var known = await NetworkSource
            .GatherAsync(demand, request.Configuration, Identified(request.Pod, pod), services, cancel)
            .ConfigureAwait(false);
        var netNs =
            request.NetNs
            ?? throw new CniException(
                CniErrorCode.InvalidEnvironment,
                "ADD needs CNI_NETNS, the pod's network namespace; it is missing"
            );
        var wanted = new PlanRequest(
            request.Sandbox,
            netNs,
            request.IfName,
            request.Pod,
            request.Configuration,
            request.PluginPath
        )
        {
            ClusterArgs = request.ClusterArgs,
        };
        return (AttachmentPlanner.Plan(wanted, pod, demand, known), pod);
    }

    // A runtime that does not say the UID leaves it to the pod object.
    private static PodIdentity Identified(PodIdentity named, Pod? pod) =>
        named.Uid.Length > 0 || pod is null ? named : named with { Uid = pod.RuntimeUid ?? "" };

    // Whatever can be known to fail fails here, before a delegate has run or an address was used.
    private async Task<NetNsSnapshot> CheckAsync(AttachmentPlan plan, SandboxRequest request, CancellationToken cancel)
    {
        foreach (var attachment in plan.Attachments)
            RequireRunnable(attachment);
        return await services
            .RequireFreeAsync(request, plan.NetNs, [.. plan.Attachments.Select(a => a.Parameters.IfName)], cancel)
            .ConfigureAwait(false);
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
        try
        {
            var results = await AttachAllAsync(plan, request, files, started, cancel).ConfigureAwait(false);
            if (request.Pod.IsPod && !request.Configuration.AllowNoAddress)
                // Before anybody is told that the pod is attached.
                RuntimeResult.RequireAddress(results[0], request.IfName, plan.Attachments[0].DisplayName);
            results = await new DefaultRoutes(services, files)
                .TakeOverAsync(plan, results, cancel)
                .ConfigureAwait(false);
            await PublishAsync(plan, pod, results, request).ConfigureAwait(false);
            PublishAttached(plan, pod, results);
            return results[0];
        }
        catch
        {
            await new Rollback(services, files, request)
                .RunAsync(plan with { Attachments = started.ToUndo() }, stopping)
                .ConfigureAwait(false);
            throw;
        }
    }

    private static void RequireRunnable(PlannedAttachment attachment)
    {
        try
        {
            AttachmentRules.Check(attachment.Configuration, attachment.Parameters);
            foreach (var type in RequiredPlugins.Of(attachment.Configuration))
                PluginFinder.Find(type, attachment.Parameters.PluginPath);
        }
        catch (CniException e)
        {
            throw SandboxErrors.About(attachment.DisplayName, attachment.Parameters.IfName, "ADD", e);
        }
    }

    private async Task<CniResult[]> AttachAllAsync(
        AttachmentPlan plan,
        SandboxRequest request,
        SandboxFiles files,
        StartedAttachments started,
        CancellationToken cancel
    )
    {
        var runtime = services.RuntimeOn(files);
        var results = new CniResult[plan.Attachments.Length];
        var (mode, order) = (request.Configuration.AttachMode, new LinkOrder(services, plan));
        foreach (var wave in AttachWaves.Of(plan.Attachments, mode))
        {
            if (wave.Length > 1 && mode == AttachMode.Auto)
                await order.RunAsync(wave, AttachOneAsync, cancel).ConfigureAwait(false);
            else
                await LinkOrder.EndAsync(StartAll(wave)).ConfigureAwait(false);
        }

        if (results.Length > 1 && mode != AttachMode.Parallel)
            await order.OrderRoutesAsync().ConfigureAwait(false);
        return results;

        Task[] StartAll(ImmutableArray<int> wave)
        {
            var attaching = new Task[wave.Length];
            for (var i = 0; i < wave.Length; i++)
                attaching[i] = AttachOneAsync(wave[i]);
            return attaching;
        }

        async Task AttachOneAsync(int index)
        {
            started.Add(index); // before anything of it can have begun
            var progress = new ChainProgress();
            try
            {
                results[index] = await AttachAsync(runtime, plan.Attachments[index], request, progress, cancel)
                    .ConfigureAwait(false);
            }
            catch
            {
                started.Fail(index, progress.Begun);
                throw;
            }
        }
    }

    private async Task<CniResult> AttachAsync(
        CniRuntime runtime,
        PlannedAttachment attachment,
        SandboxRequest request,
        ChainProgress progress,
        CancellationToken cancel
    )
    {
        try
        {
            DeviceInfoFiles.Prepare(attachment, services.Log);
            var result = await runtime
                .AddAsync(attachment.Configuration, attachment.AddParameters, cancel, progress)
                .ConfigureAwait(false);
            SandboxLog.Attached(
                services.Log,
                request.Sandbox.Value,
                attachment.DisplayName,
                attachment.Parameters.IfName,
                request.Id
            );
            return result;
        }
        catch (CniException e)
        {
            throw SandboxErrors.About(attachment.DisplayName, attachment.Parameters.IfName, "ADD", e);
        }
    }

    private Task PublishAsync(AttachmentPlan plan, Pod? pod, CniResult[] results, SandboxRequest request) =>
        pod is null
            ? Task.CompletedTask
            : new StatusPublication(services).RunAsync(plan, pod, results, request.Configuration.Dialect);

    // The first ADD has published it, or stored it to be published. What is attached stays so while nobody can be asked
    // about its pod.
    private async Task PublishAgainAsync(
        AttachmentPlan recorded,
        CniResult[] results,
        SandboxRequest request,
        CancellationToken stopping
    )
    {
        try
        {
            var pod = request.Pod.IsPod
                ? await services.FindPodAsync(request.Pod, stopping).ConfigureAwait(false)
                : null;
            await PublishAsync(recorded, pod, results, request).ConfigureAwait(false);
        }
        catch (CniException e)
        {
            SandboxLog.StatusNotWritten(
                services.Log,
                recorded.Sandbox.Value,
                request.Pod.Namespace,
                request.Pod.Name,
                e.Error.Text
            );
        }
    }

    private void PublishAttached(AttachmentPlan plan, Pod? pod, CniResult[] results)
    {
        if (
            services.Events is { } events
            && pod is not null
            && EventTexts.Added(plan.Attachments, results) is { } message
        )
            events.Tell(new EventsProtocol.Attached(pod.Key, pod.Uid ?? plan.Pod.Uid, message));
    }

    private void PublishFailure(SandboxRequest request, CniError error)
    {
        if (
            services.Events is { } events
            && EventTexts.Failure(request.Pod, _pod?.Uid ?? request.Pod.Uid, request.Sandbox, error) is { } failed
        )
            events.Tell(failed);
    }
}
