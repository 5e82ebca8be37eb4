using System.Collections.Immutable;
using Multus.Cni;
using Multus.Engine.Ports;
using Multus.Linux.Namespaces;
using Multus.Linux.Netlink;

namespace Multus.Engine.Kernel;

/// <summary>
/// Network namespaces without anybody between: each question enters the namespace on a thread of its own, which ends
/// with it. For a process that asks a few times; who asks often keeps threads.
/// </summary>
public sealed class KernelNetNs(ILinkInspector links, IRouteTable routes) : INetNs
{
    public Task<NetNsSnapshot> InspectAsync(string netNs, CancellationToken cancel) =>
        OnThread(
            () =>
            {
                try
                {
                    return NamespaceLook.Identify(links, netNs);
                }
                catch (NamespaceException)
                {
                    return NetNsSnapshot.Nothing;
                }
                catch (NetlinkException)
                {
                    return NetNsSnapshot.Unclear;
                }
            },
            cancel
        );

    public Task<NetNsSnapshot> RequireFreeAsync(
        string netNs,
        ImmutableArray<string> ifNames,
        bool mayBeOwn,
        CancellationToken cancel
    ) => AskAsync(() => RequireFree(netNs, ifNames, mayBeOwn), cancel);

    public Task<NamespaceView> ListAsync(string netNs, CancellationToken cancel) =>
        AskAsync(() => routes.Inspect(netNs), cancel);

    public Task<RouteRefusal?> ChangeRoutesAsync(
        string netNs,
        ImmutableArray<RouteInfo> remove,
        ImmutableArray<RouteInfo> add
    ) => ChangeAsync(() => routes.Change(netNs, remove, add));

    public Task<RouteRefusal?> OrderLinkRoutesAsync(string netNs, ImmutableArray<string> ifNames) =>
        ChangeAsync(() => routes.PutInOrder(netNs, ifNames));

    // Not given up half-way: a watch that nobody takes would keep its descriptor.
    public Task<ILinkWatch> WatchLinksAsync(string netNs) => AskAsync(() => links.Watch(netNs), CancellationToken.None);

    private NetNsSnapshot RequireFree(string netNs, ImmutableArray<string> ifNames, bool mayBeOwn)
    {
        if (!mayBeOwn && NetworkNamespace.IsOwn(netNs))
            throw new CniException(NetNsErrors.Own(netNs));
        return NamespaceLook.FindTaken(links, netNs, ifNames) is { } taken
            ? throw NetNsErrors.Taken(taken, netNs)
            : NamespaceLook.Identify(links, netNs);
    }

    private static Task<T> AskAsync<T>(Func<T> ask, CancellationToken cancel) =>
        OnThread(
            () =>
            {
                try
                {
                    return ask();
                }
                catch (Exception e) when (KernelErrors.Of(e) is { } error)
                {
                    throw new CniException(error, e);
                }
            },
            cancel
        );

    // Not given up half-way: whether it has happened must be known.
    private static Task<RouteRefusal?> ChangeAsync(Action change) =>
        OnThread(
            () =>
            {
                try
                {
                    change();
                    return null;
                }
                catch (RouteException refused)
                {
                    return KernelErrors.Refusal(refused);
                }
                catch (Exception e) when (KernelErrors.Of(e) is { } error)
                {
                    return new RouteRefusal(error, null, false);
                }
            },
            CancellationToken.None
        );

    // Never one of the pool's: a thread that is in a pod's namespace must not be given anything else to do there.
    private static Task<T> OnThread<T>(Func<T> work, CancellationToken cancel) =>
        Task.Factory.StartNew(work, cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
