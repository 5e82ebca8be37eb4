using System.Text;
using Multus.Host.Metrics;

namespace Multus.Host.Tests.Metrics;

/// <summary>What Prometheus would read.</summary>
internal static class Scrape
{
    public static async Task<string> OfAsync(NodeMetrics metrics)
    {
        using var text = new MemoryStream();
        await metrics.WriteAsync(text, CancellationToken.None);
        return Encoding.UTF8.GetString(text.ToArray());
    }

    /// <summary>The value of one series; null: there is none.</summary>
    public static string? Value(this string scraped, string series) =>
        scraped
            .Split('\n')
            .FirstOrDefault(line => line.StartsWith(series + " ", StringComparison.Ordinal))
            ?[(series.Length + 1)..];

    /// <summary>The series of one metric.</summary>
    public static IReadOnlyList<string> Series(this string scraped, string metric) =>
        [
            .. scraped
                .Split('\n')
                .Where(line => line.StartsWith(metric + "{", StringComparison.Ordinal))
                .Select(line => line[..line.LastIndexOf(' ')]),
        ];
}
