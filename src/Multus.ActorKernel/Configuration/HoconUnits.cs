using System.Globalization;

namespace Multus.ActorKernel.Configuration;

/// <summary>Numbers with units.</summary>
internal static class HoconUnits
{
    public static TimeSpan? Duration(string text)
    {
        if (text is "infinite")
            return Timeout.InfiniteTimeSpan;

        if (!TrySplit(text, out var number, out var unit) || number < 0)
            return null;

        double? ticks = unit switch
        {
            "d" or "day" or "days" => number * TimeSpan.TicksPerDay,
            "h" or "hour" or "hours" => number * TimeSpan.TicksPerHour,
            "m" or "minute" or "minutes" => number * TimeSpan.TicksPerMinute,
            "s" or "second" or "seconds" => number * TimeSpan.TicksPerSecond,
            "" or "ms" or "milli" or "millis" or "millisecond" or "milliseconds" => number * TimeSpan.TicksPerMillisecond,
            "us" or "micro" or "micros" or "microsecond" or "microseconds" => number * TimeSpan.TicksPerMicrosecond,
            "ns" or "nano" or "nanos" or "nanosecond" or "nanoseconds" => number / TimeSpan.NanosecondsPerTick,
            _ => null,
        };
        return ticks is { } known && known < long.MaxValue ? new TimeSpan((long)known) : null;
    }

    public static long? ByteSize(string text)
    {
        if (!TrySplit(text, out var number, out var unit) || number < 0)
            return null;

        double? bytes = unit switch
        {
            "" or "b" or "B" or "byte" or "bytes" => number,
            "kB" or "kilobyte" or "kilobytes" => number * 1e3,
            "MB" or "megabyte" or "megabytes" => number * 1e6,
            "GB" or "gigabyte" or "gigabytes" => number * 1e9,
            "TB" or "terabyte" or "terabytes" => number * 1e12,
            "k" or "K" or "Ki" or "KiB" or "kibibyte" or "kibibytes" => number * (1L << 10),
            "m" or "M" or "Mi" or "MiB" or "mebibyte" or "mebibytes" => number * (1L << 20),
            "g" or "G" or "Gi" or "GiB" or "gibibyte" or "gibibytes" => number * (1L << 30),
            "t" or "T" or "Ti" or "TiB" or "tebibyte" or "tebibytes" => number * (1L << 40),
            _ => null,
        };
        return bytes is { } known && known < long.MaxValue ? (long)known : null;
    }

    private static bool TrySplit(string text, out double number, out string unit)
    {
        var end = 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] is '.' or '-' or '+'))
            end++;
        unit = text[end..].Trim();
        return double.TryParse(text.AsSpan(0, end), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
    }
}
