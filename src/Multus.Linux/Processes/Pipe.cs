using System.Runtime.InteropServices;
using Multus.Linux.Native;

namespace Multus.Linux.Processes;

/// <summary>
/// The two ends of a pipe, both close-on-exec. Plain numbers, for a run has seven descriptors and is the hot path:
/// whoever holds the struct closes what it has not handed on.
/// </summary>
internal struct Pipe()
{
    // 0, 1 and 2 must stay free for the child, even when this process was started without them.
    private const int FirstFree = 3;

    private int _readEnd = -1;
    private int _writeEnd = -1;

    public readonly int ReadEnd => _readEnd;

    public readonly int WriteEnd => _writeEnd;

    /// <summary>0, or errno; then nothing is open.</summary>
    public unsafe int Open()
    {
        var ends = stackalloc int[2];
        if (ProcessCalls.Pipe(ends, ProcessCalls.CloseOnExec) != 0)
            return Marshal.GetLastPInvokeError();

        _readEnd = ends[0];
        _writeEnd = ends[1];
        var errno = MoveUp(ref _readEnd);
        if (errno == 0)
            errno = MoveUp(ref _writeEnd);
        if (errno != 0)
            Close();
        return errno;
    }

    /// <summary>
    /// Makes our end non-blocking and hands it over; the child's end stays blocking, as programs expect.
    /// </summary>
    public int TakeReadEnd() => Take(ref _readEnd);

    /// <inheritdoc cref="TakeReadEnd"/>
    public int TakeWriteEnd() => Take(ref _writeEnd);

    public void Close()
    {
        Descriptor.CloseNumber(_readEnd);
        Descriptor.CloseNumber(_writeEnd);
        _readEnd = _writeEnd = -1;
    }

    private static int Take(ref int end)
    {
        var taken = end;
        // Cannot fail on a pipe of ours.
        _ = ProcessCalls.Control(taken, ProcessCalls.SetStatusFlags, ProcessCalls.NonBlocking);
        end = -1;
        return taken;
    }

    private static int MoveUp(ref int end)
    {
        if (end >= FirstFree)
            return 0;

        var moved = ProcessCalls.Control(end, ProcessCalls.DuplicateCloseOnExec, FirstFree);
        if (moved < 0)
            return Marshal.GetLastPInvokeError();

        Descriptor.CloseNumber(end);
        end = moved;
        return 0;
    }
}
