using Multus.Cni;
using Multus.Engine.Ports;
using Multus.Host.Metrics;
using Multus.TestSupport;

namespace Multus.Host.Tests.Metrics;

public sealed class OperationMetricsTests
{
    private static readonly SandboxId Sandbox = SandboxId.Parse("c1");

    private readonly CountedTime _time = new();
    private readonly NodeMetrics _metrics;

    public OperationMetricsTests() => _metrics = new NodeMetrics(_time);

    [Fact]
    public async Task Each_phase_of_an_ADD_is_measured_from_its_beginning_to_the_next_or_to_the_end()
    {
        Report(Phases.Begun("r1", Sandbox, CniCommand.Add));
        Wait(0.002);
        Report(new OperationPhase.Planned("r1", Sandbox, []));
        Wait(0.2);
        Report(new OperationPhase.Routes("r1", Sandbox));
        Wait(0.02);
        Report(new OperationPhase.Status("r1", Sandbox));
        Wait(2);
        Report(new OperationPhase.Done("r1", Sandbox, null));

        var scraped = await Scrape.OfAsync(_metrics);

        Assert.Equal("0.002", Sum("planning"));
        Assert.Equal("0.2", Sum("attaching"));
        Assert.Equal("0.02", Sum("routes"));
        Assert.Equal("2", Sum("status"));
        Assert.Equal("0", scraped.Value("multus_phase_seconds_bucket{verb=\"ADD\",phase=\"status\",le=\"1\"}"));
        Assert.Equal("1", scraped.Value("multus_phase_seconds_bucket{verb=\"ADD\",phase=\"status\",le=\"5\"}"));

        string? Sum(string phase) => scraped.Value($"multus_phase_seconds_sum{{verb=\"ADD\",phase=\"{phase}\"}}");
    }

    [Fact]
    public async Task A_phase_that_an_ADD_never_came_to_is_not_measured()
    {
        Report(Phases.Begun("r1", Sandbox, CniCommand.Add));
        Wait(1);
        Report(new OperationPhase.Done("r1", Sandbox, new CniError(CniErrorCode.TryAgainLater, "no pod")));

        var scraped = await Scrape.OfAsync(_metrics);

        Assert.Equal("1", scraped.Value("multus_phase_seconds_count{verb=\"ADD\",phase=\"planning\"}"));
        Assert.Equal("0", scraped.Value("multus_phase_seconds_count{verb=\"ADD\",phase=\"attaching\"}"));
    }

    [Fact]
    public async Task A_plugin_is_measured_by_type_and_verb_and_one_of_a_GC_is_not_taken_for_that_of_another_sandbox()
    {
        var (one, other) = (SandboxId.Parse("c1"), SandboxId.Parse("c2"));
        var (bridge, macvlan) = (Run("bridge", CniCommand.Del), Run("macvlan", CniCommand.Del));
        foreach (var sandbox in (SandboxId[])[one, other])
            Report(Phases.Begun("gc", sandbox, CniCommand.Del));
        Report(new OperationPhase.PluginStarted("gc", one, bridge));
        Wait(1);
        Report(new OperationPhase.PluginStarted("gc", other, macvlan));
        Wait(1);
        Report(new OperationPhase.PluginEnded("gc", one, bridge, null, ""));
        Report(new OperationPhase.PluginEnded("gc", other, macvlan, new CniError(100, "busy"), ""));
        foreach (var sandbox in (SandboxId[])[one, other])
            Report(new OperationPhase.Done("gc", sandbox, null));

        var scraped = await Scrape.OfAsync(_metrics);

        Assert.Equal("2", scraped.Value("multus_plugin_seconds_sum{type=\"bridge\",verb=\"DEL\"}"));
        Assert.Equal("1", scraped.Value("multus_plugin_seconds_sum{type=\"macvlan\",verb=\"DEL\"}"));
        Assert.Equal("1", scraped.Value("multus_plugin_run_failures_total{type=\"macvlan\",verb=\"DEL\"}"));
        Assert.Equal("2", scraped.Value("multus_phase_seconds_count{verb=\"DEL\",phase=\"plugins\"}"));
    }

    [Fact]
    public async Task Types_that_somebody_makes_up_get_few_names_and_leave_places_for_those_that_work()
    {
        for (var i = 0; i < 1000; i++)
            Ran(Run($"made-up-{i}", CniCommand.Add), new CniError(CniErrorCode.PluginNotAvailable, "not found"));
        Ran(Run("bridge", CniCommand.Add), null);
        Ran(Run("bridge", CniCommand.Add), new CniError(100, "busy"));
        for (var i = 0; i < 1000; i++)
            Ran(Run($"works-{i}", CniCommand.Add), null);
        Ran(Run(new string('x', 64), CniCommand.Del), null);

        var scraped = await Scrape.OfAsync(_metrics);

        var types = scraped.Series("multus_plugin_seconds_count");
        Assert.Equal(PluginMetrics.MostPairs + 2, types.Count); // "other" of ADD and of DEL
        Assert.Equal(
            PluginMetrics.MostFailing,
            types.Count(type => type.Contains("made-up", StringComparison.Ordinal))
        );
        Assert.Equal("2", scraped.Value("multus_plugin_seconds_count{type=\"bridge\",verb=\"ADD\"}"));
        Assert.Equal("1", scraped.Value("multus_plugin_seconds_count{type=\"other\",verb=\"DEL\"}"));
        Assert.Equal(
            1000 - PluginMetrics.MostFailing,
            int.Parse(scraped.Value("multus_plugin_run_failures_total{type=\"other\",verb=\"ADD\"}")!, null)
        );
    }

    [Fact]
    public void An_operation_costs_few_allocations()
    {
        Measure(); // what is made once
        var plain = Measure();

        Assert.True(plain < 600, $"{plain} bytes for one ADD with its phases");

        long Measure()
        {
            var (begun, planned, done) = (
                Phases.Begun("r1", Sandbox, CniCommand.Add),
                new OperationPhase.Planned("r1", Sandbox, []),
                new OperationPhase.Done("r1", Sandbox, null)
            );
            var before = GC.GetAllocatedBytesForCurrentThread();
            Report(begun);
            Report(planned);
            Report(done);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static PluginRun Run(string type, CniCommand verb) => new(type, verb, "net", "net1");

    private void Ran(PluginRun plugin, CniError? error)
    {
        Report(Phases.Begun("r1", Sandbox, plugin.Verb));
        Report(new OperationPhase.PluginStarted("r1", Sandbox, plugin));
        Report(new OperationPhase.PluginEnded("r1", Sandbox, plugin, error, ""));
        Report(new OperationPhase.Done("r1", Sandbox, error));
    }

    private void Report(OperationPhase phase) => _metrics.Operations.Report(phase);

    private void Wait(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));
}
