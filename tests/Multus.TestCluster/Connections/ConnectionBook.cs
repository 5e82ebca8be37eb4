using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Multus.TestCluster.Connections;

/// <summary>Every TCP connection that is open, and what a test may do to all of them at once.</summary>
public sealed class ConnectionBook
{
    private readonly ConcurrentDictionary<string, ConnectionContext> _open = new();
    private readonly Gate _flow = new();
    private int _accepted;
    private int _toReset;

    /// <summary>How many there are now.</summary>
    public int Open => _open.Count;

    /// <summary>How many there have been: a client that keeps its connection alive does not raise it.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>How many reads and writes of stalled connections have something to carry and may not.</summary>
    public int Held => _flow.Waiting;

    /// <summary>
    /// From now on no byte passes on any connection, old or new; nothing is closed. A half-open network.
    /// </summary>
    public void Stall() => _flow.Close();

    public void Resume() => _flow.Open();

    /// <summary>Breaks all of them off, without a word to the other side but the kernel's reset.</summary>
    public void ResetAll()
    {
        foreach (var connection in _open.Values)
            connection.Abort(new ConnectionAbortedException("the test resets all connections"));
    }

    /// <summary>
    /// The next connections are reset as soon as they are made, before a byte is exchanged: a balancer without a server
    /// behind it. A client may find that out in the middle of making them.
    /// </summary>
    public void ResetNext(int count) => Volatile.Write(ref _toReset, count);

    internal async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        Interlocked.Increment(ref _accepted);
        if (Interlocked.Decrement(ref _toReset) >= 0)
        {
            connection.Abort(new ConnectionAbortedException("the test resets this connection"));
            return;
        }

        _open[connection.ConnectionId] = connection;
        connection.Transport = new StallingTransport(connection.Transport, _flow);
        try
        {
            await next(connection);
        }
        finally
        {
            _open.TryRemove(connection.ConnectionId, out _);
        }
    }

    internal void Reset(string connectionId)
    {
        if (_open.TryGetValue(connectionId, out var connection))
            connection.Abort(new ConnectionAbortedException("the test resets this connection"));
    }
}
