using System.Collections.Immutable;
using Multus.Cni;
using Multus.Engine.Ports;
using Multus.Linux.Netlink;
using static Multus.Actors.Netlink.NetlinkProtocol;

namespace Multus.Actors.Netlink;

/// <summary>The engine's view of network namespaces: it asks the netlink actor.</summary>
/// <param name="netlink">Answers <see cref="NetlinkProtocol"/>.</param>
public sealed class NetlinkPort(IActorRef netlink) : INetNs
{
    // As that of ClusterPort.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public async Task<NetNsSnapshot> InspectAsync(string netNs, CancellationToken cancel) =>
        await AskAsync(new CheckFree(netNs, []), cancel) switch
        {
            Reply.Ok ok => SnapshotOf(ok),
            Reply.Failed { Error.Code: CniErrorCode.InvalidNetNs } => NetNsSnapshot.Nothing,
            Reply.Failed => NetNsSnapshot.Unclear,
            var other => throw Unknown(other),
        };

    public async Task<NetNsSnapshot> RequireFreeAsync(
        string netNs,
        ImmutableArray<string> ifNames,
        bool mayBeOwn,
        CancellationToken cancel
    ) =>
        await AskAsync(new CheckFree(netNs, ifNames) { RefusesOwn = !mayBeOwn }, cancel) switch
        {
            Reply.Ok ok => SnapshotOf(ok),
            Reply.Taken taken => throw NetNsErrors.Taken(taken.IfName, netNs),
            Reply.Failed failed => throw new CniException(failed.Error),
            var other => throw Unknown(other),
        };

    public async Task<NamespaceView> ListAsync(string netNs, CancellationToken cancel) =>
        await AskAsync(new Inspect(netNs), cancel) switch
        {
            Reply.Snapshot snapshot => snapshot.View,
            Reply.Failed failed => throw new CniException(failed.Error),
            var other => throw Unknown(other),
        };

    // Not given up half-way: whether it has happened must be known.
    public Task<RouteRefusal?> ChangeRoutesAsync(
        string netNs,
        ImmutableArray<RouteInfo> remove,
        ImmutableArray<RouteInfo> add
    ) => ChangeAsync(new ChangeRoutes(netNs, remove, add));

    public Task<RouteRefusal?> OrderLinkRoutesAsync(string netNs, ImmutableArray<string> ifNames) =>
        ChangeAsync(new OrderLinkRoutes(netNs, ifNames));

    // Not given up half-way: a watch that nobody takes would keep its descriptor.
    public async Task<ILinkWatch> WatchLinksAsync(string netNs) =>
        await AskAsync(new WatchLinks(netNs), CancellationToken.None) switch
        {
            Reply.Watching watching => watching.Watch,
            Reply.Failed failed => throw new CniException(failed.Error),
            var other => throw Unknown(other),
        };

    private async Task<RouteRefusal?> ChangeAsync(ICommand change) =>
        await AskAsync(change, CancellationToken.None) switch
        {
            Reply.Ok => null,
            Reply.RouteRefused refused => new RouteRefusal(refused.Error, refused.Route, refused.IsGatewayUnusable),
            Reply.Failed failed => new RouteRefusal(failed.Error, null, false),
            var other => throw Unknown(other),
        };

    private Task<Reply> AskAsync(ICommand command, CancellationToken cancel) =>
        netlink.Ask<Reply>(command, Patience, cancel);

    private static NetNsSnapshot SnapshotOf(Reply.Ok ok) => new(true, true, ok.NetNsIdentity, ok.Inode, ok.IsOwn);

    private static InvalidOperationException Unknown(Reply reply) => new($"unknown reply {reply}");
}
