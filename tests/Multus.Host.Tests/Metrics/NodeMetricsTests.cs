using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Multus.Actors.Health;
using Multus.Cni;
using Multus.Engine.Activity;
using Multus.Engine.Installation;
using Multus.Engine.Ports;
using Multus.Host.Logging;
using Multus.Host.Metrics;
using Multus.TestSupport;

namespace Multus.Host.Tests.Metrics;

public sealed class NodeMetricsTests
{
    private const int MostBytes = 50_000;

    private readonly NodeMetrics _metrics = new(new CountedTime());

    [Fact]
    public async Task What_a_part_had_counted_before_it_was_started_anew_stays_counted()
    {
        _metrics.Update(Figures(Part("sandboxes", ("added", 7))));
        _metrics.Update(Figures(Part("sandboxes", ("added", 10))));
        _metrics.Update(Figures(Part("sandboxes", ("added", 2)))); // the instance after a crash

        Assert.Equal("12", (await Scrape.OfAsync(_metrics)).Value("multus_sandboxes_attached_total"));
    }

    [Fact]
    public async Task A_part_that_is_silent_is_down_and_the_node_is_not_ready()
    {
        _metrics.Update(Figures(Part("sandboxes", ("added", 1))));
        Assert.Equal("1", (await Scrape.OfAsync(_metrics)).Value("multus_ready"));

        var silent = Health() with { Silent = ["sandboxes"] };
        _metrics.Update(Figures() with { Health = silent });

        var scraped = await Scrape.OfAsync(_metrics);
        Assert.Equal("0", scraped.Value("multus_part_up{part=\"sandboxes\"}"));
        Assert.Equal("0", scraped.Value("multus_ready"));
    }

    [Fact]
    public async Task Without_an_answer_of_the_actors_there_is_still_what_needs_none()
    {
        _metrics.Update(Figures() with { Health = null });

        var scraped = await Scrape.OfAsync(_metrics);
        Assert.Equal("0", scraped.Value("multus_ready"));
        Assert.True(double.Parse(scraped.Value("process_resident_memory_bytes")!, CultureInfo.InvariantCulture) > 1e6);
        Assert.Null(scraped.Value("multus_sandboxes"));
    }

    [Fact]
    public async Task Fights_over_the_runtimes_file_lines_lost_and_faults_are_shown()
    {
        var runtime = new RuntimeConfigState("/etc/cni/net.d/00-multus.conf", "", "", true, 3, 2, true);
        _metrics.Update(
            Figures() with
            {
                RuntimeConfig = runtime,
                Losses = [new LogLoss("stderr", 5, 1)],
                Faults = ["a", "b"],
            }
        );

        var scraped = await Scrape.OfAsync(_metrics);
        Assert.Equal("3", scraped.Value("multus_runtime_config_restored_total"));
        Assert.Equal("1", scraped.Value("multus_runtime_config_given_up"));
        Assert.Equal("5", scraped.Value("multus_log_lines_lost_total{place=\"stderr\",reason=\"dropped\"}"));
        Assert.Equal("2", scraped.Value("multus_faults"));
    }

    [Fact]
    public async Task The_age_of_the_oldest_operation_restarts_and_mailboxes_are_shown()
    {
        var oldest = new OperationView(
            "r1",
            SandboxId.Parse("c1"),
            CniCommand.Add,
            "attaching",
            TimeSpan.FromSeconds(9),
            []
        );
        var vitals = ImmutableArray.Create(new ActorVitals("sandbox", 250, 3, 2));
        _metrics.Update(Figures() with { Operations = [oldest], Health = Health() with { Actors = vitals } });

        var scraped = await Scrape.OfAsync(_metrics);
        Assert.Equal("9", scraped.Value("multus_operation_oldest_seconds"));
        Assert.Equal("3", scraped.Value("multus_actor_mailbox_messages{actor=\"sandbox\"}"));
        Assert.Equal("2", scraped.Value("multus_actor_restarts_total{actor=\"sandbox\"}"));
        Assert.Equal("250", scraped.Value("multus_actors{actor=\"sandbox\"}"));
    }

    [Fact]
    public async Task The_API_server_is_counted_by_verb_and_code()
    {
        _metrics.Api.Answered("patch", 200);
        _metrics.Api.Answered("patch", 200);
        _metrics.Api.Answered("watch", 0);

        var scraped = await Scrape.OfAsync(_metrics);
        Assert.Equal("2", scraped.Value("multus_api_requests_total{verb=\"patch\",code=\"200\"}"));
        Assert.Equal("1", scraped.Value("multus_api_requests_total{verb=\"watch\",code=\"none\"}"));
    }

    [Fact]
    public async Task A_scrape_of_a_node_on_which_everything_has_happened_has_less_than_50_kB()
    {
        FilledMetrics.Fill(_metrics);

        var bytes = Encoding.UTF8.GetByteCount(await Scrape.OfAsync(_metrics));

        Assert.True(bytes < MostBytes, $"{bytes} bytes");
    }

    private static NodeFigures Figures(params ImmutableArray<HealthProtocol.Figures> parts) =>
        new(Health() with { Parts = parts }, [], null, [], []);

    private static HealthProtocol.Reply.Health Health() => new(true, [], [], []);

    private static HealthProtocol.Figures Part(string name, params (string Name, long Value)[] figures) =>
        new(name, [.. figures.Select(figure => KeyValuePair.Create(figure.Name, figure.Value))]);
}
