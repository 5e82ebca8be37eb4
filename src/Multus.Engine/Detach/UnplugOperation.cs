using Multus.Cni;
using Multus.Core.Planning;
using Multus.Engine.Requests;
using Multus.Engine.State;

namespace Multus.Engine.Detach;

/// <summary>
/// DEL of one interface of a running pod (wire-and-daemon.md §3.5). What could not be detached stays on record, for the
/// next try or the pod's DEL, and is repeated.
/// </summary>
internal sealed class UnplugOperation(SandboxEngine engine)
{
    public async Task<CniReply> RunAsync(CniRequest.Unplug unplug, CancellationToken stopping)
    {
        var request = unplug.Request;
        if (unplug.StoredAs is { } stored && !engine.PendingDeletes.Contains(stored))
            return new CniReply.Done(); // an ADD or a DEL of the same interface has come between

        var reply = await RequestBoundary
            .RunAsync(
                $"DEL of interface {request.IfName} of sandbox {request.Sandbox}",
                request.Id,
                engine.Limits.DelTimeout,
                engine.Time,
                cancel => UnplugAsync(unplug, cancel, stopping),
                CancellationToken.None,
                stopping
            )
            .ConfigureAwait(false);
        return reply is CniReply.Refused refused
            ? refused with
            {
                IsStored = engine.PendingDeletes.IsStored(request.Sandbox, request.IfName),
            }
            : reply;
    }

    private async Task<CniReply> UnplugAsync(
        CniRequest.Unplug unplug,
        CancellationToken cancel,
        CancellationToken stopping
    )
    {
        var request = unplug.Request;
        var record = new PluggedRecord(engine, request);
        var recorded = record.Read();
        var attachment = PluggedRecord.Find(recorded, request);
        if (attachment is null)
        {
            await DetachUnrecordedAsync(unplug, record, cancel).ConfigureAwait(false);
            engine.PendingDeletes.Forget(request.Sandbox, request.IfName);
            return new CniReply.Done();
        }

        record.RequireSameNetwork(attachment, unplug.Network);
        RequireNotMaster(attachment, request);
        var undone = await record.RollBackAsync(record.InNetNs(attachment), recorded!, stopping).ConfigureAwait(false);
        if (!undone.IsWhole)
            throw undone.Failure!;

        engine.PendingDeletes.Forget(request.Sandbox, request.IfName);
        if (record.Read() is { } left)
            await record.PublishAsync(left, cancel).ConfigureAwait(false);
        return new CniReply.Done();
    }

    private static void RequireNotMaster(PlannedAttachment attachment, SandboxRequest request)
    {
        if (attachment.IsMaster)
        {
            throw new CniException(
                CniErrorCode.InvalidNetworkConfig,
                $"interface {request.IfName} is that of the cluster network: it goes with the pod and cannot be "
                    + "unplugged"
            );
        }
    }

    private async Task DetachUnrecordedAsync(CniRequest.Unplug unplug, PluggedRecord record, CancellationToken cancel)
    {
        var attachment = record.Unrecorded(unplug.Network);
        try
        {
            await engine
                .RuntimeOn(record.Files, unplug.Request)
                .DeleteAsync(attachment.Configuration, attachment.Parameters, cancel, attachment.Begun)
                .ConfigureAwait(false);
            Attach.DeviceInfoFiles.Remove(attachment, engine.Log);
        }
        catch (CniException e)
        {
            throw RequestErrors.About(attachment.DisplayName, attachment.Parameters.IfName, "DEL", e);
        }
    }
}
