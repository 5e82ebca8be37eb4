using System.Net.Sockets;
using Multus.Cni;
using Multus.Wire;

namespace Multus.Shim;

/// <summary>
/// One request over one connection. Everything blocks: the shim has nothing else to do, and threads cost more than they
/// bring.
/// </summary>
internal static class DaemonConnection
{
    private const int FirstBuffer = 8 * 1024;

    public static Attempt Exchange(string socketPath, ReadOnlySpan<byte> request, Deadline deadline)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        if (Connect(socket, socketPath, deadline) is { } notConnected)
            return notConnected;

        var unsent = Send(socket, request, deadline);
        try
        {
            return Receive(socket, deadline, unsent);
        }
        catch (WireFormatException unreadable)
        {
            return new Attempt.Failed(
                new(
                    CniErrorCode.Internal,
                    $"the daemon at {socketPath} answered what cannot be read: {unreadable.Message}"
                )
            );
        }
    }

    private static Attempt? Connect(Socket socket, string socketPath, Deadline deadline)
    {
        try
        {
            socket.SendTimeout = deadline.LeftMilliseconds; // bounds connect too: a full backlog makes it wait
            socket.Connect(new UnixDomainSocketEndPoint(socketPath));
            return null;
        }
        catch (SocketException missing) when (missing.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            return new Attempt.Absent($"there is no socket {socketPath}");
        }
        catch (SocketException deaf) when (deaf.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return new Attempt.Absent($"nobody listens on {socketPath}");
        }
        catch (SocketException busy) when (busy.SocketErrorCode is SocketError.WouldBlock or SocketError.TimedOut)
        {
            return new Attempt.TimedOut(
                $"the daemon at {socketPath} accepted no connection in {DurationText.Of(deadline.Passed)}"
            );
        }
        catch (SocketException refused)
        {
            return new Attempt.Failed(
                new(
                    CniErrorCode.Io,
                    $"cannot connect to the daemon at {socketPath}: {refused.Message} ({refused.SocketErrorCode})"
                )
            );
        }
        catch (ArgumentException)
        {
            return new Attempt.Failed(
                new(
                    CniErrorCode.InvalidNetworkConfig,
                    $"no unix socket can have the path {socketPath}: check daemonSocketDir"
                )
            );
        }
    }

    /// <summary>
    /// What went wrong, or null. A daemon may refuse before it has read everything, so its answer is read in any case.
    /// </summary>
    private static string? Send(Socket socket, ReadOnlySpan<byte> request, Deadline deadline)
    {
        try
        {
            while (!request.IsEmpty)
            {
                socket.SendTimeout = deadline.LeftMilliseconds;
                request = request[socket.Send(request)..];
            }

            return null;
        }
        catch (SocketException cut)
        {
            return $"the connection broke while the request was sent: {cut.SocketErrorCode}";
        }
    }

    private static Attempt Receive(Socket socket, Deadline deadline, string? unsent)
    {
        var buffer = new byte[FirstBuffer];
        var length = 0;
        while (true)
        {
            if (ReceiveMore(socket, buffer.AsSpan(length), deadline, unsent, out var read) is { } ended)
                return ended;

            length += read;
            if (HttpMessage.TryRead(buffer.AsMemory(0, length), isEnded: read == 0, out var reply))
                return new Attempt.Answered(reply);
            if (read == 0)
                return new Attempt.Broken(
                    unsent
                        ?? "the connection was closed "
                            + $"{(length == 0 ? "without an answer" : "in the middle of the answer")}"
                );
            if (length > WireLimits.MaxReplyBytes)
                throw new WireFormatException($"it is longer than {WireLimits.MaxReplyBytes} bytes");
            if (length == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
        }
    }

    /// <summary>
    /// How the exchange has ended, or null when there are bytes, or none because the other side has closed the
    /// connection.
    /// </summary>
    private static Attempt? ReceiveMore(Socket socket, Span<byte> into, Deadline deadline, string? unsent, out int read)
    {
        read = 0;
        if (deadline.IsOver)
            return TimedOut(deadline);
        try
        {
            socket.ReceiveTimeout = deadline.LeftMilliseconds;
            read = socket.Receive(into);
            return null;
        }
        catch (SocketException late) when (late.SocketErrorCode is SocketError.WouldBlock or SocketError.TimedOut)
        {
            return TimedOut(deadline);
        }
        catch (SocketException cut)
        {
            return new Attempt.Broken(unsent ?? $"the connection broke before the answer: {cut.SocketErrorCode}");
        }
    }

    private static Attempt.TimedOut TimedOut(Deadline deadline) =>
        new($"the daemon has not answered in {DurationText.Of(deadline.Passed)}");
}
