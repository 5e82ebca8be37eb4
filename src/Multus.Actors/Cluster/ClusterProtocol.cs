using System.Collections.Immutable;
using Multus.Cni;
using Multus.Core.Networks;
using Multus.Core.Pods;

namespace Multus.Actors.Cluster;

/// <summary>What can be asked about the cluster. Everything here only reads and may be repeated.</summary>
public static class ClusterProtocol
{
    public interface ICommand;

    /// <summary>
    /// Which pod is this? Answered from memory; a pod that memory lacks, or holds with another UID, is asked for once
    /// more at the source.
    /// </summary>
    /// <param name="Key">Namespace and name.</param>
    /// <param name="Uid">The UID that the runtime gave, or empty: then any pod of that name is meant.</param>
    public sealed record FindPod(PodKey Key, string Uid) : ICommand;

    /// <summary>
    /// Which network attachment definitions are these? Those that memory lacks are asked for at the source.
    /// </summary>
    public sealed record FindNetworks(ImmutableArray<NetworkKey> Keys) : ICommand
    {
        /// <summary>
        /// No API server is asked: what memory lacks does not exist, and before it has a picture that is a failure.
        /// </summary>
        public bool FromMemory { get; init; }
    }

    public abstract record PodReply
    {
        private PodReply() { }

        public sealed record Found(Pod Pod) : PodReply;

        /// <summary>The source itself says that there is no such pod.</summary>
        public sealed record Unknown : PodReply;

        /// <summary>There is a pod of that name, and the source itself says that it is another one.</summary>
        public sealed record Replaced(string FoundUid) : PodReply;

        /// <summary>Not known, and the source could not be asked: nothing may be decided from that.</summary>
        public sealed record Failed(CniError Error) : PodReply;
    }

    public abstract record NetworksReply
    {
        private NetworksReply() { }

        /// <summary>Those that exist; a key that is missing here does not exist.</summary>
        public sealed record Found(ImmutableDictionary<NetworkKey, NetworkAttachmentDefinition> Networks)
            : NetworksReply;

        public sealed record Failed(CniError Error) : NetworksReply;
    }
}
