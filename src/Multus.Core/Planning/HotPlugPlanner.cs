using Multus.Cni;
using Multus.Core.Devices;

namespace Multus.Core.Planning;

/// <summary>
/// Decides what a hot-plugged interface gets, by the same rules as the networks of an annotation. Pure.
/// </summary>
public static class HotPlugPlanner
{
    /// <summary>The attachment, for the place behind those that the sandbox has.</summary>
    /// <param name="request">The client's; its interface name is the new interface's.</param>
    /// <param name="recorded">What the sandbox has; <c>null</c> if nothing is known of it.</param>
    /// <exception cref="CniException">Code 7: an unusable configuration, or an interface name that the sandbox has
    /// already. Code 1: a version that nobody speaks.</exception>
    public static PlannedAttachment Plan(PlanRequest request, InterfaceRequest wanted, AttachmentPlan? recorded)
    {
        // A configuration that says its own version keeps it: it was written for that one. Upstream replaces it by the
        // daemon's.
        var network = wanted.Network.WithDefaultVersion(request.Configuration.Version);
        if (wanted.CniArgs is { } cniArgs)
            network = network.WithCniArgs(cniArgs);

        var builder = new PlanBuilder(request, recorded?.Attachments ?? [], askedFor: [], DevicePool.None);
        builder.AddOther(ResolvedNetwork.Own(network), wanted.AsSelection(request.Pod.Namespace, request.IfName.Value));
        return builder.Build().Attachments[^1];
    }
}
