using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Core.Planning;
using Multus.Core.Records;
using Multus.Engine.Ports;
using Multus.Engine.Requests;
using Multus.Engine.State;

namespace Multus.Engine.Detach;

/// <summary>
/// One DEL: detach what is on record. Needs no cluster, no network attachment definition and no cluster network file,
/// unless nothing is on record; see <see cref="UnrecordedDetach"/> for that.
/// </summary>
internal sealed class DetachOperation(SandboxEngine engine)
{
    public async Task<CniReply> RunAsync(CniRequest.Detach detach, CancellationToken stopping)
    {
        var request = detach.Request;
        if (detach.StoredAs is { } stored && !engine.PendingDeletes.Contains(stored))
            // An ADD of the same container has undone it and begun anew, or another DEL has done it.
            return new CniReply.Done();

        try
        {
            var undone = await DetachAsync(detach, stopping).ConfigureAwait(false);
            if (!undone.IsWhole)
                return NotDone(detach, undone); // stored by then: see Rollback

            if (engine.Ports.SweepsAtDelete)
                new SandboxFiles(request.Configuration.CniDir).SweepTemps(request.Sandbox);
            engine.PendingDeletes.Forget(request.Sandbox, request.IfName);
            if (detach.StoredAs is not null)
                engine.PendingDeletes.Remove(detach.StoredAs);
            return new CniReply.Done();
        }
        catch (Exception e) when (e is CniException or IOException or UnauthorizedAccessException)
        {
            engine.StoreDelete(request);
            return Refused(request, e);
        }
        catch
        {
            engine.StoreDelete(request); // a bug; what it has left undone must not be forgotten
            throw;
        }
    }

    private CniReply NotDone(CniRequest.Detach detach, RollbackResult undone)
    {
        var request = detach.Request;
        if (detach.StoredAs is null && engine.PendingDeletes.IsGivenUp(request.Sandbox, request.IfName))
        {
            SandboxLog.StillGivenUp(engine.Log, request.Sandbox.Value, string.Join("; ", undone.Words), request.Id);
            return new CniReply.Done(); // remembered for the operator; to store it anew would begin it all over again
        }

        var refused = Refused(request, undone.Failure!);
        if (!undone.IsHopeless)
            return refused;

        refused = refused with { Hopeless = undone.Words };
        if (detach is not { IsLastTry: true, StoredAs: { } name })
            return refused;

        engine.PendingDeletes.GiveUp(name, undone.Words);
        return refused with { IsGivenUp = true };
    }

    private CniReply.Refused Refused(SandboxRequest request, Exception failure) =>
        new(RequestErrors.From(failure, request.Id))
        {
            IsStored = engine.PendingDeletes.IsStored(request.Sandbox, request.IfName),
        };

    private async Task<RollbackResult> DetachAsync(CniRequest.Detach detach, CancellationToken stopping)
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
            if (detach.WasNeverAttached)
                engine.Detached.Remember(request.Configuration.CniDir, request.Sandbox);
            else if (detach is { AlsoUnrecorded: false, IsStillMeant: null })
                return await new UnrecordedDetach(engine, files, request).RunAsync(stopping).ConfigureAwait(false);

            SandboxLog.NothingRecorded(engine.Log, request.Sandbox.Value, request.Id);
            return RollbackResult.Nothing;
        }

        if (detach.IsStillMeant?.Invoke(recorded) == false)
            return RollbackResult.Nothing;

        var netNs = await NamespaceOfAsync(engine, request, recorded, stopping).ConfigureAwait(false);
        var undone = await new Rollback(engine, files, request)
            .RunAsync(In(netNs, request, recorded), stopping, ClearingOf(recorded, request))
            .ConfigureAwait(false);
        if (undone.IsWhole)
            ForgetUnplugs(recorded, request);
        return undone;
    }

    // On an API server a status goes with its pod: nobody waits for the server. What is still to be written is dropped.
    private Func<Task>? ClearingOf(AttachmentPlan plan, SandboxRequest request)
    {
        if (!plan.Pod.IsPod)
            return null;
        if (engine.Ports.Statuses.Clearing is { } clearing)
            return () => ClearStatusAsync(plan, request, clearing);

        engine.Ports.Statuses.Withdraw(plan.Sandbox, plan.Pod.Key);
        return null;
    }

    // DELs of single interfaces that were stored: they are done with the sandbox.
    private void ForgetUnplugs(AttachmentPlan plan, SandboxRequest request)
    {
        foreach (var attachment in plan.Attachments)
        {
            if (InterfaceName.TryParse(attachment.Parameters.IfName, out var ifName) && ifName != request.IfName)
                engine.PendingDeletes.Forget(request.Sandbox, ifName);
        }
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
            SandboxLog.RecordDamaged(engine.Log, request.Sandbox.Value, e.Message);

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
        SandboxEngine engine,
        SandboxRequest request,
        AttachmentPlan plan,
        CancellationToken cancel
    )
    {
        var path = request.NetNs ?? plan.NetNs;
        if (
            path.Length == 0
            || await engine.Ports.NetNs.InspectAsync(path, cancel).ConfigureAwait(false)
                is not { MayBeThere: true } sight
        )
            return null;
        if (!sight.IsAnotherThanOf(plan))
            return path;

        SandboxLog.OtherNamespace(engine.Log, request.Sandbox.Value, path, request.Id);
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

    private async Task ClearStatusAsync(AttachmentPlan plan, SandboxRequest request, IStatusClearing clearing)
    {
        var annotation = request.Configuration.Dialect.StatusAnnotation;
        var outcome = await clearing
            .ClearAsync(plan.Sandbox, plan.Pod.Key, plan.Pod.Uid, annotation)
            .ConfigureAwait(false);
        if (outcome is StatusOutcome.Refused refused)
        {
            SandboxLog.StatusNotWritten(
                engine.Log,
                plan.Sandbox.Value,
                plan.Pod.Namespace,
                plan.Pod.Name,
                refused.Reason
            );
        }
    }
}
