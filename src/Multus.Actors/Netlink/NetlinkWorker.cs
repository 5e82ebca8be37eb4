using System.Collections.Immutable;
using Multus.Cni;
using Multus.Linux.Namespaces;
using Multus.Linux.Netlink;
using static Multus.Actors.Netlink.NetlinkProtocol;

namespace Multus.Actors.Netlink;

/// <summary>Answers questions about links, one at a time, on a thread of its own that is back in its own namespace after each.</summary>
internal sealed class NetlinkWorker : ReceiveActor
{
    private readonly ILinkInspector _links;

    public NetlinkWorker(ILinkInspector links)
    {
        _links = links;
        Receive<CheckFree>(check => Sender.Tell(Look(check.NetNs, check.IfNames, wanted: false)));
        Receive<CheckPresent>(check => Sender.Tell(Look(check.NetNs, check.IfNames, wanted: true)));
    }

    public static Props PropsFor(ILinkInspector links) => Props.Create(() => new NetlinkWorker(links));

    // Nobody waits for a time limit to learn of a crash.
    protected override void PreRestart(Exception reason, object? message)
    {
        if (message is ICommand)
            Sender.Tell(new Reply.Failed(new CniError(CniErrorCode.Internal, $"looking at the pod's interfaces failed unexpectedly: {reason.Message}")));
        base.PreRestart(reason, message);
    }

    private Reply Look(string netNs, ImmutableArray<string> ifNames, bool wanted)
    {
        try
        {
            foreach (var ifName in ifNames)
            {
                if (_links.LinkExists(netNs, ifName) != wanted)
                    return new Reply.Not(ifName);
            }

            return new Reply.Fine(_links.IdentityOf(netNs));
        }
        catch (NamespaceException e)
        {
            return new Reply.Failed(new CniError(CniErrorCode.InvalidNetNs, e.Message));
        }
        catch (NetlinkException e)
        {
            return new Reply.Failed(new CniError(e.IsTransient ? CniErrorCode.TryAgainLater : CniErrorCode.Io, e.Message));
        }
    }
}
