namespace Multus.Actors.Configuration;

/// <summary>Doubling waits between tries, from <paramref name="Min"/> up to <paramref name="Max"/>.</summary>
public sealed record Backoff(TimeSpan Min, TimeSpan Max)
{
    private const int MaxDoublings = 30;

    /// <summary>The wait after <paramref name="failures"/> failures in a row, 1 for the first.</summary>
    public TimeSpan After(int failures)
    {
        var doubled = Min * Math.Pow(2, Math.Clamp(failures - 1, 0, MaxDoublings));
        return doubled < Max ? doubled : Max;
    }

    /// <summary>Reads <c>retry-min</c> and <c>retry-max</c> of a section.</summary>
    public static Backoff Read(HoconReader hocon, string section)
    {
        var min = hocon.Duration($"{section}.retry-min", TimeSpan.FromMilliseconds(1));
        return new Backoff(min, hocon.Duration($"{section}.retry-max", min));
    }
}
