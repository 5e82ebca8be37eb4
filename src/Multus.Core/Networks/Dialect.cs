using Multus.Core.Status;

namespace Multus.Core.Networks;

/// <summary>
/// How one lineage of Multus lets pods name networks. All of it is data: the code that reads annotations and plans has
/// no other place that knows which lineage it is (docs/decisions/0010-dialects.md).
/// </summary>
/// <param name="Name">The value of the configuration key <c>dialect</c>.</param>
/// <param name="NetworksAnnotation">The networks that a pod asks for.</param>
/// <param name="DefaultNetworkAnnotation">The one network that a pod gets instead of the cluster network, <c>null</c>
/// when there is no such annotation.</param>
/// <param name="StatusAnnotation">Where the pod's network-status goes.</param>
/// <param name="ConfDir">Where configurations are found by name, unless the configuration says.</param>
/// <param name="InterfacePrefix">What a name is made of that nobody asked for; a number follows.</param>
/// <param name="SkipsTakenNames">
/// True: the number is the next one whose name nobody asks for, from 1. False: it is the position in the plan, and a
/// name asked for twice is an error.
/// </param>
/// <param name="NamesAreOnNode">True: names are those of configurations in confDir, which have no namespace. False: of
/// NADs.</param>
/// <param name="PodReplacesAll">True: a pod's networks are all that it gets, one of them the cluster network's role.
/// False: they come beside it.</param>
/// <param name="IpKey">A further key of the JSON form for one address, <c>null</c> when there is none.</param>
/// <param name="MacKey">A further key of the JSON form for the MAC, <c>null</c> when there is none.</param>
public sealed record Dialect(
    string Name,
    string NetworksAnnotation,
    string? DefaultNetworkAnnotation,
    string StatusAnnotation,
    string ConfDir,
    string InterfacePrefix,
    bool SkipsTakenNames,
    bool NamesAreOnNode,
    bool PodReplacesAll,
    string? IpKey,
    string? MacKey
)
{
    /// <summary>That of upstream and of the multi-network specification (attach.md §1).</summary>
    public static Dialect Multus { get; } =
        new(
            "multus",
            NetworkSelectionParser.NetworksAnnotation,
            NetworkSelectionParser.DefaultNetworkAnnotation,
            NetworkStatus.Annotation,
            "/etc/cni/multus/net.d",
            InterfacePrefix: "net",
            SkipsTakenNames: false,
            NamesAreOnNode: false,
            PodReplacesAll: false,
            IpKey: null,
            MacKey: null
        );

    /// <summary>That of Tencent Kubernetes Engine, whose fork left upstream before there were NADs.</summary>
    public static Dialect Tke { get; } =
        new(
            "tke",
            "tke.cloud.tencent.com/networks",
            DefaultNetworkAnnotation: null,
            "tke.cloud.tencent.com/networks-status",
            "/etc/cni/net.d/multus",
            InterfacePrefix: "eth",
            SkipsTakenNames: true,
            NamesAreOnNode: true,
            PodReplacesAll: true,
            IpKey: "ipRequest",
            MacKey: "macRequest"
        );
}
