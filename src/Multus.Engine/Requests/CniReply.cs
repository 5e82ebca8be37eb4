using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Results;

namespace Multus.Engine.Requests;

/// <summary>Every answer to a <see cref="CniRequest"/>.</summary>
public abstract record CniReply
{
    private CniReply() { }

    /// <summary>All networks are attached; this is the cluster network's result.</summary>
    public sealed record Attached(CniResult Result) : CniReply;

    /// <summary>It is done; there is no result.</summary>
    public sealed record Done : CniReply;

    /// <summary>
    /// It failed. After an ADD nothing is left, or what is left is on record, and a DEL of it is stored and repeated
    /// until it is done.
    /// </summary>
    public sealed record Refused(CniError Error) : CniReply
    {
        /// <summary>
        /// A DEL of what is left is stored, or was before: it is repeated until it is done or given up.
        /// </summary>
        public bool IsStored { get; init; }

        /// <summary>
        /// What is left of the sandbox, when its namespace is gone and nothing else could be the matter: see
        /// <see cref="Detach.RollbackResult.IsHopeless"/>. Empty otherwise.
        /// </summary>
        public ImmutableArray<string> Hopeless { get; init; } = [];

        /// <summary>The sandbox was this request's, and its phases tell how far it came.</summary>
        public bool HadTurn { get; init; }

        /// <summary>It was the last try: the stored DEL waits for the operator now.</summary>
        public bool IsGivenUp { get; init; }
    }
}
