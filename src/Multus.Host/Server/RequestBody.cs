using System.Buffers;

namespace Multus.Host.Server;

/// <summary>One request's body, in a buffer that is not its own: whoever keeps some of it takes a copy.</summary>
/// <param name="buffers">Whose buffer it is.</param>
/// <param name="length">How long it may be.</param>
/// <param name="free">Gives the room that it takes to others.</param>
internal sealed class RequestBody(ArrayPool<byte> buffers, int length, Action free) : IDisposable
{
    private byte[]? _buffer = buffers.Rent(length);
    private Action? _free = free;
    private int _filled;

    public ReadOnlyMemory<byte> Content => _buffer.AsMemory(0, _filled);

    /// <exception cref="BadHttpRequestException">413: it is longer than it may be.</exception>
    public void Append(in ReadOnlySequence<byte> more)
    {
        if (more.Length > length - _filled)
            throw new BadHttpRequestException(
                $"the request's body has more than {length} bytes (multus.server.max-request-body)",
                StatusCodes.Status413PayloadTooLarge
            );

        more.CopyTo(_buffer.AsSpan(_filled));
        _filled += (int)more.Length;
    }

    /// <summary>The bytes are not needed any more. What was made of them is, so the room stays taken.</summary>
    public void ReturnBuffer()
    {
        if (Interlocked.Exchange(ref _buffer, null) is not { } buffer)
            return;

        _filled = 0;
        buffers.Return(buffer);
    }

    public void Dispose()
    {
        ReturnBuffer();
        Interlocked.Exchange(ref _free, null)?.Invoke();
    }
}
