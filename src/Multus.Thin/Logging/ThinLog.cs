using System.Globalization;
using System.Text;
using Multus.Cni.FrontEnd;
using Multus.Linux.Files;

namespace Multus.Thin.Logging;

/// <summary>
/// The log of one call: a line for each event, to stderr and to the end of a file that many calls write to at once.
/// Nothing is rotated: who moves the file away finds that the next call makes a new one. A line that cannot be written
/// is lost, and said once on stderr: no pod waits for a log.
/// </summary>
internal sealed class ThinLog : ILoggerFactory, ILogger
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly LogSettings _settings;
    private readonly TimeProvider _time;
    private readonly Lock _one = new(); // guards the two below
    private AppendedFile? _file;
    private bool _isBroken;

    public ThinLog(LogSettings settings, TimeProvider time) => (_settings, _time) = (settings, time);

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("this log goes where the configuration says, and nowhere else");

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) =>
        logLevel >= _settings.Least && (_settings.ToStderr || _settings.File.Length > 0);

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (!IsEnabled(logLevel))
            return;

        var text = formatter(state, exception) + (exception is null ? "" : $": {exception}");
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{_time.GetLocalNow():yyyy-MM-ddTHH:mm:ss.fffK} [{NameOf(logLevel)}] {OneLine(text)}"
        );
        if (_settings.ToStderr)
            StandardStreams.Say(line);
        if (_settings.File.Length > 0)
            Append(line);
    }

    public void Dispose()
    {
        lock (_one)
            _file?.Dispose();
    }

    private void Append(string line)
    {
        lock (_one)
        {
            if (_isBroken)
                return;

            try
            {
                _file ??= AppendedFile.Open(_settings.File, Mode);
                _file.Write(Encoding.UTF8.GetBytes(line + "\n"));
            }
            catch (IOException e)
            {
                _isBroken = true;
                StandardStreams.Say($"{CommandLine.Name}: logFile: {e.Message}");
            }
        }
    }

    // As the daemon's lines have it.
    private static string NameOf(LogLevel level) =>
        level switch
        {
            LogLevel.Trace => "VRB",
            LogLevel.Debug => "DBG",
            LogLevel.Information => "INF",
            LogLevel.Warning => "WRN",
            LogLevel.Error => "ERR",
            _ => "FTL",
        };

    private static string OneLine(string text) => text.ReplaceLineEndings("; ");
}
