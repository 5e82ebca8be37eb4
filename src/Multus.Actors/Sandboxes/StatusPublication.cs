using System.Collections.Immutable;
using Multus.Actors.Annotations;
using Multus.Cni.Results;
using Multus.Core.Networks;
using Multus.Core.Planning;
using Multus.Core.Pods;
using Multus.Core.Status;

namespace Multus.Actors.Sandboxes;

/// <summary>
/// Tells what a sandbox has as its pod's network-status. A status that cannot be written never fails a pod's network:
/// it is retried by the annotations actor, or refused for good and said so.
/// </summary>
internal sealed class StatusPublication(SandboxServices services)
{
    /// <param name="results">Of the plan's attachments, in their order; <c>null</c> for one of which nothing is
    /// known.</param>
    public async Task RunAsync(AttachmentPlan plan, Pod pod, IReadOnlyList<CniResult?> results, Dialect dialect)
    {
        var entries = plan
            .Attachments.SelectMany((attachment, i) => Entries(attachment, results[i]))
            .ToImmutableArray();
        if (entries.IsEmpty)
            return;

        // The status may be written late, when another pod has the name.
        var uid = plan.Pod.Uid.Length > 0 ? plan.Pod.Uid : pod.Uid ?? "";
        var publish = new AnnotationsProtocol.Publish(
            plan.Sandbox,
            pod.Key,
            uid,
            dialect.StatusAnnotation,
            NetworkStatus.ToJson(entries)
        );
        var reply = await services.StoreStatusAsync(publish).ConfigureAwait(false);
        var reason = reply switch
        {
            AnnotationsProtocol.Reply.Queued queued => $"{queued.Reason}; it will be tried again",
            AnnotationsProtocol.Reply.Refused refused => refused.Reason,
            _ => null,
        };
        if (reply is AnnotationsProtocol.Reply.Queued { IsOutage: true })
            SandboxLog.StatusWaits(services.Log, plan.Sandbox.Value, pod.Key.Namespace, pod.Key.Name, reason!);
        else if (reason is not null)
            SandboxLog.StatusNotWritten(services.Log, plan.Sandbox.Value, pod.Key.Namespace, pod.Key.Name, reason);
    }

    private ImmutableArray<NetworkStatusEntry> Entries(PlannedAttachment attachment, CniResult? result) =>
        result is null ? [] : NetworkStatus.From(attachment, result, DeviceInfoFiles.Load(attachment, services.Log));
}
