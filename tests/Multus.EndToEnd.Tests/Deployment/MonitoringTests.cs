using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Multus.EndToEnd.Tests.Documents;
using Multus.TestSupport;
using YamlDotNet.RepresentationModel;

namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>Monitors, alert rules and dashboard of <c>deploy/monitoring</c>, and the chart's copies of them.</summary>
public sealed partial class MonitoringTests
{
    private const string Metrics = "docs/reference/metrics.md";

    private static readonly string Folder = Path.Combine(DeployedFiles.Root, "deploy", "monitoring");
    private static readonly string Rules = Path.Combine(Folder, "multus.rules.yaml");

    // Of Prometheus itself, not of the daemon.
    private static readonly IReadOnlySet<string> Known = Page.KeysOf(Metrics)
        .Append("up")
        .ToHashSet(StringComparer.Ordinal);

    public static TheoryData<string> Alerts => [.. Definitions().Select(rule => rule.Text("alert"))];

    [PromtoolFact]
    public void Each_alert_fires_on_its_sample_and_is_silent_on_the_other()
    {
        var ran = ProcessTool.Try(
            PromtoolFactAttribute.Promtool!,
            "test",
            "rules",
            Path.Combine(Folder, "multus.rules.test.yaml")
        );

        Assert.True(ran.ExitCode == 0, ran.Stdout + ran.Stderr);
    }

