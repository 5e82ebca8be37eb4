using System.Net.Sockets;
using Multus.Linux.Files;

namespace Multus.Host.Server;

/// <summary>
/// The socket's folder and file: only root may reach them (wire-and-daemon.md §2). Nothing else in the folder is ever
/// touched.
/// </summary>
internal static class SocketFolder
{
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode SocketMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>How often somebody else's socket is asked whether there is still somebody.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Makes the folder, agrees with a daemon that listens there, and removes the socket that one that was killed has
    /// left. One of ours hands the node over; another, upstream's, in whose place this one comes, has to end first.
    /// </summary>
    /// <exception cref="IOException">Something that is no socket has the name: it is left alone.</exception>
    public static async Task<Handover> PrepareAsync(string folder, TimeProvider time, ILogger log)
    {
        var socket = Make(folder);
        if (IsAlive(socket))
        {
            var handover = await Handover.AskAsync(socket);
            if (handover.IsOn)
            {
                HostLog.TakesOver(log, socket, handover.Version);
                return handover; // its socket stays until ours has taken its place
            }

            var began = time.GetTimestamp();
            HostLog.SocketTaken(log, socket);
            do await Task.Delay(Pause, time);
            while (IsAlive(socket));
            HostLog.SocketFree(log, socket, time.GetElapsedTime(began).TotalSeconds);
        }

        File.Delete(socket);
        return Handover.None;
    }

    /// <summary>Makes the folder, if it is not there, and gives it its mode.</summary>
    /// <returns>The socket's path.</returns>
    public static string Make(string folder)
    {
        DurableFile.CreateFolder(folder, FolderMode);
        File.SetUnixFileMode(folder, FolderMode);
        return Wire.WirePaths.Socket(folder);
    }

    public static void Protect(string socket) => File.SetUnixFileMode(socket, SocketMode);

    /// <summary>Whether somebody listens there.</summary>
    /// <exception cref="IOException">It is no socket, or it cannot be known.</exception>
    public static bool IsAlive(string socket)
    {
        if (FileStatus.FindLink(socket) is not { } found)
            return false;
        if (found.Kind != FileKind.Socket)
            throw new IOException(
                $"{socket} is {found.Kind.Words()}, where the daemon's socket has to be: it is left as it is; "
                    + "remove it, or set another socketDir"
            );

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
            throw new IOException($"{socket} could not be asked whether a daemon listens there: {e.Message}", e);
        }
    }
}
