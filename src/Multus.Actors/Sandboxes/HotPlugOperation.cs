using Multus.Actors.Events;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Results;
using Multus.Cni.Runtime;
using Multus.Core.Planning;
using Multus.Core.Pods;
using Multus.Core.Records;
using Multus.Linux.Plugins;
using static Multus.Actors.Sandboxes.SandboxProtocol;

namespace Multus.Actors.Sandboxes;

/// <summary>
/// ADD, DEL and CHECK of one interface of a running pod (wire-and-daemon.md §3.5). What is attached joins the sandbox's
/// record before its first plugin runs, so that the pod's DEL takes it away like everything else. On an API server the
/// network-status is its caller's business, as upstream has it; in a folder there is nobody else to write it.
/// </summary>
internal sealed class HotPlugOperation(SandboxServices services)
{
    // What a record of upstream's does not say: the runtimes' name for the cluster network's interface.
    private const string ClusterInterface = "eth0";

    public Task<Reply> PlugAsync(HotPlug plug, CancellationToken stopping) =>
        AnswerAsync(
            plug.Request,
            "ADD",
            services.Settings.AddTimeout,
            async (files, cancel) =>
                new Reply.Attached(await PlugAsync(plug, files, cancel, stopping).ConfigureAwait(false)),
            plug.Abandoned,
            stopping
        );

    public Task<Reply> UnplugAsync(HotUnplug unplug, CancellationToken stopping) =>
        AnswerAsync(
            unplug.Request,
            "DEL",
            services.Settings.DelTimeout,
            async (files, cancel) =>
            {
                await UnplugAsync(unplug, files, cancel).ConfigureAwait(false);
                return new Reply.Done();
            },
            CancellationToken.None,
            stopping
        );

    public Task<Reply> CheckAsync(CheckOne check, CancellationToken stopping) =>
        AnswerAsync(
            check.Request,
            "CHECK",
            services.Settings.AddTimeout,
            async (files, cancel) =>
            {
                await CheckAsync(check, files, cancel).ConfigureAwait(false);
                return new Reply.Done();
            },
            CancellationToken.None,
            stopping
        );

    private async Task<CniResult> PlugAsync(
        HotPlug plug,
        SandboxFiles files,
        CancellationToken cancel,
        CancellationToken stopping
    )
    {
        var request = plug.Request;
        var recorded = Read(request, files);
        if (recorded is { IsLeftover: true })
            throw new CniException(
                CniErrorCode.TryAgainLater,
                $"sandbox {request.Sandbox} is being deleted: nothing is attached to it any more"
            );

        if (
            recorded?.Attachments.FirstOrDefault(a => a.Parameters.IfName == request.IfName.Value) is { } before
            && before.Configuration.Name == plug.Interface.Network.Name
        )
        {
            if (files.ReadableResultOf(before) is { } result)
                return result;

            // It was begun and never finished: undone, and done anew.
            await DetachAsync(before, files, cancel).ConfigureAwait(false);
            recorded = Record(Without(before, recorded), files);
        }

        var netNs =
            request.NetNs
            ?? throw new CniException(
                CniErrorCode.InvalidEnvironment,
                "ADD needs CNI_NETNS, the pod's network namespace; it is missing"
            );
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
        AttachmentRules.Check(attachment.Configuration, attachment.Parameters);
        foreach (var type in RequiredPlugins.Of(attachment.Configuration))
            PluginFinder.Find(type, request.PluginPath);
        await services.RequireFreeAsync(request, netNs, [request.IfName.Value], cancel).ConfigureAwait(false);

        var plan =
            recorded ?? new AttachmentPlan(request.Sandbox, netNs, request.Pod, request.Configuration.Version, []);
        plan = plan with { Attachments = plan.Attachments.Add(attachment) };
        files.Write(plan);
        var attached = await AttachAsync(attachment, plan, files, request, cancel, stopping).ConfigureAwait(false);
        if (
            services.Events is { } events
            && pod is not null
            && EventTexts.Added([attachment], [attached]) is { } message
        )
            events.Tell(new EventsProtocol.Attached(pod.Key, pod.Uid ?? request.Pod.Uid, message));
        if (recorded is not null)
            await PublishAsync(plan, request, files, cancel).ConfigureAwait(false);
        return attached;
    }

