using System.Buffers;
using System.Globalization;

namespace Multus.Configuration;

/// <summary>Durations as upstream's configuration has them: <c>10m</c>, <c>1h30m</c>, <c>1.5h</c>.</summary>
internal static class GoDuration
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    private static readonly (string Unit, double Ticks)[] Units =
    [
        ("ns", (double)TimeSpan.TicksPerMicrosecond / 1000),
        ("us", TimeSpan.TicksPerMicrosecond),
        ("\u00b5s", TimeSpan.TicksPerMicrosecond),
        ("\u03bcs", TimeSpan.TicksPerMicrosecond),
        ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute),
        ("h", TimeSpan.TicksPerHour),
    ];

    /// <summary>Numbers with units, one behind the other, each positive; null: it is none, or too long.</summary>
    public static TimeSpan? Parse(string text)
    {
        double ticks = 0;
        for (var rest = text.AsSpan(); rest.Length > 0; )
        {
            var number = rest.IndexOfAnyExcept(NumberCharacters);
            if (
                number < 1
                || !double.TryParse(
                    rest[..number],
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out var count
                )
            )
                return null;
            rest = rest[number..];
            var length = rest.IndexOfAny(NumberCharacters);
            var unit = length < 0 ? rest : rest[..length];
            if (TicksOf(unit) is not { } each)
                return null;
            ticks += count * each;
            rest = rest[unit.Length..];
        }

        return text.Length > 0 && ticks < TimeSpan.MaxValue.Ticks ? new TimeSpan((long)ticks) : null;
    }

    private static double? TicksOf(ReadOnlySpan<char> unit)
    {
        foreach (var (name, ticks) in Units)
        {
            if (unit.SequenceEqual(name))
                return ticks;
        }

        return null;
    }
}
