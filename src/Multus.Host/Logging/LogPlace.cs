using Serilog;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Events;
using Serilog.Sinks.Async;

namespace Multus.Host.Logging;

/// <summary>
/// Where the log goes, behind its queue: writes line by line, counts what could not be written, says in the log itself
/// that lines are missing, and never throws, at its end neither.
/// </summary>
internal sealed class LogPlace : ILogEventSink, IAsyncLogEventSinkMonitor, ILoggingFailureListener, IDisposable
{
    public const string File = "file";

    // Serilog's file does not try again for half an hour when it could not be opened.
    private static readonly TimeSpan OpenAgainAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _one = new();
    private readonly Action<LoggerSinkConfiguration> _open;
    private readonly TimeProvider _time;
    private Logger _writer;
    private IAsyncLogEventSinkInspector? _queue;
    private long _failed;
    private long _told;
    private long _openedAt;
    private bool _broken;
    private bool _telling;
    private bool _notTold;

    public LogPlace(string name, Action<LoggerSinkConfiguration> open, TimeProvider time)
    {
        Name = name;
        _open = open;
        _time = time;
        _writer = Open();
    }

    public string Name { get; }

    public LogLoss Loss => new(Name, _queue?.DroppedMessagesCount ?? 0, Interlocked.Read(ref _failed));

    public void Emit(LogEvent logEvent)
    {
        lock (_one)
        {
            if (_broken && Name == File && _time.GetElapsedTime(_openedAt) >= OpenAgainAfter)
                OpenAnew();
            _writer.Write(logEvent);
            TellLosses(atEnd: false);
        }
    }

    /// <summary>Opens the file that has the name now.</summary>
    public void Reopen()
    {
        lock (_one)
            OpenAnew();
    }

    public void StartMonitoring(IAsyncLogEventSinkInspector inspector) => _queue = inspector;

    public void StopMonitoring(IAsyncLogEventSinkInspector inspector)
    {
        // Its counts stay readable, and are read at the end.
    }

    public void OnLoggingFailed(
        object sender,
        LoggingFailureKind kind,
        string message,
        IReadOnlyCollection<LogEvent>? events,
        Exception? exception
    )
    {
        _broken = true;
        if (_telling)
            _notTold = true;
        else
            Interlocked.Add(ref _failed, events?.Count ?? 0);
    }

    public void Dispose()
    {
        lock (_one)
        {
            TellLosses(atEnd: true);
            Close();
        }
    }

    // Said at the first line that gets through, at each doubling, and at the end; a line about each lost line would be
    // one more to lose.
    private void TellLosses(bool atEnd)
    {
        var loss = Loss;
        var lost = loss.Dropped + loss.Failed;
        if (lost == 0 || lost <= _told || (!atEnd && lost <= 2 * _told))
            return;

        (_telling, _notTold) = (true, false);
        _writer.Warning(
            "{Lost} lines of this log are missing here: {Dropped} dropped because it was not read or written fast "
                + "enough, {Failed} could not be written",
            lost,
            loss.Dropped,
            loss.Failed
        );
        _telling = false;
        if (!_notTold)
            _told = lost;
    }

    private void OpenAnew()
    {
        Close();
        _writer = Open();
    }

    private Logger Open()
    {
        _broken = false;
        _openedAt = _time.GetTimestamp();
        return new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Fallible(_open, this).CreateLogger();
    }

    // Closing writes what a full disk has not taken before, and fails as that did: nothing is left to be done about it,
    // and the process has to go on.
    private void Close()
    {
        try
        {
            _writer.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _broken = true;
        }
    }
}

/// <summary>Lines of the log that one place does not have.</summary>
/// <param name="Place">stderr or file.</param>
/// <param name="Dropped">There was no room left in its queue.</param>
/// <param name="Failed">Writing them failed, on a full disk for example.</param>
internal readonly record struct LogLoss(string Place, long Dropped, long Failed);
