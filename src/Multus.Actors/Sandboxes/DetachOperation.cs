using System.Collections.Immutable;
using Multus.Actors.Annotations;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Core.Planning;
using Multus.Core.Records;
using static Multus.Actors.Sandboxes.SandboxProtocol;

namespace Multus.Actors.Sandboxes;

/// <summary>
/// One DEL: detach what is on record. Needs no cluster, no network attachment definition and no cluster network file,
/// unless nothing is on record; see <see cref="UnrecordedDetach"/> for that.
/// </summary>
internal sealed class DetachOperation(SandboxServices services)
{
    public async Task<Reply> RunAsync(Detach detach, CancellationToken stopping)
    {
        var request = detach.Request;
        if (detach.StoredAs is { } stored && !services.PendingDeletes.Contains(stored))
            // An ADD of the same container has undone it and begun anew, or another DEL has done it.
            return new Reply.Done();

        try
        {
            var undone = await DetachAsync(detach, stopping).ConfigureAwait(false);
            if (!undone.IsWhole)
                return NotDone(detach, undone); // stored by then: see Rollback

            services.PendingDeletes.Forget(request.Sandbox, request.IfName);
            if (detach.StoredAs is not null)
                services.PendingDeletes.Remove(detach.StoredAs);
            return new Reply.Done();
        }
        catch (Exception e) when (e is CniException or IOException or UnauthorizedAccessException)
        {
            services.StoreDelete(request);
            return Refused(request, e);
        }
        catch
        {
            services.StoreDelete(request); // a bug; what it has left undone must not be forgotten
            throw;
        }
    }

    private Reply NotDone(Detach detach, RollbackResult undone)
    {
        var request = detach.Request;
        if (detach.StoredAs is null && services.PendingDeletes.IsGivenUp(request.Sandbox, request.IfName))
        {
            SandboxLog.StillGivenUp(services.Log, request.Sandbox.Value, string.Join("; ", undone.Words), request.Id);
            return new Reply.Done(); // remembered for the operator; to store it anew would begin it all over again
        }

        var refused = Refused(request, undone.Failure!);
        if (!undone.IsHopeless)
            return refused;

        refused = refused with { Hopeless = undone.Words };
        if (detach is not { IsLastTry: true, StoredAs: { } name })
            return refused;

        services.PendingDeletes.GiveUp(name, undone.Words);
        return refused with { IsGivenUp = true };
    }

    private Reply.Refused Refused(SandboxRequest request, Exception failure) =>
        new(SandboxErrors.From(failure, request.Id))
        {
            IsStored = services.PendingDeletes.IsStored(request.Sandbox, request.IfName),
        };

    private async Task<RollbackResult> DetachAsync(Detach detach, CancellationToken stopping)
    {
        var request = detach.Request;
        var files = new SandboxFiles(request.Configuration.CniDir);
        if (
            (
                ReadPlan(request, files)
                ?? (detach.AlsoUnrecorded ? FromResultCache(request, files, detach.Cached) : null)
            )
            is not { } recorded
        )
        {
            if (detach is { AlsoUnrecorded: false, IsStillMeant: null })
                return await new UnrecordedDetach(services, files, request).RunAsync(stopping).ConfigureAwait(false);

            SandboxLog.NothingRecorded(services.Log, request.Sandbox.Value, request.Id);
            return RollbackResult.Nothing;
        }

        if (detach.IsStillMeant?.Invoke(recorded) == false)
            return RollbackResult.Nothing;

        var netNs = await NamespaceOfAsync(services, request, recorded, stopping).ConfigureAwait(false);
        return await new Rollback(services, files, request)
            .RunAsync(In(netNs, request, recorded), stopping, () => ClearStatusAsync(recorded, detach, files))
            .ConfigureAwait(false);
    }

    /// <summary>What the request knows and a record of upstream's lacks.</summary>
    internal static RecordContext ContextOf(SandboxRequest request) =>
        new(request.Sandbox, request.NetNs, request.IfName.Value, request.Pod, request.PluginPath)
        {
            DeviceInfoDir = request.Configuration.DeviceInfoDir,
        };

