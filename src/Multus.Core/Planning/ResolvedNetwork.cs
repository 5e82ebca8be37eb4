using Multus.Cni.Configurations;

namespace Multus.Core.Planning;

/// <summary>A network that was found, wherever that was.</summary>
/// <param name="DisplayName">"namespace/name" when it came from a NAD, else the configuration's own name (attach.md
/// §8.4).</param>
public sealed record ResolvedNetwork(NetworkConfiguration Configuration, string DisplayName)
{
    /// <summary>True when nothing else of the pod may be attached or detached at the same time.</summary>
    public bool RunsAlone { get; init; }

    /// <summary>The resource of which the network takes a device, <c>null</c> for none.</summary>
    public string? ResourceName { get; init; }

    /// <summary>Where it was found; <c>null</c>: nobody said.</summary>
    public NetworkOrigin? Origin { get; init; }

    public static ResolvedNetwork Own(NetworkConfiguration configuration) => new(configuration, configuration.Name);

    /// <summary>One that is no definition's, and where it was found: a path or a key.</summary>
    public static ResolvedNetwork Own(NetworkConfiguration configuration, string origin) =>
        Own(configuration) with
        {
            Origin = new NetworkOrigin(origin, configuration.Bytes),
        };
}
