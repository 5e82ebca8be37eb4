using System.Buffers.Binary;
using System.Net.Sockets;
using Multus.Host.Server;
using Multus.Kubernetes;
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

        _pid = await PeerAsync(cancel);
        using var client = new HttpClient(UnixSocketHandler.For(socket)) { Timeout = Patience };
        try
        {
            using var answer = await client.GetAsync(new Uri($"http://dummy{WirePaths.Health}"), cancel);
            return !await DaemonIdentity.IsOursAsync(answer, cancel);
        }
        catch (Exception e)
            when (e is HttpRequestException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return SocketFolder.IsAlive(socket);
        }
    }

    /// <summary>Ends when nobody listens any more and its process, if it could be known, has gone.</summary>
    public async Task WaitForEndAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (SocketFolder.IsAlive(socket) || (_pid > 0 && Directory.Exists($"/proc/{_pid}")))
            await timer.WaitForNextTickAsync(cancel);
    }

    // struct ucred: pid, uid, gid. A process of another PID namespace has no number here: 0.
    private async Task<int> PeerAsync(CancellationToken cancel)
    {
        const int socketLevel = 1; // SOL_SOCKET
        const int peerCredentials = 17; // SO_PEERCRED
        using var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancel);
        }
        catch (SocketException)
        {
            return 0; // it has ended meanwhile: whoever asks next sees that
        }

        var credentials = new byte[12];
        return connection.GetRawSocketOption(socketLevel, peerCredentials, credentials) >= sizeof(int)
            ? BinaryPrimitives.ReadInt32LittleEndian(credentials)
            : 0;
    }
}
