using Multus.Cni;
using Multus.Engine.Ports;
using Multus.Linux.Namespaces;
using Multus.Linux.Netlink;

namespace Multus.Engine.Kernel;

/// <summary>What the kernel's refusals mean for CNI.</summary>
public static class KernelErrors
{
    /// <summary>Code 8 for a namespace that cannot be entered, 5 or 11 for what the kernel did not answer; null for
    /// what is neither.</summary>
    public static CniError? Of(Exception failure) =>
        failure switch
        {
            NamespaceException => new CniError(CniErrorCode.InvalidNetNs, failure.Message),
            NetlinkException netlink => new CniError(CodeOf(netlink.IsTransient), failure.Message),
            _ => null,
        };

    /// <summary>A route that the kernel refused.</summary>
    public static RouteRefusal Refusal(RouteException refused)
    {
        ArgumentNullException.ThrowIfNull(refused);
        var error = new CniError(CodeOf(refused.IsTransient), refused.Message);
        return new RouteRefusal(error, refused.Route, refused.IsGatewayUnusable);
    }

    private static uint CodeOf(bool isTransient) => isTransient ? CniErrorCode.TryAgainLater : CniErrorCode.Io;
}
