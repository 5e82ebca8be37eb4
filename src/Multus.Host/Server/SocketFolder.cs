using System.Net.Sockets;
using Multus.Linux.Files;

namespace Multus.Host.Server;

/// <summary>The socket's folder and file: only root may reach them (wire-and-daemon.md §2). Nothing else in the folder is ever touched.</summary>
internal static class SocketFolder
{
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode SocketMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes the folder, and removes the socket that a daemon that was killed has left.</summary>
    /// <exception cref="IOException">Another daemon is listening there, or something that is no socket has the name: it is left alone.</exception>
    public static void Prepare(string folder)
    {
        DurableFile.CreateFolder(folder, FolderMode);
        File.SetUnixFileMode(folder, FolderMode);
        var socket = Wire.WirePaths.Socket(folder);
        if (FileStatus.FindLink(socket) is not { } found)
            return;
        if (found.Kind != FileKind.Socket)
            throw new IOException($"{socket} is {found.Kind.Words()}, where the daemon's socket has to be: it is left as it is; remove it, or set another socketDir");

        if (IsAlive(socket))
            throw new IOException($"another daemon is listening on {socket}; stop it first, or give this one another socketDir");
        File.Delete(socket);
    }

    public static void Protect(string socket) => File.SetUnixFileMode(socket, SocketMode);

    private static bool IsAlive(string socket)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(socket));
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return false;
        }
        catch (SocketException e)
        {
            throw new IOException($"{socket} is in the way and is no socket that could be asked: {e.Message}", e);
        }
    }
}