    [Theory]
    [MemberData(nameof(Alerts))]
    public void Each_alert_has_a_sample_that_fires_one_that_does_not_and_a_page(string alert)
    {
        var samples = DeployedFiles
            .Parse("monitoring/multus.rules.test.yaml")
            .Single()
            .Maps("tests")
            .SelectMany(test => test.Maps("alert_rule_test"))
            .Where(sample => sample.Text("alertname") == alert)
            .Select(sample => sample.Maps("exp_alerts").Any());

        Assert.Equal([false, true], samples.Order());
        var rule = Definitions().Single(rule => rule.Text("alert") == alert);
        var page = rule.Map("annotations").Text("runbook");
        Assert.Equal($"docs/operations/alerts/{alert}.md", page);
        var text = File.ReadAllText(Path.Combine(DeployedFiles.Root, page));
        Assert.StartsWith($"# {alert}\n", text, StringComparison.Ordinal);
        Assert.Contains($"```text\n{rule.Text("expr")}\n```", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Alerts))]
    public void Each_alert_asks_for_metrics_that_there_are(string alert) =>
        Assert.Subset(
            Known.ToHashSet(),
            NamesIn(Definitions().Single(rule => rule.Text("alert") == alert).Text("expr")).ToHashSet()
        );

    [Fact]
    public void There_is_no_page_of_an_alert_that_there_is_not() =>
        Assert.Equal(
            Definitions().Select(rule => $"{rule.Text("alert")}.md").Order(StringComparer.Ordinal),
            Directory
                .EnumerateFiles(Path.Combine(DeployedFiles.Root, "docs", "operations", "alerts"))
                .Select(file => Path.GetFileName(file)!)
                .Order(StringComparer.Ordinal)
        );

    [Fact]
    public void The_operators_object_and_the_chart_have_the_rules_of_the_one_source()
    {
        var rules = Definitions().ToList();

        Assert.Equal(rules, RulesOf(DeployedFiles.Parse("monitoring/prometheusrule.yaml").Single().Map("spec")));
        Assert.Equal(rules, RulesOf(DeployedFiles.Parse("chart/files/multus.rules.yaml").Single()));
        Assert.Equal(
            File.ReadAllText(Path.Combine(Folder, "dashboard.json")),
            File.ReadAllText(Path.Combine(DeployedFiles.Root, "deploy", "chart", "files", "dashboard.json"))
        );
    }

    [Fact]
    public void Every_query_of_the_dashboard_asks_for_metrics_that_there_are_and_no_two_panels_are_at_one_place()
    {
        var dashboard = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "dashboard.json")))!;
        var panels = dashboard["panels"]!.AsArray().Select(panel => panel!).ToList();
        var queries = panels
            .Where(panel => panel["targets"] is not null)
            .SelectMany(panel => panel["targets"]!.AsArray())
            .Select(target => (string)target!["expr"]!)
            .Append((string)dashboard["templating"]!["list"]![1]!["query"]!["query"]!)
            .ToList();

        Assert.True(queries.Count > 20, $"{queries.Count} queries");
        Assert.All(
            queries,
            query =>
            {
                var names = NamesIn(query).ToHashSet();
                Assert.NotEmpty(names);
                Assert.Subset(Known.ToHashSet(), names);
            }
        );
        Assert.Equal(panels.Count, panels.Select(panel => panel["gridPos"]!.ToJsonString()).Distinct().Count());
        Assert.Equal(panels.Count, panels.Select(panel => (int)panel["id"]!).Distinct().Count());
    }

    [Fact]
    public void Monitors_find_the_daemons_pods_and_the_port_of_the_overlay()
    {
        var labels = DeployedFiles.Single("DaemonSet").Map("spec").Map("template").Map("metadata").Map("labels");
        var pods = DeployedFiles.Parse("monitoring/podmonitor.yaml").Single("PodMonitor").Map("spec");
        var services = DeployedFiles.Parse("monitoring/servicemonitor.yaml");
        var service = services.Single("Service");
        var monitor = services.Single("ServiceMonitor").Map("spec");

        Assert.Equal(labels, pods.Map("selector").Map("matchLabels"));
        Assert.Equal(labels, service.Map("spec").Map("selector"));
        Assert.Equal(service.Map("metadata").Map("labels"), monitor.Map("selector").Map("matchLabels"));
        var port = Assert.Single(service.Map("spec").Maps("ports"));
        Assert.Equal(port.Text("name"), Assert.Single(monitor.Maps("endpoints")).Text("port"));
        Assert.Equal("9091", port.Text("targetPort"));
        Assert.Contains(":9091", File.ReadAllText(Path.Combine(Folder, "podmonitor.yaml")), StringComparison.Ordinal);
        Assert.All(
            (YamlMappingNode[])[pods, monitor],
            spec => Assert.Equal("app.kubernetes.io/name", spec.Text("jobLabel")) // job="multus", as the rules have it
        );
    }

    [KubectlFact]
    public void The_overlay_serves_figures_where_the_monitors_look() =>
        Assert.Equal(
            (9091, "*"),
            (
                (int)Kustomization.Overlay("monitoring").Configuration!["metricsPort"]!,
                (string)Kustomization.Overlay("monitoring").Configuration!["metricsAddress"]!
            )
        );

    private static IEnumerable<YamlMappingNode> Definitions() =>
        RulesOf(DeployedFiles.Parse("monitoring/multus.rules.yaml").Single());

    private static IEnumerable<YamlMappingNode> RulesOf(YamlMappingNode file) =>
        file.Maps("groups").SelectMany(group => group.Maps("rules"));

    // A histogram's series have its name and an end.
    private static IEnumerable<string> NamesIn(string query) =>
        Name()
            .Matches(Quoted().Replace(query, "\"\""))
            .Select(match => HistogramEnd().Replace(match.Value, ""))
            .Where(name => name.Length > 0);

    [GeneratedRegex(@"\b(?:multus|process|dotnet|go)_[a-z0-9_]+|\bup\b")]
    private static partial Regex Name();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quoted();

    [GeneratedRegex("(?<=_seconds)_(?:bucket|sum|count)$")]
    private static partial Regex HistogramEnd();

    /// <summary>Runs promtool.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class PromtoolFactAttribute : FactAttribute
    {
        public PromtoolFactAttribute() =>
            Skip = Promtool is null ? "there is no promtool: run eng/promtool.sh, or set MULTUS_TEST_PROMTOOL" : null;

        public static string? Promtool =>
            new[]
            {
                Environment.GetEnvironmentVariable("MULTUS_TEST_PROMTOOL"),
                Path.Combine(DeployedFiles.Root, "artifacts", "promtool", "promtool"),
            }.FirstOrDefault(File.Exists);
    }
}
