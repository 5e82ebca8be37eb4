using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Multus.Linux.Files;

namespace Multus.Host.Server;

/// <summary>
/// A listener that comes back when somebody deletes its socket: until then a daemon that is well would answer nobody,
/// and nobody would know why. Kestrel sees one listener all along, so connections under way go on, and its limits hold
/// over all of them.
/// </summary>
internal sealed class LastingSocket : IConnectionListener
{
    /// <summary>How often the socket's file is looked for: one call of the kernel's.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>How often a daemon that has taken the node over is asked whether it still listens.</summary>
    public static readonly TimeSpan Asking = TimeSpan.FromSeconds(3);

    private const string NewName = ".multus.new";

    private readonly IConnectionListenerFactory _transport;
    private readonly string _path;
    private readonly ILogger _log;
    private readonly Lock _one = new();
    private readonly CancellationTokenSource _unbinding = new();
    private readonly TimeProvider _time;
    private IConnectionListener _inner;
    private Task _watching = Task.CompletedTask;
    private ulong? _inode;
    private string _trouble = "";
    private long _askedAt;

    private readonly TaskCompletionSource _unbound = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LastingSocket(
        IConnectionListenerFactory transport,
        string path,
        IConnectionListener inner,
        TimeProvider time,
        ILogger log
    )
    {
        _transport = transport;
        _path = path;
        _inner = inner;
        _time = time;
        _log = log;
        _inode = FileStatus.FindLink(path)?.Inode;
    }

    /// <summary>Ends when nobody can connect any more, as far as that could be had.</summary>
    public Task WhenUnbound => _unbound.Task;

    /// <summary>
    /// Whether the name leads to this listener. If not, another daemon has taken the node over: what has connected
    /// before is still accepted and answered here.
    /// </summary>
    public bool IsOwner { get; private set; } = true;

    public EndPoint EndPoint => new UnixDomainSocketEndPoint(_path);

    public static async Task<LastingSocket> BindAsync(
        IConnectionListenerFactory transport,
        string path,
        TimeProvider time,
        ILogger log,
        CancellationToken cancel
    )
    {
        var socket = new LastingSocket(transport, path, await BindOneAsync(transport, path, cancel), time, log);
        socket._watching = socket.WatchAsync();
        return socket;
    }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var inner = Inner;
            if (await inner.AcceptAsync(cancellationToken) is { } connection)
                return connection;
            if (inner == Inner)
                return null; // unbound, and not for another
        }
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await EndWatchAsync();
            await Inner.UnbindAsync(cancellationToken);
            if (FileStatus.FindLink(_path)?.Inode == _inode)
                File.Delete(_path);
        }
        finally
        {
            _unbound.TrySetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndWatchAsync();
        await Inner.DisposeAsync();
        _unbinding.Dispose();
    }

    private IConnectionListener Inner
    {
        get
        {
            lock (_one)
                return _inner;
        }
    }

    private async Task EndWatchAsync()
    {
        if (!_watching.IsCompleted)
            await _unbinding.CancelAsync();
        await _watching;
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_unbinding.Token))
                await LookAsync();
        }
        catch (OperationCanceledException) when (_unbinding.IsCancellationRequested)
        {
            // nobody is to be answered any more
        }
    }

    private async Task LookAsync()
    {
        try
        {
            var found = FileStatus.FindLink(_path);
            if (found is { } socket && (socket.Inode == _inode || IsAnothers()))
            {
                SayOwner(socket.Inode == _inode);
                return;
            }

            SocketFolder.Make(Path.GetDirectoryName(_path)!);
            var (before, now) = (Inner, await BindOneAsync(_transport, _path, _unbinding.Token));
            _inode = FileStatus.FindLink(_path)?.Inode;
            lock (_one)
                _inner = now;
            // Its connections go on; who waits for the next one, waits at the new socket.
            await before.UnbindAsync(_unbinding.Token);
            HostLog.SocketMadeAgain(_log, _path);
            SayOwner(true);
            _trouble = "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException)
        {
            if (_trouble == e.Message)
                return; // said, and tried again at the next look
            _trouble = e.Message;
            HostLog.SocketNotMadeAgain(_log, _path, e.Message);
        }
    }

    // A daemon that has taken over and was killed leaves its socket: then the node is this one's again.
    private bool IsAnothers()
    {
        if (!IsOwner && _time.GetElapsedTime(_askedAt) < Asking)
            return true;
        _askedAt = _time.GetTimestamp();
        return SocketFolder.IsAlive(_path);
    }

    private void SayOwner(bool isOwner)
    {
        if (isOwner == IsOwner)
            return;
        IsOwner = isOwner;
        if (isOwner)
            HostLog.OwnsNodeAgain(_log, _path);
        else
            HostLog.HandedOver(_log, _path);
    }

    private static async Task<IConnectionListener> BindOneAsync(
        IConnectionListenerFactory transport,
        string path,
        CancellationToken cancel
    )
    {
        // Under another name first: .NET deletes the name that a socket was bound to when it closes it, and it must not
        // be that of its successor. It has its mode, too, before anybody can find it. The name is no longer than the
        // socket's, whose length is bounded.
        var name = Path.Combine(Path.GetDirectoryName(path)!, NewName);
        File.Delete(name);
        var listener = await transport.BindAsync(new UnixDomainSocketEndPoint(name), cancel);
        try
        {
            SocketFolder.Protect(name);
            File.Move(name, path, overwrite: true); // rename: a daemon that runs loses no connection
            return listener;
        }
        catch
        {
            await listener.DisposeAsync();
            throw;
        }
    }
}

/// <summary>
/// Makes a <see cref="LastingSocket"/> of each unix socket that Kestrel is to listen on; it listens on nothing else.
/// </summary>
internal sealed class LastingTransport(IConnectionListenerFactory transport, TimeProvider time, ILogger log)
    : IConnectionListenerFactory
{
    private readonly List<LastingSocket> _sockets = [];

    /// <summary>Whether it listens, and the names of all lead to this process.</summary>
    public bool IsOwner => _sockets.Count > 0 && _sockets.TrueForAll(socket => socket.IsOwner);

    /// <summary>Ends when nobody can connect to any of them any more.</summary>
    public Task WhenUnbound => Task.WhenAll(_sockets.Select(socket => socket.WhenUnbound));

    public async ValueTask<IConnectionListener> BindAsync(
        EndPoint endpoint,
        CancellationToken cancellationToken = default
    )
    {
        var socket = await LastingSocket.BindAsync(transport, endpoint.ToString()!, time, log, cancellationToken);
        _sockets.Add(socket);
        return socket;
    }
}
