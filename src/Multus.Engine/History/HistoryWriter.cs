using System.Buffers;
using System.Threading.Channels;

namespace Multus.Engine.History;

/// <summary>Writes entries to the folder behind the operations' back: none waits for the disk.</summary>
public sealed class HistoryWriter : IAsyncDisposable
{
    private const int Room = 4096;
    private const int MostAtOnce = 256;

    private readonly Channel<Func<OperationEntry>> _entries;
    private readonly HistoryFolder _folder;
    private readonly ILogger _log;
    private readonly Task _writing;
    private long _dropped;
    private long _saidDropped;
    private string _trouble = "";

    /// <param name="folder">Where to.</param>
    /// <param name="log">Says that it cannot be written, once for each reason.</param>
    public HistoryWriter(HistoryFolder folder, ILogger log)
    {
        (_folder, _log) = (folder, log);
        _entries = Channel.CreateBounded<Func<OperationEntry>>(
            new BoundedChannelOptions(Room) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite },
            _ => Interlocked.Increment(ref _dropped)
        );
        _writing = Task.Run(WriteAllAsync);
    }

    /// <summary>Entries for which there was no room, or no disk.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Takes an entry; does not wait.</summary>
    public void Take(Func<OperationEntry> entry) => _entries.Writer.TryWrite(entry);

    /// <summary>Writes what it has, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _entries.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
    }

    private async Task WriteAllAsync()
    {
        while (await _entries.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            var lines = new ArrayBufferWriter<byte>();
            var count = 0;
            while (count < MostAtOnce && _entries.Reader.TryRead(out var entry))
            {
                Add(entry, lines);
                count++;
            }

            Write(lines.WrittenSpan, count);
            SayDropped();
        }
    }

    // One that cannot be made is a bug: it costs no other, and is said.
    private void Add(Func<OperationEntry> entry, ArrayBufferWriter<byte> lines)
    {
        try
        {
            lines.Write(EntryCodec.ToLine(entry()));
        }
        catch (Exception bug)
        {
            Interlocked.Increment(ref _dropped);
            HistoryLog.NotMade(_log, bug);
        }
    }

    private void SayDropped()
    {
        var dropped = Dropped;
        if (dropped > _saidDropped)
            HistoryLog.Dropped(_log, dropped - _saidDropped);
        _saidDropped = dropped;
    }

    private void Write(ReadOnlySpan<byte> lines, int count)
    {
        try
        {
            _folder.Append(lines);
            _trouble = "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Interlocked.Add(ref _dropped, count);
            if (_trouble != e.Message)
                HistoryLog.NotWritten(_log, _folder.Path, e.Message);
            _trouble = e.Message;
        }
    }
}