    /// <summary>
    /// What the result cache knows of the sandbox: every network that was attached completely. Null if that is none.
    /// </summary>
    internal static AttachmentPlan? FromResultCache(
        SandboxRequest request,
        SandboxFiles files,
        ImmutableArray<CachedAttachment> known = default
    )
    {
        var attachments = (known.IsDefaultOrEmpty ? files.Results.List() : known)
            .Where(cached => cached.IsComplete && cached.ContainerId == request.Sandbox.Value && !cached.Config.IsEmpty)
            .OrderBy(cached => cached.IfName == request.IfName.Value ? "" : cached.IfName, StringComparer.Ordinal)
            .Select((cached, index) => Planned(cached, index, request))
            .ToImmutableArray();
        return attachments.IsEmpty
            ? null
            : new AttachmentPlan(
                request.Sandbox,
                request.NetNs ?? "",
                request.Pod,
                request.Configuration.Version,
                attachments
            );
    }

    internal static PlannedAttachment Planned(CachedAttachment cached, int index, SandboxRequest request)
    {
        var parameters = new AttachmentParameters(
            request.Sandbox,
            request.NetNs,
            cached.IfName,
            cached.CniArgs,
            cached.CapabilityArgs,
            request.PluginPath
        );
        return new PlannedAttachment(
            index,
            cached.NetworkName,
            IsMaster: index == 0,
            NetworkConfiguration.Parse(cached.Config),
            parameters,
            parameters,
            Selection: null
        );
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
                ?? new AttachmentPlan(
                    request.Sandbox,
                    request.NetNs ?? "",
                    request.Pod,
                    request.Configuration.Version,
                    []
                );
        }
    }

    // Where nothing is, there is no namespace to enter; and one that is another by now, the node's own above all, is
    // somebody else's.
    internal static async Task<string?> NamespaceOfAsync(
        SandboxServices services,
        SandboxRequest request,
        AttachmentPlan plan,
        CancellationToken cancel
    )
    {
        var path = request.NetNs ?? plan.NetNs;
        if (
            path.Length == 0
            || await services.InspectAsync(path, cancel).ConfigureAwait(false) is not { MayBeThere: true } sight
        )
            return null;
        if (!sight.IsAnotherThanOf(plan))
            return path;

        SandboxLog.OtherNamespace(services.Log, request.Sandbox.Value, path, request.Id);
        return null;
    }

    // Plugins may have moved since the ADD, so today's folders come first.
    internal static AttachmentPlan In(string? netNs, SandboxRequest request, AttachmentPlan plan) =>
        plan with
        {
            Attachments =
            [
                .. plan.Attachments.Select(attachment =>
                    attachment with
                    {
                        Parameters = attachment.Parameters with
                        {
                            NetNs = netNs,
                            PluginPath = [.. request.PluginPath.Union(attachment.Parameters.PluginPath)],
                        },
                    }
                ),
            ],
        };

    private async Task ClearStatusAsync(AttachmentPlan plan, Detach detach, SandboxFiles files)
    {
        if (!plan.Pod.IsPod)
            return;

        // Who wrote a status is in memory, and so unknown after a restart. The records say whether the pod has another
        // sandbox, whose status it then is.
        try
        {
            var clear = new AnnotationsProtocol.Clear(
                plan.Sandbox,
                plan.Pod.Key,
                plan.Pod.Uid,
                detach.Request.Configuration.Dialect.StatusAnnotation
            );
            var reply = await services.StoreStatusAsync(clear).ConfigureAwait(false);
            if (
                reply is AnnotationsProtocol.Reply.Unsure
                && !(detach.HasOther?.Invoke(plan.Pod.Key) ?? files.HasOther(plan.Sandbox, plan.Pod.Key))
            )
                reply = await services.StoreStatusAsync(clear with { IsSure = true }).ConfigureAwait(false);
            if (reply is AnnotationsProtocol.Reply.Refused refused)
                SandboxLog.StatusNotWritten(
                    services.Log,
                    plan.Sandbox.Value,
                    plan.Pod.Namespace,
                    plan.Pod.Name,
                    refused.Reason
                );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SandboxLog.StatusNotWritten(services.Log, plan.Sandbox.Value, plan.Pod.Namespace, plan.Pod.Name, e.Message);
        }
    }
}
