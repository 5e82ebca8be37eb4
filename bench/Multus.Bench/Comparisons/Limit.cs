using System.Globalization;

namespace Multus.Bench.Comparisons;

/// <summary>What a figure of today's build may be.</summary>
/// <param name="Ratio">To the other build's; null when that does not matter.</param>
/// <param name="Most">The figure itself, whatever the other build has; null when that does not matter.</param>
/// <param name="IsLeast">The ratio is the least that will do, and not the most: more is better.</param>
internal sealed record Limit(double? Ratio = null, double? Most = null, bool IsLeast = false)
{
    public bool IsMet(double ratio, double now) =>
        (Ratio is not { } limit || (IsLeast ? ratio >= limit : ratio <= limit))
        && (Most is not { } most || now <= most);

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(IsLeast ? "at least " : "")}{(Ratio is { } ratio ? $"{ratio:0.00}" : "")}{(Ratio is not null && Most is not null ? "; " : "")}{(Most is { } most ? $"now {most:0.##}" : "")}"
        );
}
