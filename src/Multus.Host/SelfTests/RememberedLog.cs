using System.Globalization;
using System.Threading.Channels;
using Serilog.Core;
using Serilog.Events;

namespace Multus.Host.SelfTests;

/// <summary>Keeps what was logged.</summary>
internal sealed class RememberedLog : ILogEventSink
{
    // What the checks themselves bring about: an actor that crashes on purpose.
    private const string OnPurpose = "on purpose";

    private readonly Channel<LogEvent> _events = Channel.CreateUnbounded<LogEvent>();
    private readonly List<LogEvent> _read = [];

    public void Emit(LogEvent logEvent) => _events.Writer.TryWrite(logEvent);

    /// <summary>Waits until a line with this text was logged, and says at which level.</summary>
    public async Task<LogEventLevel> LevelOfAsync(string text, TimeSpan patience)
    {
        using var late = new CancellationTokenSource(patience);
        while (true)
        {
            var next = await _events.Reader.ReadAsync(late.Token).ConfigureAwait(false);
            _read.Add(next);
            if (TextOf(next).Contains(text, StringComparison.Ordinal))
                return next.Level;
        }
    }

    /// <summary>All warnings and errors so far that nobody meant to cause.</summary>
    public IReadOnlyList<string> Complaints()
    {
        while (_events.Reader.TryRead(out var next))
            _read.Add(next);
        return
        [
            .. _read
                .Where(line => line.Level >= LogEventLevel.Warning)
                .Select(TextOf)
                .Where(text => !text.Contains(OnPurpose, StringComparison.Ordinal)),
        ];
    }

    private static string TextOf(LogEvent line) =>
        $"{line.RenderMessage(CultureInfo.InvariantCulture)} {line.Exception?.Message}";
}
