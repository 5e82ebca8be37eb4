using System.Collections.Immutable;
using Multus.Cni;
using Multus.Linux.Namespaces;
using Multus.Linux.Netlink;
using static Multus.Actors.Netlink.NetlinkProtocol;

namespace Multus.Actors.Netlink;

/// <summary>
/// Answers questions about namespaces and changes their routes, one at a time, on a thread of its own that is back in
/// its own namespace after each.
/// </summary>
internal sealed class NetlinkWorker : UntypedActor
{
    private readonly ILinkInspector _links;
    private readonly IRouteTable _routes;

    public NetlinkWorker(ILinkInspector links, IRouteTable routes)
    {
        _links = links;
        _routes = routes;
    }

    public static Props PropsFor(ILinkInspector links, IRouteTable routes) =>
        Props.Create(() => new NetlinkWorker(links, routes));

    // Nobody waits for a time limit to learn of a crash.
    protected override void PreRestart(Exception reason, object? message)
    {
        if (message is ICommand)
            Sender.Tell(
                new Reply.Failed(
                    new CniError(
                        CniErrorCode.Internal,
                        $"looking at the pod's interfaces failed unexpectedly: {reason.Message}"
                    )
                )
            );
        base.PreRestart(reason, message);
    }

    protected override void OnReceive(object message)
    {
        if (message is ICommand command)
            Answer(command);
        else
            Unhandled(message);
    }

    private void Answer(ICommand command)
    {
        try
        {
            Sender.Tell(Do(command));
        }
        catch (NamespaceException e)
        {
            Sender.Tell(new Reply.Failed(new CniError(CniErrorCode.InvalidNetNs, e.Message)));
        }
        catch (NetlinkException e)
        {
            Sender.Tell(new Reply.Failed(new CniError(CodeOf(e.IsTransient), e.Message)));
        }
    }

    private Reply Do(ICommand command) =>
        command switch
        {
            CheckFree { RefusesOwn: true } check when NetworkNamespace.IsOwn(check.NetNs) => RefusedOwn(check.NetNs),
            CheckFree check => FindTaken(check.NetNs, check.IfNames),
            Inspect inspect => new Reply.Snapshot(_routes.Inspect(inspect.NetNs)),
            ChangeRoutes change => Changed(() => _routes.Change(change.NetNs, change.Remove, change.Add)),
            WatchLinks watch => new Reply.Watching(_links.Watch(watch.NetNs)),
            OrderLinkRoutes order => Changed(() => _routes.PutInOrder(order.NetNs, order.IfNames)),
            _ => throw new InvalidOperationException($"unknown command {command}"),
        };

    private Reply FindTaken(string netNs, ImmutableArray<string> ifNames)
    {
        foreach (var ifName in ifNames)
        {
            if (_links.LinkExists(netNs, ifName))
                return new Reply.Taken(ifName);
        }

        return new Reply.Ok(_links.IdentityOf(netNs))
        {
            Inode = NetworkNamespace.InodeOf(netNs),
            IsOwn = NetworkNamespace.IsOwn(netNs),
        };
    }

    // The shim's words: it looks too, and whoever posts without a shim hears the same.
    private static Reply.Failed RefusedOwn(string netNs) =>
        new(
            new CniError(
                CniErrorCode.InvalidNetNs,
                "plugin's netns and netns from CNI_NETNS should not be the same",
                netNs
            )
        );

    private static Reply Changed(Action change)
    {
        try
        {
            change();
            return new Reply.Ok();
        }
        catch (RouteException e)
        {
            return new Reply.RouteRefused(e.Route, e.IsGatewayUnusable, new CniError(CodeOf(e.IsTransient), e.Message));
        }
    }

    private static uint CodeOf(bool isTransient) => isTransient ? CniErrorCode.TryAgainLater : CniErrorCode.Io;
}
