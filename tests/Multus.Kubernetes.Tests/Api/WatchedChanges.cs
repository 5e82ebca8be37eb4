using System.Threading.Channels;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;

namespace Multus.Kubernetes.Tests.Api;

/// <summary>Runs a watch and has what it says, in its order.</summary>
internal sealed class WatchedChanges : IAsyncDisposable
{
    private readonly Channel<ClusterChange> _changes = Channel.CreateUnbounded<ClusterChange>();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watch;

    public WatchedChanges(IClusterApi cluster) =>
        _watch = cluster.WatchAsync(change => _changes.Writer.TryWrite(change), _stop.Token);

    /// <summary>The next one; fails when it is not a <typeparamref name="T"/>.</summary>
    public async Task<T> NextAsync<T>()
        where T : ClusterChange =>
        Assert.IsType<T>(await _changes.Reader.ReadAsync().AsTask().WaitAsync(Wait.Patience));

    /// <summary>The next <typeparamref name="T"/>, whatever comes before.</summary>
    public async Task<T> UntilAsync<T>()
        where T : ClusterChange
    {
        while (true)
        {
            if (await _changes.Reader.ReadAsync().AsTask().WaitAsync(Wait.Patience) is T found)
                return found;
        }
    }

    public bool IsQuiet => _changes.Reader.Count == 0;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watch.WaitAsync(Wait.Patience);
        _stop.Dispose();
    }
}
