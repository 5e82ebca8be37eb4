using System.Collections.Immutable;
using System.Text.Json;

namespace Multus.Kubernetes.Api.Claims;

/// <summary>A ResourceClaim of a pod, and what the pod's containers use of it.</summary>
/// <param name="Name">Of the object, in the pod's namespace.</param>
/// <param name="Uses">In the order of the containers.</param>
internal sealed record PodClaim(string Name, ImmutableArray<ClaimUse> Uses)
{
    /// <summary>Those that there are; a claim of a template that has not been made yet is not one.</summary>
    /// <param name="pod">The whole object, <c>v1</c>.</param>
    public static ImmutableArray<PodClaim> Of(JsonElement pod)
    {
        var (spec, status) = (pod.Member("spec"), pod.Member("status"));
        List<JsonElement> containers = [.. spec.Member("initContainers").Elements(), .. spec.Member("containers").Elements()];
        var claims = ImmutableArray.CreateBuilder<PodClaim>();
        foreach (var reference in spec.Member("resourceClaims").Elements())
        {
            var local = reference.Text("name");
            if ((reference.Text("resourceClaimName") ?? MadeFor(local, status)) is { } name)
                claims.Add(new PodClaim(name, UsesOf(local, containers)));
        }

        if (Extended(status.Member("extendedResourceClaimStatus")) is { } extended)
            claims.Add(extended);
        return claims.ToImmutable();
    }

    // A claim of a template gets a name that only the status tells.
    private static string? MadeFor(string? local, JsonElement status)
    {
        foreach (var made in status.Member("resourceClaimStatuses").Elements())
        {
            if (made.Text("name") == local)
                return made.Text("resourceClaimName");
        }

        return null;
    }

    private static ImmutableArray<ClaimUse> UsesOf(string? local, List<JsonElement> containers)
    {
        var uses = ImmutableArray.CreateBuilder<ClaimUse>();
        foreach (var container in containers)
        {
            foreach (var claim in container.Member("resources").Member("claims").Elements())
            {
                if (claim.Text("name") == local)
                    uses.Add(new ClaimUse(container.Text("name") ?? "", claim.Text("request"), null));
            }
        }

        return uses.Count == 0 ? [new ClaimUse("", null, null)] : uses.ToImmutable(); // the pod has it, though no container asks for it
    }

    // The scheduler's own claim for what containers ask of a device plugin's resource that a driver serves now.
    private static PodClaim? Extended(JsonElement status)
    {
        if (status.Text("resourceClaimName") is not { } name)
            return null;
        var uses = ImmutableArray.CreateBuilder<ClaimUse>();
        foreach (var mapping in status.Member("requestMappings").Elements())
            uses.Add(new ClaimUse(mapping.Text("containerName") ?? "", mapping.Text("requestName"), mapping.Text("resourceName")));
        return new PodClaim(name, uses.ToImmutable());
    }
}

/// <summary>What one container uses of a claim.</summary>
/// <param name="Container">Empty when it is the pod's, and no container's.</param>
/// <param name="Request">One of the claim's requests, <c>null</c> for all.</param>
/// <param name="Resource">What the container calls it, <c>null</c> when the device says that itself.</param>
internal sealed record ClaimUse(string Container, string? Request, string? Resource)
{
    /// <param name="request">Of an allocated device: the request's name, with "/" and the alternative's when it had several.</param>
    public bool Covers(string? request) =>
        Request is null || request == Request || request?.StartsWith($"{Request}/", StringComparison.Ordinal) == true;
}
