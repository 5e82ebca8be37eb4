using System.Collections.Immutable;
using k8s.Models;

namespace Multus.Kubernetes.Api.Claims;

/// <summary>A ResourceClaim of a pod, and what the pod's containers use of it.</summary>
/// <param name="Name">Of the object, in the pod's namespace.</param>
/// <param name="Uses">In the order of the containers.</param>
internal sealed record PodClaim(string Name, ImmutableArray<ClaimUse> Uses)
{
    /// <summary>Those that there are; a claim of a template that has not been made yet is not one.</summary>
    public static ImmutableArray<PodClaim> Of(ClaimingPod pod)
    {
        List<ClaimingContainer> containers = [.. pod.Spec?.InitContainers ?? [], .. pod.Spec?.Containers ?? []];
        var claims = ImmutableArray.CreateBuilder<PodClaim>();
        foreach (var reference in pod.Spec?.ResourceClaims ?? [])
        {
            if ((Named(reference.ResourceClaimName) ?? MadeFor(reference.Name, pod.Status)) is { } name)
                claims.Add(new PodClaim(name, UsesOf(reference.Name, containers)));
        }

        if (Extended(pod.Status?.ExtendedResourceClaimStatus) is { } extended)
            claims.Add(extended);
        return claims.ToImmutable();
    }

    // A claim of a template gets a name that only the status tells.
    private static string? MadeFor(string? local, ClaimingStatus? status) =>
        Named(status?.ResourceClaimStatuses?.FirstOrDefault(made => made.Name == local)?.ResourceClaimName);

    private static ImmutableArray<ClaimUse> UsesOf(string? local, List<ClaimingContainer> containers)
    {
        var uses = ImmutableArray.CreateBuilder<ClaimUse>();
        foreach (var container in containers)
        {
            foreach (var claim in container.Resources?.Claims ?? [])
            {
                if (claim.Name == local)
                    uses.Add(new ClaimUse(container.Name ?? "", Named(claim.Request), null));
            }
        }

        // The pod has it, though no container asks for it.
        return uses.Count == 0 ? [new ClaimUse("", null, null)] : uses.ToImmutable();
    }

    // The scheduler's own claim for what containers ask of a device plugin's resource that a driver serves now.
    private static PodClaim? Extended(V1PodExtendedResourceClaimStatus? status)
    {
        if (Named(status?.ResourceClaimName) is not { } name)
            return null;
        var uses = status!.RequestMappings ?? [];
        return new PodClaim(
            name,
            [
                .. uses.Select(mapping => new ClaimUse(
                    mapping.ContainerName ?? "",
                    Named(mapping.RequestName),
                    Named(mapping.ResourceName)
                )),
            ]
        );
    }

    private static string? Named(string? name) => string.IsNullOrEmpty(name) ? null : name;
}

/// <summary>What one container uses of a claim.</summary>
/// <param name="Container">Empty when it is the pod's, and no container's.</param>
/// <param name="Request">One of the claim's requests, <c>null</c> for all.</param>
/// <param name="Resource">What the container calls it, <c>null</c> when the device says that itself.</param>
internal sealed record ClaimUse(string Container, string? Request, string? Resource)
{
    /// <param name="request">Of an allocated device: the request's name, with "/" and the alternative's when it had
    /// several.</param>
    public bool Covers(string? request) =>
        Request is null || request == Request || request?.StartsWith($"{Request}/", StringComparison.Ordinal) == true;
}
