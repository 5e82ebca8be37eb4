using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Results;
using Multus.Cni.Runtime;
using Multus.Core.Planning;
using Multus.Core.Records;
using Multus.Engine.Attach;
using Multus.Engine.Detach;
using Multus.Engine.Requests;

namespace Multus.Engine.State;

/// <summary>The record of a sandbox as the requests about one of its interfaces see it.</summary>
internal sealed class PluggedRecord(SandboxEngine engine, SandboxRequest request)
{
    // What a record of upstream's does not say: the runtimes' name for the cluster network's interface.
    private const string ClusterInterface = "eth0";

    public SandboxRequest Request { get; } = request;

    public SandboxFiles Files { get; } = new(request.Configuration.CniDir);

    /// <summary>The plan on record, or null if there is none.</summary>
    /// <exception cref="CniException">Code 6: it is damaged.</exception>
    public AttachmentPlan? Read() =>
        Files.ReadUndamaged(
            new RecordContext(Request.Sandbox, Request.NetNs, ClusterInterface, Request.Pod, Request.PluginPath)
        );

    /// <summary>The attachment of the request's interface; null if there is none on record.</summary>
    public static PlannedAttachment? Find(AttachmentPlan? plan, SandboxRequest request) =>
        plan?.Attachments.FirstOrDefault(attachment => attachment.Parameters.IfName == request.IfName.Value);

    /// <summary>
    /// What is known of an interface without a record: upstream's daemon does not record what it hot-plugs. The result
    /// cache has it, and the plugins know the rest.
    /// </summary>
    public PlannedAttachment Unrecorded(NetworkConfiguration network)
    {
        var parameters = new AttachmentParameters(
            Request.Sandbox,
            Request.NetNs,
            Request.IfName.Value,
            Request.Pod.DelegateArgs(),
            Request.Configuration.RuntimeConfig,
            Request.PluginPath
        );
        return new PlannedAttachment(
            0,
            network.Name,
            IsMaster: false,
            network.WithDefaultVersion(Request.Configuration.Version),
            parameters,
            parameters,
            Selection: null
        );
    }

    /// <summary>Requires that an attachment is of the network that the request names.</summary>
    /// <exception cref="CniException">Code 7: it is of another.</exception>
    public void RequireSameNetwork(PlannedAttachment attachment, NetworkConfiguration network)
    {
        if (network.Name.Length > 0 && network.Name != attachment.Configuration.Name)
        {
            throw new CniException(
                CniErrorCode.InvalidNetworkConfig,
                $"interface {Request.IfName} of sandbox {Request.Sandbox} is of network "
                    + $"{attachment.Configuration.Name}, not of {network.Name}"
            );
        }
    }

    /// <summary>The same attachment in the namespace that the request names, if it names one.</summary>
    public PlannedAttachment InNetNs(PlannedAttachment attachment) =>
        attachment with
        {
            Parameters = attachment.Parameters with { NetNs = Request.NetNs ?? attachment.Parameters.NetNs },
        };

    /// <summary>
    /// Detaches one attachment; the others stay on record. What could not be detached stays on record as well, and a
    /// DEL of that interface is stored.
    /// </summary>
    /// <returns>Never an exception.</returns>
    public Task<RollbackResult> RollBackAsync(
        PlannedAttachment attachment,
        AttachmentPlan plan,
        CancellationToken stopping
    ) =>
        new Rollback(engine, Files, Request).RunAsync(
            plan with
            {
                Attachments = [attachment],
                Stuck = [],
            },
            stopping,
            stays: Without(attachment, plan)
        );

    /// <summary>
    /// Writes what the sandbox has as its pod's network-status, where nobody else does. What is done stays done,
    /// whatever comes of this.
    /// </summary>
    public async Task PublishAsync(AttachmentPlan plan, CancellationToken cancel)
    {
        if (!engine.Ports.Statuses.FollowsHotPlug || !Request.Pod.IsPod)
            return;
        try
        {
            if (await engine.Ports.Pods.FindAsync(Request.Pod, cancel).ConfigureAwait(false) is { } pod)
            {
                CniResult?[] results = [.. plan.Attachments.Select(Files.ReadableResultOf)];
                await new StatusPublication(engine.Ports)
                    .RunAsync(plan, pod, results, Request.Configuration.Dialect)
                    .ConfigureAwait(false);
            }
        }
        catch (CniException e)
        {
            SandboxLog.StatusNotWritten(
                engine.Log,
                Request.Sandbox.Value,
                Request.Pod.Namespace,
                Request.Pod.Name,
                e.Error.Text
            );
        }
    }

    /// <summary>The plan without one attachment.</summary>
    public static AttachmentPlan Without(PlannedAttachment attachment, AttachmentPlan plan) =>
        plan with
        {
            Attachments =
            [
                .. plan
                    .Attachments.Where(other => other.Parameters.IfName != attachment.Parameters.IfName)
                    .Select((other, index) => other with { Index = index }),
            ],
        };
}