    private async Task<CniResult> AttachAsync(
        PlannedAttachment attachment,
        AttachmentPlan plan,
        SandboxFiles files,
        SandboxRequest request,
        CancellationToken cancel,
        CancellationToken stopping
    )
    {
        var progress = new ChainProgress();
        try
        {
            DeviceInfoFiles.Prepare(attachment, services.Log);
            var result = await services
                .RuntimeOn(files)
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
        catch (Exception failure) // whatever it was: what has been started is undone, and the failure goes on its way
        {
            using var limit = new CancellationTokenSource(services.Settings.DelTimeout, services.Time);
            using var undo = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
            var begun = attachment with { Begun = progress.Begun };
            try
            {
                Record(plan with { Attachments = plan.Attachments.Replace(attachment, begun) }, files);
                await DetachAsync(begun, files, undo.Token).ConfigureAwait(false);
                Record(Without(attachment, plan), files);
            }
            catch (Exception e)
                when (e is CniException or OperationCanceledException or IOException or UnauthorizedAccessException)
            {
                // It stays on record: the caller's next try, its DEL or the pod's DEL comes back to it.
                SandboxLog.NotUndone(
                    services.Log,
                    request.Sandbox.Value,
                    attachment.DisplayName,
                    attachment.Parameters.IfName,
                    e.Message
                );
            }

            if (failure is CniException cni)
                throw SandboxErrors.About(attachment.DisplayName, attachment.Parameters.IfName, "ADD", cni);
            throw;
        }
    }

    private async Task UnplugAsync(HotUnplug unplug, SandboxFiles files, CancellationToken cancel)
    {
        var request = unplug.Request;
        var recorded = Read(request, files);
        var attachment = recorded?.Attachments.FirstOrDefault(a => a.Parameters.IfName == request.IfName.Value);
        if (attachment is null)
        {
            await DetachAsync(Unrecorded(request, unplug.Network), files, cancel).ConfigureAwait(false);
            return;
        }

        RequireSameNetwork(attachment, unplug.Network, request);
        if (attachment.IsMaster)
        {
            throw new CniException(
                CniErrorCode.InvalidNetworkConfig,
                $"interface {request.IfName} is that of the cluster network: it goes with the pod and cannot be "
                    + "unplugged"
            );
        }

        await DetachAsync(WithNamespaceOf(request, attachment), files, cancel).ConfigureAwait(false);
        if (Record(Without(attachment, recorded!), files) is { } left)
            await PublishAsync(left, request, files, cancel).ConfigureAwait(false);
    }

    // Of a sandbox without a record only what is plugged in is known: its status would say less than it has. What is
    // done stays done, whatever comes of this.
    private async Task PublishAsync(
        AttachmentPlan plan,
        SandboxRequest request,
        SandboxFiles files,
        CancellationToken cancel
    )
    {
        if (!services.StatusFollowsHotPlug || !request.Pod.IsPod)
            return;
        try
        {
            if (await services.FindPodAsync(request.Pod, cancel).ConfigureAwait(false) is { } pod)
                await new StatusPublication(services)
                    .RunAsync(
                        plan,
                        pod,
                        [.. plan.Attachments.Select(files.ReadableResultOf)],
                        request.Configuration.Dialect
                    )
                    .ConfigureAwait(false);
        }
        catch (CniException e)
        {
            SandboxLog.StatusNotWritten(
                services.Log,
                request.Sandbox.Value,
                request.Pod.Namespace,
                request.Pod.Name,
                e.Error.Text
            );
        }
    }

    private async Task CheckAsync(CheckOne check, SandboxFiles files, CancellationToken cancel)
    {
        var request = check.Request;
        var recorded = Read(request, files);
        var attachment = recorded?.Attachments.FirstOrDefault(a => a.Parameters.IfName == request.IfName.Value);
        if (attachment is null)
        {
            attachment = Unrecorded(request, check.Network);
        }
        else
        {
            RequireSameNetwork(attachment, check.Network, request);
            await NamespaceCheck
                .RunAsync(recorded!, [attachment], request.NetNs ?? recorded!.NetNs, services, files, cancel)
                .ConfigureAwait(false);
        }

        try
        {
            await services
                .RuntimeOn(files)
                .CheckAsync(attachment.Configuration, WithNamespaceOf(request, attachment).Parameters, cancel)
                .ConfigureAwait(false);
        }
        catch (CniException e)
        {
            throw SandboxErrors.About(attachment.DisplayName, attachment.Parameters.IfName, "CHECK", e);
        }
    }

    private async Task<Reply> AnswerAsync(
        SandboxRequest request,
        string verb,
        TimeSpan timeLimit,
        Func<SandboxFiles, CancellationToken, Task<Reply>> run,
        CancellationToken abandoned,
        CancellationToken stopping
    )
    {
        using var limit = new CancellationTokenSource(timeLimit, services.Time);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, abandoned, stopping);
        try
        {
            return await run(new SandboxFiles(request.Configuration.CniDir), cancel.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            var why = limit.IsCancellationRequested
                ? $"did not finish within {timeLimit.TotalSeconds:0.###} s"
                : "was given up: its caller went away";
            return new Reply.Refused(
                new CniError(
                    CniErrorCode.TryAgainLater,
                    $"{verb} of interface {request.IfName} of sandbox {request.Sandbox} {why}",
                    $"request {request.Id}"
                )
            );
        }
        catch (RecordFormatException e)
        {
            return new Reply.Refused(
                new CniError(
                    CniErrorCode.Decode,
                    $"record of sandbox {request.Sandbox} is damaged: {e.Message}",
                    $"request {request.Id}"
                )
            );
        }
        catch (Exception e) when (e is CniException or IOException or UnauthorizedAccessException)
        {
            return new Reply.Refused(SandboxErrors.From(e, request.Id));
        }
    }

    /// <returns>Null when the request is about none.</returns>
    private async Task<Pod?> RequirePodAsync(SandboxRequest request, CancellationToken cancel)
    {
        if (!request.Pod.IsPod)
            return null;

        return await services.FindPodAsync(request.Pod, cancel).ConfigureAwait(false)
            ?? throw new CniException(
                CniErrorCode.UnknownContainer,
                $"there is no pod {request.Pod.Namespace}/{request.Pod.Name} in {services.ClusterName}: nothing "
                    + "is attached to what is left of it"
            );
    }

    private static AttachmentPlan? Read(SandboxRequest request, SandboxFiles files) =>
        files.Read(
            new RecordContext(request.Sandbox, request.NetNs, ClusterInterface, request.Pod, request.PluginPath)
        );

    private static AttachmentPlan Without(PlannedAttachment attachment, AttachmentPlan plan) =>
        plan with
        {
            Attachments =
            [
                .. plan
                    .Attachments.Where(other => other.Parameters.IfName != attachment.Parameters.IfName)
                    .Select((other, index) => other with { Index = index }),
            ],
        };

    /// <returns>The plan that is on record now, or null if there is none any more.</returns>
    private static AttachmentPlan? Record(AttachmentPlan plan, SandboxFiles files)
    {
        if (plan.Attachments.IsEmpty && plan.Stuck.IsEmpty)
        {
            files.Remove(plan.Sandbox);
            return null;
        }

        files.Write(plan);
        return plan;
    }

    private static void RequireSameNetwork(
        PlannedAttachment attachment,
        NetworkConfiguration network,
        SandboxRequest request
    )
    {
        if (network.Name.Length > 0 && network.Name != attachment.Configuration.Name)
        {
            throw new CniException(
                CniErrorCode.InvalidNetworkConfig,
                $"interface {request.IfName} of sandbox {request.Sandbox} is of network "
                    + $"{attachment.Configuration.Name}, not of {network.Name}"
            );
        }
    }

    // Made by upstream's daemon, which does not record what it hot-plugs; the result cache has it, and the plugins know
    // the rest.
    private static PlannedAttachment Unrecorded(SandboxRequest request, NetworkConfiguration network)
    {
        var parameters = new AttachmentParameters(
            request.Sandbox,
            request.NetNs,
            request.IfName.Value,
            request.Pod.DelegateArgs(),
            request.Configuration.RuntimeConfig,
            request.PluginPath
        );
        return new PlannedAttachment(
            0,
            network.Name,
            IsMaster: false,
            network.WithDefaultVersion(request.Configuration.Version),
            parameters,
            parameters,
            Selection: null
        );
    }

    private static PlannedAttachment WithNamespaceOf(SandboxRequest request, PlannedAttachment attachment) =>
        attachment with
        {
            Parameters = attachment.Parameters with { NetNs = request.NetNs ?? attachment.Parameters.NetNs },
        };

    private async Task DetachAsync(PlannedAttachment attachment, SandboxFiles files, CancellationToken cancel)
    {
        try
        {
            await services
                .RuntimeOn(files)
                .DeleteAsync(attachment.Configuration, attachment.Parameters, cancel, attachment.Begun)
                .ConfigureAwait(false);
            DeviceInfoFiles.Remove(attachment, services.Log);
        }
        catch (CniException e)
        {
            throw SandboxErrors.About(attachment.DisplayName, attachment.Parameters.IfName, "DEL", e);
        }
    }
}
