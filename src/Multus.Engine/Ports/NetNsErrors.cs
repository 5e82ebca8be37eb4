using Multus.Cni;

namespace Multus.Engine.Ports;

/// <summary>What every <see cref="INetNs"/> says of a namespace that cannot be used.</summary>
public static class NetNsErrors
{
    /// <summary>Code 4: an interface name is taken.</summary>
    public static CniException Taken(string ifName, string netNs) =>
        new(
            CniErrorCode.InvalidEnvironment,
            $"interface name {ifName} already exists in network namespace {netNs}; no delegate was run"
        );

    /// <summary>
    /// Code 8: it is the node's own. These are the shim's words: it looks too, and who posts without a shim reads the
    /// same.
    /// </summary>
    public static CniError Own(string netNs) =>
        new(CniErrorCode.InvalidNetNs, "plugin's netns and netns from CNI_NETNS should not be the same", netNs);
}
