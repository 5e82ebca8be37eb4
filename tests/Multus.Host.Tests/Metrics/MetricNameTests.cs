using System.Text.RegularExpressions;
using Multus.Host.Metrics;
using Multus.TestSupport;

namespace Multus.Host.Tests.Metrics;

/// <summary>Names, kinds, labels and texts: what operators' queries stand on. docs/reference/metrics.md is the
/// snapshot.</summary>
public sealed partial class MetricNameTests
{
    private static readonly NodeMetrics Metrics = new(new CountedTime());

    private static readonly IReadOnlyList<string> Page = File.ReadAllLines("metrics.md");

    [Fact]
    public void The_page_has_every_metric_with_its_kind_labels_and_meaning_in_order()
    {
        var expected = string.Join('\n', Metrics.Families.Select(Row));

        var found = string.Join(
            '\n',
            Page.Where(line =>
                Metric().IsMatch(line) && line.Split('|').Length == Row(Metrics.Families[0]).Split('|').Length
            )
        );

        Assert.True(expected == found, $"docs/reference/metrics.md should have these rows:\n{expected}");
    }

    [Fact]
    public void Every_figure_of_healthz_has_a_metric_and_the_page_says_which()
    {
        var figures = ActorFigures.All.Select(figure => $"{figure.Part}.{figure.Figure} {figure.Metric}");

        var documented = Page.Select(line => Figure().Match(line))
            .Where(row => row.Success)
            .Select(row => $"{row.Groups["figure"].Value} {row.Groups["metric"].Value}");

        Assert.Equal(figures.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Names_are_by_Prometheus_conventions_and_no_two_are_one_for_OpenMetrics()
    {
        Assert.All(
            Metrics.Families,
            family =>
            {
                Assert.Matches("^[a-z][a-z0-9_]*$", family.Name);
                Assert.Equal(family is Family.Counted, family.Name.EndsWith("_total", StringComparison.Ordinal));
                Assert.Equal(
                    family is Family.Timed,
                    family is not Family.Level && family.Name.EndsWith("_seconds", StringComparison.Ordinal)
                );
            }
        );
        Assert.Equal(
            Metrics.Families.Count,
            Metrics.Families.Select(family => Stem(family.Name)).Distinct(StringComparer.Ordinal).Count()
        );

        static string Stem(string name) => name.EndsWith("_total", StringComparison.Ordinal) ? name[..^6] : name;
    }

    [Fact]
    public void No_label_names_a_pod_a_sandbox_or_a_network() =>
        Assert.Subset(
            new HashSet<string>([
                "version",
                "commit",
                "place",
                "reason",
                "handler",
                "code",
                "method",
                "verb",
                "outcome",
                "phase",
                "type",
                "part",
                "actor",
                "generation",
            ]),
            Metrics.Families.SelectMany(family => family.Labels).ToHashSet()
        );

    private static string Row(Family family)
    {
        var kind = family switch
        {
            Family.Counted => "counter",
            Family.Level => "gauge",
            _ => "histogram",
        };
        return $"| `{family.Name}` | {kind} | {string.Join(", ", family.Labels)} | {family.Help} |";
    }

    [GeneratedRegex("^\\| `(multus|process|dotnet)_")]
    private static partial Regex Metric();

    [GeneratedRegex("^\\| `(?<figure>[a-z-]+\\.[a-z_]+)` \\| .* \\| `(?<metric>[a-z_]+)` \\|$")]
    private static partial Regex Figure();
}
