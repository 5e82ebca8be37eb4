using Multus.Cni;

namespace Multus.Engine.Explain;

/// <summary>
/// The failures whose cause is known, the most particular first. Words of our own errors are tested end to end; those
/// of plugins are what the reference plugins say.
/// </summary>
internal static class FailureRules
{
    public static FailureRule[] All { get; } =
    [
        new(
            Cause.PluginNotFound,
            CniErrorCode.Io,
            ["failed to find plugin"],
            "A plugin that the network needs is not installed on this node.",
            "Install the binary into one of the folders that the error names, or correct 'type' in the network's "
                + "configuration. multusctl check-nads lists what is missing for each network."
        ),
        new(
            Cause.PluginNotRunnable,
            CniErrorCode.Io,
            ["could not be started"],
            "A plugin that the network needs is there, and this node cannot run it.",
            "Replace it by one for this node's architecture that may be executed. multusctl check-nads runs every "
                + "plugin and says which cannot be."
        ),
        new(
            Cause.NetworkNotFound,
            CniErrorCode.InvalidNetworkConfig,
            ["cannot find a network-attachment-definition"],
            "The pod asks for a NetworkAttachmentDefinition that does not exist.",
            "Correct the name in the pod's annotation k8s.v1.cni.cncf.io/networks, or create the definition. Of "
                + "another namespace write NAMESPACE/NAME."
        ),
        new(
            Cause.NamespaceIsolation,
            CniErrorCode.InvalidNetworkConfig,
            ["namespace isolation enabled"],
            "The pod asks for a network of another namespace, and namespaceIsolation forbids it.",
            "Create the NetworkAttachmentDefinition in the pod's own namespace, or let the operator add its namespace "
                + "to globalNamespaces."
        ),
        new(
            Cause.DefaultRouteClash,
            CniErrorCode.InvalidNetworkConfig,
            ["'default-route'", "for default-route"],
            "Two networks of the pod ask for the default route, or the gateway is none.",
            "Leave 'default-route' to one network of the pod's annotation, with one gateway for each address family."
        ),
        new(
            Cause.AddressesExhausted,
            null,
            ["no IP addresses available", "Could not allocate IP", "ip pool exhausted"],
            "The network's range has no address left on this node.",
            "Release what leaks with multusctl audit, or give the network a larger range. multusctl check-nads says "
                + "how many are left."
        ),
        new(
            Cause.DiskFull,
            null,
            ["No space left on device", "Disk quota exceeded"],
            "The disk is full: nothing can be put on record, so nothing is attached.",
            "Make room on the file system that the error names."
        ),
        new(
            Cause.PluginHung,
            CniErrorCode.TryAgainLater,
            ["did not finish"],
            "A plugin did not end in time and was killed.",
            "See what the plugin waits for: its own daemon, a lock, a server for addresses. Its stderr is above. "
                + "multus.delegates.timeout is how long it may take."
        ),
        new(
            Cause.ClusterUnreachable,
            CniErrorCode.TryAgainLater,
            ["has not been read yet", "could not read", "was looked for in"],
            "The API server could not be asked for the pod or its networks.",
            "See why the node cannot reach the API server: address, certificate, network, role. The runtime repeats "
                + "the ADD, and it succeeds once the server answers."
        ),
        new(
            Cause.ClusterNetworkNotReady,
            CniErrorCode.TryAgainLater,
            ["readinessindicatorfile"],
            "The cluster network is not ready on this node.",
            "See the log of the cluster network's own daemon on this node, or correct readinessindicatorfile."
        ),
        new(
            Cause.NoDeviceLeft,
            CniErrorCode.InvalidNetworkConfig,
            ["has none left", "takes a device"],
            "A network takes a device, and the pod has none for it.",
            "Let a container of the pod request the network's resource, as many as networks take one."
        ),
        new(
            Cause.InterfaceTaken,
            null,
            ["already exists", "is asked for twice"],
            "An interface of that name is there already, or two networks want the same name.",
            "Give one of them another name in the pod's annotation: NETWORK@IFNAME."
        ),
        new(
            Cause.ParentMissing,
            null,
            ["failed to lookup master", "Link not found", "no such device", "Cannot find device"],
            "The link on the node that the network builds on is not there.",
            "Correct 'master' in the network's configuration, or bring the link up on this node. multusctl check-nads "
                + "names the parents that are missing."
        ),
        new(
            Cause.ChangedBehindOurBack,
            CniErrorCode.Internal,
            [" is gone from /"],
            "Somebody has taken away what was attached.",
            "Delete the pod, so that it is attached anew, and see who changes its network namespace."
        ),
        new(
            Cause.WrongVersion,
            CniErrorCode.IncompatibleVersion,
            [],
            "A configuration is in a version of the CNI specification that the plugin or Multus does not speak.",
            "Set cniVersion to one that both know, or install a newer plugin."
        ),
        new(
            Cause.InvalidConfiguration,
            CniErrorCode.InvalidNetworkConfig,
            [],
            "A network, or the request for one, is wrong.",
            "Correct what the error names. multusctl check-config finds all such faults at once."
        ),
        new(
            Cause.NamespaceUnusable,
            CniErrorCode.InvalidNetNs,
            [],
            "The pod's network namespace cannot be used: it is gone, or not visible to the daemon.",
            "If it happens to every pod: let the daemon see the host's /run/netns, with mountPropagation "
                + "HostToContainer."
        ),
        new(
            Cause.Busy,
            CniErrorCode.TryAgainLater,
            [],
            "Something was not ready in time; the runtime tries again.",
            "If it stays so, multusctl status says what the node waits for."
        ),
    ];
}
