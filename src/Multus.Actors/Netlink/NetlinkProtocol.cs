using System.Collections.Immutable;
using Multus.Cni;
using Multus.Linux.Netlink;

namespace Multus.Actors.Netlink;

/// <summary>What can be asked about, and done to, a pod's network namespace.</summary>
public static class NetlinkProtocol
{
    public interface ICommand;

    /// <summary>Are these interface names free in the namespace? Reads only; may be repeated.</summary>
    public sealed record CheckFree(string NetNs, ImmutableArray<string> IfNames) : ICommand
    {
        /// <summary>The namespace that the daemon itself is in, the node's, is refused with code 8.</summary>
        public bool RefusesOwn { get; init; }
    }

    /// <summary>Everything that is in the namespace. Reads only; may be repeated.</summary>
    public sealed record Inspect(string NetNs) : ICommand;

    /// <summary>
    /// Remove these routes and add those, all or nothing. Not to be repeated: removing what is gone is refused. Look
    /// again first.
    /// </summary>
    public sealed record ChangeRoutes(string NetNs, ImmutableArray<RouteInfo> Remove, ImmutableArray<RouteInfo> Add)
        : ICommand;

    /// <summary>
    /// Hear of the links that come into the namespace from now on. Whoever asked disposes of the watch.
    /// </summary>
    public sealed record WatchLinks(string NetNs) : ICommand;

    /// <summary>
    /// Have the routes that the kernel makes alike for every link be in the order of these. May be repeated: what is in
    /// order is left alone.
    /// </summary>
    public sealed record OrderLinkRoutes(string NetNs, ImmutableArray<string> IfNames) : ICommand;

    public abstract record Reply
    {
        private Reply() { }

        /// <summary>All as asked for.</summary>
        /// <param name="NetNsIdentity">Tells the namespace from every other one since the node was started; null when
        /// the kernel does not say.</param>
        public sealed record Ok(string? NetNsIdentity = null) : Reply
        {
            /// <summary>
            /// The namespace's inode, which no other has as long as it is there; null when it is not known.
            /// </summary>
            public ulong? Inode { get; init; }

            /// <summary>It is the one that the daemon itself is in: the node's.</summary>
            public bool IsOwn { get; init; }
        }

        /// <summary>This interface name is taken.</summary>
        public sealed record Taken(string IfName) : Reply;

        /// <summary>The answer to <see cref="Look"/>.</summary>
        public sealed record Snapshot(NamespaceView View) : Reply;

        /// <summary>The answer to <see cref="WatchLinks"/>.</summary>
        public sealed record Watching(ILinkWatch Watch) : Reply;

        /// <summary>
        /// The kernel refused to remove or to add this route. All is as before, unless the error says otherwise.
        /// </summary>
        /// <param name="IsGatewayUnusable">The route's gateway is in no network of its link, or not another
        /// host.</param>
        public sealed record RouteRefused(RouteInfo Route, bool IsGatewayUnusable, CniError Error) : Reply;

        /// <summary>The namespace could not be entered, or the kernel refused to answer.</summary>
        public sealed record Failed(CniError Error) : Reply;
    }
}
