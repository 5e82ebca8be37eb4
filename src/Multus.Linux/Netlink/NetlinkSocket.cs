using System.Buffers;
using System.Runtime.InteropServices;
using Multus.Linux.Native;

namespace Multus.Linux.Netlink;

/// <summary>
/// A rtnetlink socket. It belongs for ever to the network namespace in which it was opened, whatever thread uses it
/// later.
/// </summary>
internal sealed partial class NetlinkSocket : IDisposable
{
    public const ushort CreateFlag = 0x400; // NLM_F_CREATE

    private const int NetlinkFamily = 16; // AF_NETLINK
    private const int RawCloseOnExec = 3 | 0x80000; // SOCK_RAW | SOCK_CLOEXEC
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int ReceiveTimeout = 20; // SO_RCVTIMEO

    // SO_NETNS_COOKIE: a number that the kernel gives to one namespace only, as long as it runs.
    private const int NetNsCookie = 71;
    private const int ReturnWholeLength = 0x20; // MSG_TRUNC
    private const int MessageHeaderLength = 16;
    private const int LongestDatagram = 64 * 1024; // the kernel fills at most 32 KiB of a dump's buffer
    private const ushort ErrorType = 2; // NLMSG_ERROR
    private const ushort DoneType = 3; // NLMSG_DONE
    private const ushort RequestFlag = 1; // NLM_F_REQUEST
    private const ushort AcknowledgeFlag = 4; // NLM_F_ACK: a change is answered with an errno, zero when it is done
    private const ushort MultiFlag = 2; // NLM_F_MULTI
    private const ushort InterruptedFlag = 0x10; // NLM_F_DUMP_INTR: something changed while the dump ran
    private const ushort DumpFlag = 0x300; // NLM_F_DUMP

    private readonly Descriptor _socket;
    private uint _sequence;

    private NetlinkSocket(Descriptor socket) => _socket = socket;

    /// <summary>Opens one in the network namespace of the calling thread.</summary>
    public static NetlinkSocket Open()
    {
        var socket = new Descriptor(OpenSocket(NetlinkFamily, RawCloseOnExec, 0));
        if (socket.IsInvalid)
            throw new NetlinkException(Marshal.GetLastPInvokeError(), "socket");

        // The kernel answers within the call; should it not, an actor's thread is not lost to it.
        ReadOnlySpan<long> fiveSeconds = [5, 0];
        _ = SetOption(socket, SocketLevel, ReceiveTimeout, MemoryMarshal.AsBytes(fiveSeconds), 2 * sizeof(long));
        return new NetlinkSocket(socket);
    }

    /// <summary>Sends one request and reads its answer to the end.</summary>
    /// <param name="name">For error texts: what is asked, and of what.</param>
    /// <exception cref="NetlinkException">The kernel refused, with its errno; or no answer, or one that is cut
    /// off.</exception>
    public void Ask(ushort type, bool dump, ReadOnlySpan<byte> body, string name, MessageHandler onMessage) =>
        Exchange(type, dump ? DumpFlag : (ushort)0, body, name, onMessage);

    /// <summary>Sends one request for a change, and returns when it is done.</summary>
    /// <param name="name">For error texts: what is told, and of what.</param>
    /// <exception cref="NetlinkException">The kernel refused, with its errno; or no answer, or one that is cut
    /// off.</exception>
    public void Tell(ushort type, ushort flags, ReadOnlySpan<byte> body, string name) =>
        Exchange(type, (ushort)(AcknowledgeFlag | flags), body, name, static (_, _) => { });

    private void Exchange(ushort type, ushort flags, ReadOnlySpan<byte> body, string name, MessageHandler onMessage)
    {
        var request = new byte[MessageHeaderLength + body.Length];
        var header = new MessageHeader
        {
            Length = (uint)request.Length,
            Type = type,
            Flags = (ushort)(RequestFlag | flags),
            Sequence = ++_sequence,
        };
        MemoryMarshal.Write(request, header);
        body.CopyTo(request.AsSpan(MessageHeaderLength));
        if (Send(_socket, request, request.Length, 0) < 0)
            throw new NetlinkException(Marshal.GetLastPInvokeError(), name);

        // A new one each time was a third of what an ADD allocated.
        var buffer = ArrayPool<byte>.Shared.Rent(LongestDatagram);
        try
        {
            while (!IsAnswered(Receive(buffer, name), name, onMessage)) { }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The kernel's number for the namespace to which this socket belongs; null before Linux 5.14.</summary>
    public ulong? NamespaceCookie()
    {
        Span<byte> value = stackalloc byte[sizeof(ulong)];
        var length = value.Length;
        return GetOption(_socket, SocketLevel, NetNsCookie, value, ref length) == 0 && length == sizeof(ulong)
            ? MemoryMarshal.Read<ulong>(value)
            : null;
    }

    public void Dispose() => _socket.Dispose();

    private ReadOnlySpan<byte> Receive(byte[] buffer, string name)
    {
        while (true)
        {
            var length = Receive(_socket, buffer, buffer.Length, ReturnWholeLength);
            if (length > buffer.Length)
                throw new NetlinkException(Errno.EMSGSIZE, name);
            if (length >= 0)
                return buffer.AsSpan(0, (int)length);

            var errno = Marshal.GetLastPInvokeError();
            if (errno != Errno.EINTR)
                throw new NetlinkException(errno == Errno.EAGAIN ? Errno.ETIMEDOUT : errno, name);
        }
    }

    private bool IsAnswered(ReadOnlySpan<byte> datagram, string name, MessageHandler onMessage)
    {
        var messages = new MessageReader(datagram);
        while (messages.TryRead(out var header, out var payload))
        {
            if (header.Sequence != _sequence)
                continue;
            if ((header.Flags & InterruptedFlag) != 0)
                throw new NetlinkException(Errno.EINTR, name);
            if (header.Type is ErrorType or DoneType)
                return IsGoodEnd(header, payload, name);

            onMessage(header, payload);
            if ((header.Flags & MultiFlag) == 0)
                return true;
        }

        return false;
    }

    // Both begin with a negative errno, or zero: struct nlmsgerr, and the end of a dump.
    private static bool IsGoodEnd(MessageHeader header, ReadOnlySpan<byte> payload, string name)
    {
        if (payload.Length < sizeof(int))
            throw new InvalidDataException(
                $"netlink {name}: message of type {header.Type} has {payload.Length} bytes; an errno has {sizeof(int)}"
            );

        var errno = -MemoryMarshal.Read<int>(payload);
        return errno == 0 ? true : throw new NetlinkException(errno, name);
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(
        Descriptor socket,
        int level,
        int option,
        ReadOnlySpan<byte> value,
        int length
    );

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetOption(Descriptor socket, int level, int option, Span<byte> value, ref int length);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(Descriptor socket, ReadOnlySpan<byte> data, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(Descriptor socket, Span<byte> data, nint length, int flags);
}

/// <summary>
/// What the kernel answers to one request: called for each message that is neither an error nor the end.
/// </summary>
internal delegate void MessageHandler(MessageHeader header, ReadOnlySpan<byte> payload);
