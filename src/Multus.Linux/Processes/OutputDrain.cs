using System.Runtime.InteropServices;
using Multus.Linux.Native;

namespace Multus.Linux.Processes;

/// <summary>
/// Our end of a process's stdout or stderr, and what came out of it, up to a bound. Closed when nothing more can come.
/// </summary>
internal struct OutputDrain(int fd, int limit)
{
    /// <summary>
    /// Most that a pipe holds by default (fs.pipe-max-size): what a leader left in it, while a grandchild may write on
    /// for ever.
    /// </summary>
    private const int MostInPipe = 1 << 20;

    private int _fd = fd;
    private BoundedOutput _kept = new(limit);

    /// <summary>-1 when closed, which poll(2) passes over.</summary>
    public readonly int Fd => _fd;

    public readonly ReadOnlyMemory<byte> Content => _kept.Content;

    /// <summary>Whether there was more than the bound allows.</summary>
    public bool HasOverflowed { get; private set; }

    /// <summary>Reads once. How many bytes came; 0 when there are none now, or never more.</summary>
    /// <exception cref="IOException">Something is wrong with the pipe itself.</exception>
    public int Read(Span<byte> scratch)
    {
        if (_fd < 0)
            return 0;

        nint count;
        int errno;
        do
        {
            count = ProcessCalls.Read(_fd, scratch, scratch.Length);
            errno = count < 0 ? Marshal.GetLastPInvokeError() : 0;
        } while (errno == Errno.EINTR);

        if (errno == Errno.EAGAIN)
            return 0;
        if (errno != 0)
            throw new IOException($"cannot read stdout or stderr: {Errno.Describe(errno)}");
        if (count == 0)
            Close();
        else if (!_kept.Append(scratch[..(int)count]))
            HasOverflowed = true;
        return (int)count;
    }

    /// <summary>Reads what is there. For the time after the end of the process that wrote it.</summary>
    public void ReadRest(Span<byte> scratch)
    {
        for (int drained = 0, count; drained < MostInPipe && (count = Read(scratch)) > 0; drained += count) { }
    }

    public void Close()
    {
        Descriptor.CloseNumber(_fd);
        _fd = -1;
    }
}
