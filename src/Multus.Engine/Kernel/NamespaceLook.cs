using System.Collections.Immutable;
using Multus.Engine.Ports;
using Multus.Linux.Namespaces;
using Multus.Linux.Netlink;

namespace Multus.Engine.Kernel;

/// <summary>
/// Looks into network namespaces. Synchronous: called on threads that are there for it. What the kernel refuses comes
/// as the exceptions that <see cref="KernelErrors"/> knows.
/// </summary>
public static class NamespaceLook
{
    /// <summary>The first of the names that a link of the namespace has; null if all are free.</summary>
    public static string? FindTaken(ILinkInspector links, string netNs, ImmutableArray<string> ifNames)
    {
        ArgumentNullException.ThrowIfNull(links);
        return ifNames.FirstOrDefault(ifName => links.LinkExists(netNs, ifName));
    }

    /// <summary>Which namespace it is.</summary>
    public static NetNsSnapshot Identify(ILinkInspector links, string netNs)
    {
        ArgumentNullException.ThrowIfNull(links);
        return new NetNsSnapshot(
            IsThere: true,
            MayBeThere: true,
            links.IdentityOf(netNs),
            NetworkNamespace.InodeOf(netNs),
            NetworkNamespace.IsOwn(netNs)
        );
    }
}
