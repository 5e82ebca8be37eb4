using System.Collections.Immutable;
using Multus.Cni.Results;
using Multus.Core.Networks;
using Multus.Core.Planning;
using Multus.Core.Pods;
using Multus.Core.Status;
using Multus.Engine.Ports;

namespace Multus.Engine.Attach;

/// <summary>
/// Tells what a sandbox has as its pod's network-status. A status that cannot be written never fails a pod's network:
/// it is tried again, or refused for good and said so.
/// </summary>
internal sealed class StatusPublication(EnginePorts ports)
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
        var update = new StatusUpdate(
            plan.Sandbox,
            pod.Key,
            uid,
            dialect.StatusAnnotation,
            NetworkStatus.ToJson(entries)
        );
        var outcome = await ports.Statuses.PublishAsync(update).ConfigureAwait(false);
        var reason = outcome switch
        {
            StatusOutcome.Queued queued => $"{queued.Reason}; it will be tried again",
            StatusOutcome.Refused refused => refused.Reason,
            _ => null,
        };
        if (outcome is StatusOutcome.Queued { IsOutage: true })
            SandboxLog.StatusWaits(ports.Log, plan.Sandbox.Value, pod.Key.Namespace, pod.Key.Name, reason!);
        else if (reason is not null)
            SandboxLog.StatusNotWritten(ports.Log, plan.Sandbox.Value, pod.Key.Namespace, pod.Key.Name, reason);
    }

    private ImmutableArray<NetworkStatusEntry> Entries(PlannedAttachment attachment, CniResult? result) =>
        result is null ? [] : NetworkStatus.From(attachment, result, DeviceInfoFiles.Load(attachment, ports.Log));
}
