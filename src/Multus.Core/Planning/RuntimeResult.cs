using Multus.Cni;
using Multus.Cni.Results;

namespace Multus.Core.Planning;

/// <summary>What a container runtime makes of the result that it gets.</summary>
public static class RuntimeResult
{
    /// <summary>
    /// Whether the result has an address for the interface. One that points at no interface is the runtime's own
    /// interface's; one that points at an interface which is not in the result is a fault to containerd (go-cni).
    /// </summary>
    public static bool HasAddressFor(CniResult result, InterfaceName ifName)
    {
        ArgumentNullException.ThrowIfNull(result);
        return !result.Ips.IsDefaultOrEmpty
            && result.Ips.Any(ip =>
                ip.Interface is not { } index
                || (
                    !result.Interfaces.IsDefaultOrEmpty
                    && index >= 0
                    && index < result.Interfaces.Length
                    && result.Interfaces[index].Name == ifName.Value
                )
            );
    }

    /// <summary>Refuses a result that the runtime refuses after the pod was told of it, at every try.</summary>
    /// <exception cref="CniException">Code 7: no address for the interface.</exception>
    public static void RequireAddress(CniResult result, InterfaceName ifName, string network)
    {
        if (!HasAddressFor(result, ifName))
        {
            throw new CniException(
                CniErrorCode.InvalidNetworkConfig,
                $"cluster network {ErrorLine.Cut(network, ErrorLine.MaxName)} gave {ifName} no address, and a "
                    + "container runtime takes no pod without one",
                "give it 'ipam', or set 'allowNoAddress' where the runtime does"
            );
        }
    }
}
