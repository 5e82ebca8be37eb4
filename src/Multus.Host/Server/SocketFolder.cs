using System.Net.Sockets;

namespace Multus.Host.Server;

/// <summary>The socket's folder and file: only root may reach them (wire-and-daemon.md §2). Nothing else in the folder is ever touched.</summary>
internal static class SocketFolder
{
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode SocketMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>How often somebody else's socket is asked whether there is still somebody.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Makes the folder, waits for another daemon that listens there to end (upstream's, in whose place this one comes), and removes the socket that a daemon has left.
    /// </summary>
    /// <exception cref="IOException">Something that is no socket has the name.</exception>
    public static async Task PrepareAsync(string folder, TimeProvider time, ILogger log)
    {
        Directory.CreateDirectory(folder, FolderMode);
        File.SetUnixFileMode(folder, FolderMode);
        var socket = Wire.WirePaths.Socket(folder);
        if (IsAlive(socket))
        {
            var began = time.GetTimestamp();
            HostLog.SocketTaken(log, socket);
            do
                await Task.Delay(Pause, time).ConfigureAwait(false);
            while (IsAlive(socket));
            HostLog.SocketFree(log, socket, time.GetElapsedTime(began).TotalSeconds);
        }

        File.Delete(socket);
    }

    public static void Protect(string socket) => File.SetUnixFileMode(socket, SocketMode);

    private static bool IsAlive(string socket)
    {
        if (!File.Exists(socket))
            return false;

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(socket));
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused || !File.Exists(socket))
        {
            return false;
        }
        catch (SocketException e)
        {
            throw new IOException($"{socket} is in the way and is no socket that could be asked: {e.Message}", e);
        }
    }
}
