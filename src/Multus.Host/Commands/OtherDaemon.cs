using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Multus.Host.Server;
using Multus.Wire;

namespace Multus.Host.Commands;

/// <summary>A daemon that listens on the socket and is none of ours: upstream's, in whose place ours comes.</summary>
internal sealed class OtherDaemon(string socket, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private int _pid;

    public string Socket => socket;

    /// <summary>Asks it. One that does not answer is not ours.</summary>
    public async Task<bool> IsThereAsync(CancellationToken cancel)
    {
        if (!SocketFolder.IsAlive(socket))
            return false;

        using var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), either.Token);
            _pid = PeerOf(connection);
            return !await IsOursAsync(connection, either.Token);
        }
        catch (SocketException)
        {
            return SocketFolder.IsAlive(socket);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return true;
        }
    }

    /// <summary>Ends when nobody listens any more and its process, if it could be known, has gone.</summary>
    public async Task WaitForEndAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (SocketFolder.IsAlive(socket) || (_pid > 0 && Directory.Exists($"/proc/{_pid}")))
            await timer.WaitForNextTickAsync(cancel);
    }

    // Ours answers with figures, upstream's with nothing.
    private static async Task<bool> IsOursAsync(Socket connection, CancellationToken cancel)
    {
        await connection.SendAsync(
            Encoding.ASCII.GetBytes($"GET {WirePaths.Health} HTTP/1.1\r\nHost: dummy\r\nConnection: close\r\n\r\n"),
            cancel
        );
        var buffer = new byte[4096];
        var length = 0;
        while (
            length < buffer.Length && await connection.ReceiveAsync(buffer.AsMemory(length), cancel) is > 0 and var n
        )
            length += n;
        return Encoding.UTF8.GetString(buffer, 0, length).Contains("\"ready\"", StringComparison.Ordinal);
    }

    // struct ucred: pid, uid, gid. A process of another PID namespace has no number here: 0.
    private static int PeerOf(Socket connection)
    {
        const int socketLevel = 1; // SOL_SOCKET
        const int peerCredentials = 17; // SO_PEERCRED
        Span<byte> credentials = stackalloc byte[12];
        return connection.GetRawSocketOption(socketLevel, peerCredentials, credentials) >= sizeof(int)
            ? BinaryPrimitives.ReadInt32LittleEndian(credentials)
            : 0;
    }
}
