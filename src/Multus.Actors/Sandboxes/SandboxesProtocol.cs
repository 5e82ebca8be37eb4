using Multus.Engine.Requests;

namespace Multus.Actors.Sandboxes;

/// <summary>
/// What the sandboxes part can be asked beside <see cref="CniRequest"/>s, which are answered with a
/// <see cref="CniReply"/>.
/// </summary>
public static class SandboxesProtocol
{
    /// <summary>
    /// A sandbox that seems to be nobody's any more: detached unless it is being worked on; answered like any DEL. May
    /// be repeated.
    /// </summary>
    public sealed record DetachStale(CniRequest.Detach Detach)
    {
        /// <summary>
        /// The GC that it is part of: what has come for the sandbox since that began knows better. Null: part of none.
        /// </summary>
        public object? Gc { get; init; }
    }
}
