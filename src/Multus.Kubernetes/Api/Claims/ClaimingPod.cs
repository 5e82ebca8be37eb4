using k8s.Models;

namespace Multus.Kubernetes.Api.Claims;

/// <summary>
/// What a pod says of ResourceClaims. The library's whole pod costs ten times as much memory, and has a hundred places
/// where one value that it cannot read loses all the others.
/// </summary>
internal sealed record ClaimingPod(ClaimingSpec? Spec, ClaimingStatus? Status);

internal sealed record ClaimingSpec(
    IReadOnlyList<V1PodResourceClaim>? ResourceClaims,
    IReadOnlyList<ClaimingContainer>? InitContainers,
    IReadOnlyList<ClaimingContainer>? Containers
);

internal sealed record ClaimingContainer(string? Name, ClaimingResources? Resources);

internal sealed record ClaimingResources(IReadOnlyList<Corev1ResourceClaim>? Claims);

internal sealed record ClaimingStatus(
    IReadOnlyList<V1PodResourceClaimStatus>? ResourceClaimStatuses,
    V1PodExtendedResourceClaimStatus? ExtendedResourceClaimStatus
);
