using Multus.Actors.Netlink;
using Multus.Core.Planning;
using Multus.Linux.Namespaces;

namespace Multus.Actors.Sandboxes;

/// <summary>What was found at the path of a network namespace.</summary>
/// <param name="IsThere">A network namespace was.</param>
/// <param name="MayBeThere">False only when it is certain that there was none.</param>
/// <param name="Identity">As <see cref="NetlinkProtocol.Reply.Ok"/> has it.</param>
/// <param name="Inode">As <see cref="NetlinkProtocol.Reply.Ok"/> has it.</param>
/// <param name="IsOwn">It is the node's own.</param>
internal sealed record NetNsSnapshot(
    bool IsThere,
    bool MayBeThere,
    string? Identity = null,
    ulong? Inode = null,
    bool IsOwn = false
)
{
    public static NetNsSnapshot Nothing { get; } = new(false, false);

    /// <summary>The kernel did not answer.</summary>
    public static NetNsSnapshot Unclear { get; } = new(false, true);

    public static NetNsSnapshot Of(NetlinkProtocol.Reply.Ok fine) =>
        new(true, true, fine.NetNsIdentity, fine.Inode, fine.IsOwn);

    /// <summary>
    /// Whether it is certainly another one than that of the plan, which may be older than this start of the machine.
    /// </summary>
    public bool IsAnotherThanOf(AttachmentPlan plan)
    {
        if (!IsThere)
            return false;
        if (plan.Boot is { } boot && Boot.Id is { } now && boot != now)
            return true; // no namespace outlives the machine's start
        if (plan.NetNsIdentity is { } known && Identity is not null)
            return Identity != known;
        if (plan.NetNsInode is { } inode && Inode is not null && Inode != inode)
            return true;
        return IsOwn && plan.NetNsInode is null; // attached by upstream, which refuses to attach to the node's own
    }
}
