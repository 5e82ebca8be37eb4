using Multus.Linux.Namespaces;

namespace Multus.Linux.Netlink;

/// <summary>Looks at the links of a network namespace. Synchronous: called on threads that are there for it.</summary>
public interface ILinkInspector
{
    /// <summary>Whether a link has this name, or this alternative name.</summary>
    /// <exception cref="NamespaceException">The namespace cannot be entered.</exception>
    /// <exception cref="NetlinkException">The kernel refused or did not answer.</exception>
    bool LinkExists(string netNsPath, string ifName);

    /// <summary>
    /// What tells the namespace from every other one since the node was started: a path may lead to another namespace
    /// tomorrow, and an inode's number is given away again. Null where the kernel (before 5.14) does not say.
    /// </summary>
    /// <exception cref="NamespaceException">The namespace cannot be entered.</exception>
    string? IdentityOf(string netNsPath);

    /// <summary>All links, by index.</summary>
    /// <exception cref="NamespaceException">The namespace cannot be entered.</exception>
    /// <exception cref="NetlinkException">The kernel refused or did not answer.</exception>
    IReadOnlyList<LinkInfo> ListLinks(string netNsPath);

    /// <summary>Hears of the links that come from now on. The caller owns it.</summary>
    /// <exception cref="NamespaceException">The namespace cannot be entered.</exception>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    ILinkWatch Watch(string netNsPath);
}
