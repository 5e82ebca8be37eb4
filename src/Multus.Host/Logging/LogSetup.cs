using Multus.Host.Configuration;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace Multus.Host.Logging;

/// <summary>The daemon's log: Serilog behind Microsoft.Extensions.Logging, to stderr and, if one is named, to a rolling file.</summary>
internal static class LogSetup
{
    // Upstream's line format: time, level, text.
    private const string Line = "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffK} [{Level:u3}] {Message:lj}{NewLine}{Exception}";
    private const int BytesPerMegabyte = 1 << 20;

    public static ILoggerFactory Create(DaemonConfiguration daemon)
    {
        var level = new LoggingLevelSwitch(LevelOf(daemon.LogLevel));
        var log = new LoggerConfiguration().MinimumLevel.ControlledBy(level).MinimumLevel.Override("Microsoft", LogEventLevel.Warning);
        if (daemon.LogToStderr)
            log.WriteTo.Console(outputTemplate: Line, standardErrorFromLevel: LogEventLevel.Verbose, formatProvider: System.Globalization.CultureInfo.InvariantCulture);
        if (daemon.LogFile.Length > 0)
        {
            log.WriteTo.File(
                daemon.LogFile,
                outputTemplate: Line,
                formatProvider: System.Globalization.CultureInfo.InvariantCulture,
                rollOnFileSizeLimit: true,
                fileSizeLimitBytes: (long)daemon.LogRotation.MaxSizeMegabytes * BytesPerMegabyte,
                retainedFileCountLimit: daemon.LogRotation.MaxBackups + 1,
                retainedFileTimeLimit: TimeSpan.FromDays(daemon.LogRotation.MaxAgeDays));
        }

        return new SerilogLoggerFactory(log.CreateLogger(), dispose: true);
    }

    private static LogEventLevel LevelOf(string level) => level switch
    {
        "debug" => LogEventLevel.Debug,
        "error" => LogEventLevel.Error,
        "panic" => LogEventLevel.Fatal,
        _ => LogEventLevel.Information,
    };
}
