using System.Net;
using System.Net.Sockets;
using Multus.Core.Networks;
using Multus.Core.Planning;

namespace Multus.Core.Routes;

/// <summary>
/// From which attachments of a plan the default route of a family is taken; what upstream's records say of each
/// (attach.md §15).
/// </summary>
internal sealed class DefaultRouteFilter(IReadOnlyList<PlannedAttachment> attachments)
{
    /// <summary>
    /// Whether another attachment names a gateway of the family or, where none does, is the chosen one.
    /// </summary>
    public bool IsTakenFrom(PlannedAttachment attachment, AddressFamily family)
    {
        if (Names(attachment, family))
            return false;
        if (attachments.Any(other => Names(other, family)))
            return true;
        return attachments.Any(IsChosen) && !IsChosen(attachment);
    }

    private static bool IsChosen(PlannedAttachment attachment) =>
        attachment.Selection?.DefaultRoute is { IsEmpty: true };

    private static bool Names(PlannedAttachment attachment, AddressFamily family) =>
        (attachment.Selection?.DefaultRoute ?? []).Any(text =>
            IpText.IsAddress(text) && IpText.Parse(text).AddressFamily == family
        );
}
