using Multus.TestCluster.Objects;
using Multus.TestCluster.Statuses;

namespace Multus.TestCluster.Watching;

/// <summary>What goes down a watch stream next.</summary>
internal abstract record WatchSignal
{
    private WatchSignal()
    {
        // closed: the cases below are all there are
    }

    public sealed record Event(string Type, StoredObject Object) : WatchSignal;

    public sealed record Bookmark(long Revision, bool EndsInitialEvents) : WatchSignal;

    /// <summary>An event of type ERROR, after which the server ends the stream.</summary>
    public sealed record Error(ApiStatus Status) : WatchSignal;

    /// <summary>Bytes as they are, for what a server should never send.</summary>
    public sealed record Raw(ReadOnlyMemory<byte> Bytes) : WatchSignal;

    /// <summary>The server ends the stream in good order.</summary>
    public sealed record End : WatchSignal;

    /// <summary>The stream breaks off.</summary>
    public sealed record Reset : WatchSignal;
}
