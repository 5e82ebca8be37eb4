using System.Buffers;

namespace Multus.Kubernetes.Api.Transport;

/// <summary>For answers whose status says all.</summary>
internal static class Bodies
{
    private const int BufferBytes = 4096;

    /// <summary>
    /// Reads to the end: a connection whose answer was read can be used again, and a server that sees many streams
    /// cancelled takes it for an attack. In small pieces, because many do it at once.
    /// </summary>
    public static async Task<bool> DrainAsync(Stream body, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (await body.ReadAsync(buffer, cancel) > 0)
            {
                // nothing in it is wanted
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
