using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Multus.Host.Page;

/// <summary>One kind of event: its newest state, whole, so that whoever comes late or is slow misses nothing.</summary>
/// <param name="name">Of the event.</param>
internal sealed class FeedTopic(string name)
{
    private static readonly byte[] End = "\n\n"u8.ToArray();

    private readonly byte[] _begin = Encoding.UTF8.GetBytes($"event: {name}\ndata: ");

    /// <summary>Grows with each state; 0: there is none yet.</summary>
    public long Version { get; private set; }

    /// <summary>The state as a server-sent event.</summary>
    public ReadOnlyMemory<byte> Event { get; private set; }

    /// <returns>Whether it is another state than the one before.</returns>
    public bool Set(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(Math.Max(1024, Event.Length));
        buffer.Write(_begin);
        using (var json = new Utf8JsonWriter(buffer))
            write(json);
        buffer.Write(End);
        if (buffer.WrittenSpan.SequenceEqual(Event.Span))
            return false;
        (Event, Version) = (buffer.WrittenMemory, Version + 1);
        return true;
    }
}
