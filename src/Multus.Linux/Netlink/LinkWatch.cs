using System.Net.Sockets;
using System.Runtime.InteropServices;
using Multus.Linux.Native;

namespace Multus.Linux.Netlink;

/// <summary>
/// A rtnetlink socket in the multicast group of links. Waiting takes no thread: the framework waits for the descriptor,
/// as for any socket.
/// </summary>
internal sealed partial class LinkWatch : ILinkWatch
{
    private const int NetlinkFamily = 16; // AF_NETLINK
    private const int RawCloseOnExecNonBlocking = 3 | 0x80000 | 0x800; // SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK
    private const uint LinkGroup = 1; // RTMGRP_LINK
    private const int LongestDatagram = 32 * 1024; // what the kernel fills at most
    private const int RequestLength = 32; // struct nlmsghdr and struct ifinfomsg
    private const ushort DumpRequest = 0x301; // NLM_F_REQUEST | NLM_F_DUMP

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[LongestDatagram];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    private LinkWatch(Socket socket) => _socket = socket;

    /// <summary>Opens one in the network namespace of the calling thread.</summary>
    public static LinkWatch Open()
    {
        var descriptor = OpenSocket(NetlinkFamily, RawCloseOnExecNonBlocking, 0);
        if (descriptor < 0)
            throw new NetlinkException(Marshal.GetLastPInvokeError(), "socket");

        var handle = new SafeSocketHandle(descriptor, ownsHandle: true);
        var address = new NetlinkAddress { Family = NetlinkFamily, Groups = LinkGroup };
        if (Bind(handle, address, Marshal.SizeOf<NetlinkAddress>()) == 0)
            return new LinkWatch(new Socket(handle));

        var errno = Marshal.GetLastPInvokeError();
        handle.Dispose();
        throw new NetlinkException(errno, "bind to the group of links");
    }

    /// <inheritdoc/>
    public async Task SeenAsync(string ifName, CancellationToken cancel)
    {
        while (!_seen.Contains(ifName))
        {
            try
            {
                var length = await _socket.ReceiveAsync(_buffer, SocketFlags.None, cancel).ConfigureAwait(false);
                Note(_buffer.AsSpan(0, length));
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.NoBufferSpaceAvailable)
            {
                // Some news are lost; the answer comes as they do.
                _ = await _socket.SendAsync(RequestForAll(), SocketFlags.None, cancel).ConfigureAwait(false);
            }
            catch (SocketException e)
            {
                throw new NetlinkException(e.NativeErrorCode, $"waiting for link {ifName}");
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private void Note(ReadOnlySpan<byte> datagram)
    {
        var messages = new MessageReader(datagram);
        while (messages.TryRead(out var header, out var payload))
        {
            if (header.Type == LinkMessage.NewLink)
                _seen.Add(LinkMessage.Read(payload).Name);
        }
    }

    private static byte[] RequestForAll()
    {
        var request = new byte[RequestLength];
        MemoryMarshal.Write(
            request,
            new MessageHeader
            {
                Length = RequestLength,
                Type = LinkMessage.GetLink,
                Flags = DumpRequest,
            }
        );
        return request;
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(SafeSocketHandle socket, in NetlinkAddress address, int length);

    /*
        struct sockaddr_nl { sa_family_t nl_family; unsigned short nl_pad; __u32 nl_pid;
                             __u32 nl_groups; }   <linux/netlink.h>
    */
    [StructLayout(LayoutKind.Sequential)]
    private struct NetlinkAddress
    {
        public ushort Family;
        public ushort Pad;
        public uint Port;
        public uint Groups;
    }
}
