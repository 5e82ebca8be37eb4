using System.Collections.Immutable;
using Multus.Cni;
using Multus.Core.Pods;

namespace Multus.Core.Garbage;

/// <summary>A sandbox of which something is on disk here.</summary>
/// <param name="IfName">The first interface, by which its DEL is asked for.</param>
/// <param name="Pod">As far as the files say.</param>
/// <param name="Attachments">Everything that it has, also what is just being attached or could not be detached.</param>
/// <param name="Damage">Why <paramref name="Attachments"/> may lack something, else null.</param>
public sealed record KnownSandbox(
    SandboxId Id,
    InterfaceName IfName,
    PodIdentity Pod,
    ImmutableArray<KnownAttachment> Attachments,
    string? Damage
);

/// <summary>An interface in a network, by the names that its plugins know.</summary>
public sealed record KnownAttachment(string Network, string IfName);
