using System.Runtime.InteropServices;
using Multus.Linux.Native;

namespace Multus.Linux.Processes;

/// <summary>
/// Our end of a process's stdin, and what is still to be written into it. Closed as soon as that is nothing.
/// </summary>
internal struct StdinFeed(int fd, ReadOnlyMemory<byte> content)
{
    private int _fd = fd;
    private int _written;

    /// <summary>-1 when closed, which poll(2) passes over.</summary>
    public readonly int Fd => _fd;

    /// <summary>Writes what the pipe takes now.</summary>
    /// <exception cref="IOException">Something is wrong with the pipe itself; a process that does not read is no
    /// error.</exception>
    public void Write()
    {
        while (_fd >= 0 && _written < content.Length)
        {
            var rest = content.Span[_written..];
            var count = ProcessCalls.Write(_fd, rest, rest.Length);
            if (count >= 0)
            {
                _written += (int)count;
                continue;
            }

            var errno = Marshal.GetLastPInvokeError();
            if (errno == Errno.EAGAIN)
                return;
            if (errno == Errno.EPIPE)
                break; // it does not want it; its answer is what counts
            if (errno != Errno.EINTR)
                throw new IOException($"cannot write stdin: {Errno.Describe(errno)}");
        }

        Close();
    }

    public void Close()
    {
        Descriptor.CloseNumber(_fd);
        _fd = -1;
    }
}
