using Multus.Cni;
using Multus.Core.Pods;

namespace Multus.Core.Planning;

/// <summary>Whether a pod object is the pod of which the runtime speaks (attach.md §4).</summary>
public static class PodRules
{
    /// <exception cref="CniException">Code 11: see <see cref="AnotherPod"/>.</exception>
    internal static void RequireSamePod(PodIdentity identity, Pod? pod)
    {
        if (pod is not null && !pod.IsFor(identity.Uid))
            throw AnotherPod(identity, pod.RuntimeUid!);
    }

    /// <summary>
    /// Code 11: the object is an older or newer pod of the same name; a retry will see the right one, or never come.
    /// </summary>
    public static CniException AnotherPod(PodIdentity identity, string foundUid)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return new CniException(
            CniErrorCode.TryAgainLater,
            $"expected pod UID \"{identity.Uid}\" but got \"{foundUid}\" from Kube API",
            $"pod {identity.Key} was deleted and made again while its sandbox was being set up"
        );
    }
}
