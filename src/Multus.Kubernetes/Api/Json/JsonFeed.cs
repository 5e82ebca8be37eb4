using System.Buffers;
using System.Text.Json;

namespace Multus.Kubernetes.Api.Json;

/// <summary>
/// Reads a stream of JSON texts token by token as the bytes come. No more than one token is held, so what is passed
/// over costs nothing however large.
/// </summary>
internal static class JsonFeed
{
    /// <summary>
    /// etcd stores no object above 1.5 MiB; a token of one is at most that, and escaped no more than six times.
    /// </summary>
    public const int MaxTokenBytes = 8 * 1024 * 1024;

    private const int UsualBufferBytes = 16 * 1024;

    /// <summary>Reads to the end of the stream.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="InvalidDataException">It ends in the middle of a text, or a token is beyond all
    /// measure.</exception>
    public static async Task ReadAsync(Stream stream, IJsonTokens tokens, CancellationToken cancel)
    {
        var state = new JsonReaderState(new JsonReaderOptions { AllowMultipleValues = true });
        var buffer = ArrayPool<byte>.Shared.Rent(UsualBufferBytes);
        var held = 0;
        try
        {
            while (await stream.ReadAsync(buffer.AsMemory(held), cancel) is var count && count > 0)
            {
                held += count;
                var consumed = Consume(buffer.AsSpan(0, held), ref state, tokens);
                held -= consumed;
                buffer.AsSpan(consumed, held).CopyTo(buffer);
                buffer = Fitting(buffer, held);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (!tokens.IsBetweenTexts)
            throw new InvalidDataException("the answer ends in the middle of an object");
    }

    private static int Consume(ReadOnlySpan<byte> bytes, ref JsonReaderState state, IJsonTokens tokens)
    {
        var reader = new Utf8JsonReader(bytes, isFinalBlock: false, state);
        while (reader.Read())
            tokens.OnToken(ref reader);
        state = reader.CurrentState;
        return (int)reader.BytesConsumed;
    }

    /// <summary>Twice the buffer when a token fills it, the usual one again when that is over.</summary>
    private static byte[] Fitting(byte[] buffer, int held)
    {
        var isFull = held == buffer.Length;
        if (isFull && held >= MaxTokenBytes)
            throw new InvalidDataException($"a value of the answer has more than {MaxTokenBytes} bytes");
        var isMuchTooLarge = buffer.Length > 4 * UsualBufferBytes && held < UsualBufferBytes;
        if (!isFull && !isMuchTooLarge)
            return buffer;

        var other = ArrayPool<byte>.Shared.Rent(isFull ? buffer.Length * 2 : UsualBufferBytes);
        buffer.AsSpan(0, held).CopyTo(other);
        ArrayPool<byte>.Shared.Return(buffer);
        return other;
    }
}
