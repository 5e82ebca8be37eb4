using System.Collections.Immutable;
using Multus.Cni;

namespace Multus.Actors.Netlink;

/// <summary>What can be asked about the links of a pod's network namespace.</summary>
public static class NetlinkProtocol
{
    public interface ICommand;

    /// <summary>Are these interface names free in the namespace? Reads only; may be repeated.</summary>
    public sealed record CheckFree(string NetNs, ImmutableArray<string> IfNames) : ICommand;

    /// <summary>Are these interfaces there? Reads only; may be repeated.</summary>
    public sealed record CheckPresent(string NetNs, ImmutableArray<string> IfNames) : ICommand;

    public abstract record Reply
    {
        private Reply() { }

        /// <summary>All as asked for.</summary>
        /// <param name="NetNsIdentity">Tells the namespace from every other one since the node was started; null when the kernel does not say.</param>
        public sealed record Fine(string? NetNsIdentity = null) : Reply;

        /// <summary>This interface is not as asked for: taken, or missing.</summary>
        public sealed record Not(string IfName) : Reply;

        /// <summary>The namespace could not be entered, or the kernel refused to answer.</summary>
        public sealed record Failed(CniError Error) : Reply;
    }
}
