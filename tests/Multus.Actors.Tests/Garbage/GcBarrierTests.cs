using Multus.Engine.Gc;

namespace Multus.Actors.Tests.Garbage;

public class GcBarrierTests
{
    private readonly GcBarrier _gate = new();
    private readonly object _gc = new();

    [Fact]
    public async Task Who_asks_while_a_network_is_closed_waits_until_it_is_open()
    {
        _gate.Close("net", _gc);
        var waiting = _gate.WaitAsync("net", CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        Assert.True(_gate.WaitAsync("other", CancellationToken.None).IsCompleted);

        _gate.Open("net", _gc);

        await waiting.WaitAsync(Patience);
        Assert.True(_gate.WaitAsync("net", CancellationToken.None).IsCompleted);
    }

    [Fact]
    public async Task The_end_of_a_collection_of_before_a_crash_does_not_open_what_the_next_has_closed()
    {
        var next = new object();
        _gate.Close("net", _gc);
        _gate.Close("net", next);

        _gate.Open("net", _gc);
        _gate.Open("net", _gc); // it opens each network as it is done with it, and all at its end
        var waiting = _gate.WaitAsync("net", CancellationToken.None);
        Assert.False(waiting.IsCompleted);

        _gate.Open("net", next);
        await waiting.WaitAsync(Patience);
    }

    [Fact]
    public async Task Waiting_ends_when_it_is_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        _gate.Close("net", _gc);
        var waiting = _gate.WaitAsync("net", cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}
