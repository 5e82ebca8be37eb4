using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Multus.Actors.Node;
using Serilog;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace Multus.Host.Logging;

/// <summary>
/// The daemon's log: Serilog behind Microsoft.Extensions.Logging, to stderr and, if one is named, to a rolling file.
/// Each has a bounded queue of its own: who logs never waits, neither for a reader of stderr that has stopped reading
/// nor for a disk. Lines for which there is no room are dropped and counted.
/// </summary>
internal sealed class LogPipeline : IDisposable
{
    /// <summary>How many lines may wait for each of the places.</summary>
    public const int MaxQueued = 2048;

    // Upstream's line format: time, level, text.
    private const string Line = "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffK} [{Level:u3}] {Message:lj}{NewLine}{Exception}";
    private const int BytesPerMegabyte = 1 << 20;

    private readonly Logger _logger;
    private readonly SerilogLoggerFactory _factory;
    private readonly ImmutableArray<LogPlace> _places;

    private LogPipeline(DaemonConfiguration daemon, TimeProvider time)
    {
        var places = ImmutableArray.CreateBuilder<LogPlace>();
        if (daemon.LogToStderr)
            places.Add(new LogPlace("stderr", ToStderr, time));
        if (daemon.LogFile.Length > 0)
            places.Add(new LogPlace(LogPlace.File, to => ToFile(to, daemon), time));
        _places = places.ToImmutable();

        var log = new LoggerConfiguration()
            .MinimumLevel.Is(LevelOf(daemon.LogLevel))
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning);
        foreach (var place in _places)
            log.WriteTo.Async(to => to.Sink(place), MaxQueued, blockWhenFull: false, monitor: place);
        _logger = log.CreateLogger();
        _factory = new SerilogLoggerFactory(_logger);
    }

    public ILoggerFactory Factory => _factory;

    /// <summary>How many lines each place has lost.</summary>
    public ImmutableArray<LogLoss> Losses
    {
        get
        {
            var losses = ImmutableArray.CreateBuilder<LogLoss>();
            foreach (var place in _places)
                losses.Add(place.Loss);
            return losses.ToImmutable();
        }
    }

    public static LogPipeline Create(DaemonConfiguration daemon, TimeProvider time) => new(daemon, time);

    /// <summary>The log of a command that has no configuration file: stderr.</summary>
    public static LogPipeline ForCommand(TimeProvider time) =>
        new(DaemonConfiguration.Parse("{}"u8.ToArray(), [])!, time);

    /// <summary>
    /// Makes it the log of a host, which does not close it: there is more to be said when the host has ended.
    /// </summary>
    public void AddTo(IServiceCollection services) => services.AddSerilog(_logger);

    /// <summary>
    /// From now on SIGHUP has the log file opened anew, as whoever moved it away expects; it ends the process no more.
    /// </summary>
    public IDisposable ReopenOnHangUp() =>
        PosixSignalRegistration.Create(
            PosixSignal.SIGHUP,
            signal =>
            {
                signal.Cancel = true;
                foreach (var place in _places.Where(place => place.Name == LogPlace.File))
                    place.Reopen();
                HostLog.Reopened(_factory.CreateLogger("Multus.Host"));
            }
        );

    /// <summary>
    /// Writes what waits, as far as it can be written in time: a reader of stderr that reads no more would hold up the
    /// end for ever.
    /// </summary>
    public void Dispose()
    {
        _factory.Dispose();
#pragma warning disable VSTHRD002 // the process ends here
        Task.Run(_logger.Dispose).Wait(StopTimes.Log);
#pragma warning restore VSTHRD002
    }

    private static void ToStderr(LoggerSinkConfiguration to) =>
        to.Console(
            outputTemplate: Line,
            standardErrorFromLevel: LogEventLevel.Verbose,
            formatProvider: CultureInfo.InvariantCulture
        );

    private static void ToFile(LoggerSinkConfiguration to, DaemonConfiguration daemon) =>
        to.File(
            daemon.LogFile,
            outputTemplate: Line,
            formatProvider: CultureInfo.InvariantCulture,
            rollOnFileSizeLimit: true,
            fileSizeLimitBytes: (long)daemon.LogRotation.MaxSizeMegabytes * BytesPerMegabyte,
            retainedFileCountLimit: daemon.LogRotation.MaxBackups + 1,
            retainedFileTimeLimit: TimeSpan.FromDays(daemon.LogRotation.MaxAgeDays)
        );

    private static LogEventLevel LevelOf(string level) =>
        level switch
        {
            "debug" => LogEventLevel.Debug,
            "error" => LogEventLevel.Error,
            "panic" => LogEventLevel.Fatal,
            _ => LogEventLevel.Information,
        };
}
