using System.Collections.Immutable;
using Multus.Cni;
using Multus.Engine.Kernel;
using Multus.Engine.Ports;
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
        catch (Exception e) when (KernelErrors.Of(e) is { } error)
        {
            Sender.Tell(new Reply.Failed(error));
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
        if (NamespaceLook.FindTaken(_links, netNs, ifNames) is { } taken)
            return new Reply.Taken(taken);

        var found = NamespaceLook.Identify(_links, netNs);
        return new Reply.Ok(found.Identity) { Inode = found.Inode, IsOwn = found.IsOwn };
    }

    private static Reply.Failed RefusedOwn(string netNs) => new(NetNsErrors.Own(netNs));

    private static Reply Changed(Action change)
    {
        try
        {
            change();
            return new Reply.Ok();
        }
        catch (RouteException e)
        {
            var refusal = KernelErrors.Refusal(e);
            return new Reply.RouteRefused(e.Route, refusal.IsGatewayUnusable, refusal.Error);
        }
    }
}
