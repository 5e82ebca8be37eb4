namespace Multus.Shim;

/// <summary>A duration as people read it.</summary>
internal static class DurationText
{
    public static string Of(TimeSpan span) =>
        span.TotalSeconds < 10 ? $"{(long)span.TotalMilliseconds} ms" : $"{(long)Math.Round(span.TotalSeconds)} s";
}
