using System.Collections.Immutable;
using Multus.Actors.Annotations;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Core.Planning;
using Multus.Core.Records;
using static Multus.Actors.Sandboxes.SandboxProtocol;

namespace Multus.Actors.Sandboxes;

/// <summary>One DEL: detach what is on record. Needs no cluster, no network attachment definition and no cluster network file.</summary>
internal sealed class DetachOperation(SandboxServices services)
{
    public async Task<Reply> RunAsync(Detach detach, CancellationToken stopping)
    {
        var request = detach.Request;
        if (detach.StoredAs is { } stored && !services.PendingDeletes.Contains(stored))
            return new Reply.Done(); // an ADD of the same container has undone it and begun anew, or another DEL has done it

        try
        {
            if (await DetachAsync(detach, stopping).ConfigureAwait(false) is { } failure)
                return new Reply.Refused(SandboxErrors.From(failure, request.Id)); // stored by then: see Undo

            services.PendingDeletes.Forget(request.Sandbox, request.IfName);
            if (detach.StoredAs is not null)
                services.PendingDeletes.Remove(detach.StoredAs);
            return new Reply.Done();
        }
        catch (Exception e) when (e is CniException or IOException or UnauthorizedAccessException)
        {
            services.StoreDelete(request);
            return new Reply.Refused(SandboxErrors.From(e, request.Id));
        }
        catch
        {
            services.StoreDelete(request); // a bug; what it has left undone must not be forgotten
            throw;
        }
    }

    private async Task<CniException?> DetachAsync(Detach detach, CancellationToken stopping)
    {
        var request = detach.Request;
        var files = new SandboxFiles(request.Configuration.CniDir);
        if ((ReadPlan(request, files) ?? (detach.AlsoUnrecorded ? FromResultCache(request, files) : null)) is not { } recorded)
        {
            SandboxLog.NothingRecorded(services.Log, request.Sandbox.Value, request.Id);
            return null;
        }

        var netNs = await NamespaceOfAsync(request, recorded, stopping).ConfigureAwait(false);
        return await new Undo(services, files, request)
            .RunAsync(In(netNs, request, recorded), stopping, () => ClearStatusAsync(recorded, request, files)).ConfigureAwait(false);
    }

    /// <summary>What the request knows and a record of upstream's lacks.</summary>
    internal static RecordContext ContextOf(SandboxRequest request) =>
        new(request.Sandbox, request.NetNs, request.IfName.Value, request.Pod, request.PluginPath) { DeviceInfoDir = request.Configuration.DeviceInfoDir };

    /// <summary>What the result cache knows of the sandbox: every network that was attached completely. Null if that is none.</summary>
    internal static AttachmentPlan? FromResultCache(SandboxRequest request, SandboxFiles files)
    {
        var attachments = files.Results.List()
            .Where(cached => cached.IsComplete && cached.ContainerId == request.Sandbox.Value && !cached.Config.IsEmpty)
            .OrderBy(cached => cached.IfName == request.IfName.Value ? "" : cached.IfName, StringComparer.Ordinal)
            .Select((cached, index) => Planned(cached, index, request))
            .ToImmutableArray();
        return attachments.IsEmpty
            ? null
            : new AttachmentPlan(request.Sandbox, request.NetNs ?? "", request.Pod, request.Configuration.Version, attachments);
    }

    private static PlannedAttachment Planned(CachedAttachment cached, int index, SandboxRequest request)
    {
        var parameters = new AttachmentParameters(
            request.Sandbox, request.NetNs, cached.IfName, cached.CniArgs, cached.CapabilityArgs, request.PluginPath);
        return new PlannedAttachment(
            index, cached.NetworkName, IsMaster: index == 0, NetworkConfiguration.Parse(cached.Config), parameters, parameters, Selection: null);
    }

    private AttachmentPlan? ReadPlan(SandboxRequest request, SandboxFiles files)
    {
        try
        {
            return files.Read(ContextOf(request));
        }
        catch (RecordFormatException e)
        {
            SandboxLog.RecordDamaged(services.Log, request.Sandbox.Value, e.Message);

            // An empty plan, not none: then the damaged record is removed as well.
            return FromResultCache(request, files)
                ?? new AttachmentPlan(request.Sandbox, request.NetNs ?? "", request.Pod, request.Configuration.Version, []);
        }
    }

    // The runtime knows best whether the namespace is still there. A path that leads to another one by now is none: what is there is somebody else's.
    private async Task<string?> NamespaceOfAsync(SandboxRequest request, AttachmentPlan plan, CancellationToken cancel)
    {
        var path = request.NetNs ?? (File.Exists(plan.NetNs) ? plan.NetNs : null);
        if (path is null || !await services.IsAnotherNamespaceAsync(path, plan, cancel).ConfigureAwait(false))
            return path;

        SandboxLog.OtherNamespace(services.Log, request.Sandbox.Value, path, request.Id);
        return null;
    }

    // Plugins may have moved since the ADD, so today's folders come first.
    private static AttachmentPlan In(string? netNs, SandboxRequest request, AttachmentPlan plan) => plan with
    {
        Attachments =
        [
            .. plan.Attachments.Select(attachment => attachment with
            {
                Parameters = attachment.Parameters with
                {
                    NetNs = netNs,
                    PluginPath = [.. request.PluginPath.Union(attachment.Parameters.PluginPath)],
                },
            }),
        ],
    };

    private async Task ClearStatusAsync(AttachmentPlan plan, SandboxRequest request, SandboxFiles files)
    {
        if (!plan.Pod.IsPod)
            return;

        // Who wrote a status is in memory, and so unknown after a restart. The records say whether the pod has another sandbox, whose status it then is.
        try
        {
            var clear = new AnnotationsProtocol.Clear(plan.Sandbox, plan.Pod.Key, plan.Pod.Uid, request.Configuration.Dialect.StatusAnnotation);
            var reply = await services.StoreStatusAsync(clear).ConfigureAwait(false);
            if (reply is AnnotationsProtocol.Reply.Unsure && !files.HasOther(plan.Sandbox, plan.Pod.Key))
                reply = await services.StoreStatusAsync(clear with { IsSure = true }).ConfigureAwait(false);
            if (reply is AnnotationsProtocol.Reply.Refused refused)
                SandboxLog.StatusNotWritten(services.Log, plan.Sandbox.Value, plan.Pod.Namespace, plan.Pod.Name, refused.Reason);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SandboxLog.StatusNotWritten(services.Log, plan.Sandbox.Value, plan.Pod.Namespace, plan.Pod.Name, e.Message);
        }
    }
}
