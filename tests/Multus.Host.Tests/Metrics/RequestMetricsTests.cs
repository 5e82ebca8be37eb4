using Microsoft.AspNetCore.Http;
using Multus.Cni;
using Multus.Host.Metrics;
using Multus.TestSupport;
using Multus.Wire;

namespace Multus.Host.Tests.Metrics;

public sealed class RequestMetricsTests
{
    private readonly CountedTime _time = new();
    private readonly NodeMetrics _metrics;

    public RequestMetricsTests() => _metrics = new NodeMetrics(_time);

    [Fact]
    public async Task An_answer_counts_under_upstreams_name_with_upstreams_labels()
    {
        Answer("POST", "/cni", 200);
        Answer("POST", "/cni", 400);
        Answer("GET", "/healthz", 200);
        Answer("GET", "/no/such/path", 404);
        Answer("TRACE", "/cni", 405);

        var scraped = await Scrape.OfAsync(_metrics);

        Assert.All(
            (string[])
                [
                    "handler=\"/cni\",code=\"200\",method=\"post\"",
                    "handler=\"/cni\",code=\"400\",method=\"post\"",
                    "handler=\"/healthz\",code=\"200\",method=\"get\"",
                    "handler=\"NotFound\",code=\"404\",method=\"get\"",
                    "handler=\"/cni\",code=\"405\",method=\"unknown\"",
                ],
            labels => Assert.Equal("1", scraped.Value($"multus_server_request_total{{{labels}}}"))
        );
    }

    [Theory]
    [InlineData(null, "success")]
    [InlineData(CniErrorCode.TryAgainLater, "try_again_later")]
    [InlineData(CniErrorCode.InvalidNetworkConfig, "wrong_configuration")]
    [InlineData(CniErrorCode.InvalidEnvironment, "wrong_request")]
    [InlineData(CniErrorCode.PluginNotAvailable, "not_available")]
    [InlineData(CniErrorCode.InvalidNetNs, "no_namespace")]
    [InlineData(CniErrorCode.Io, "io")]
    [InlineData(CniErrorCode.Internal, "internal")]
    [InlineData(100u, "plugin")]
    [InlineData(12345u, "plugin")]
    [InlineData(42u, "other")]
    public async Task A_request_counts_by_verb_and_outcome_and_its_time_by_verb(uint? code, string outcome)
    {
        var request = _metrics.Requests.Begin();
        request.Asks(Body("CHECK"));
        _time.Advance(TimeSpan.FromSeconds(3));
        if (code is { } failed)
            request.Failed(new CniError(failed, "not done"));
        request.End(Context("POST", "/cni", 200));

        var scraped = await Scrape.OfAsync(_metrics);

        Assert.Equal("1", scraped.Value($"multus_requests_total{{verb=\"CHECK\",outcome=\"{outcome}\"}}"));
        Assert.Equal("3", scraped.Value("multus_request_seconds_sum{verb=\"CHECK\"}"));
    }

    [Fact]
    public async Task A_client_that_has_gone_is_told_apart_from_an_answer()
    {
        var request = _metrics.Requests.Begin();
        request.Asks(Body("ADD"));
        var context = Context("POST", "/cni", 200);
        context.RequestAborted = new CancellationToken(canceled: true);
        request.End(context);

        var scraped = await Scrape.OfAsync(_metrics);

        Assert.Equal("1", scraped.Value("multus_requests_total{verb=\"ADD\",outcome=\"client_gone\"}"));
        Assert.Equal("1", scraped.Value("multus_server_request_total{handler=\"/cni\",code=\"499\",method=\"post\"}"));
    }

    [Fact]
    public async Task A_verb_that_is_none_is_no_label()
    {
        var request = _metrics.Requests.Begin();
        request.Asks(Body("FOO"));
        request.End(Context("POST", "/cni", 400));

        Assert.DoesNotContain("FOO", await Scrape.OfAsync(_metrics), StringComparison.Ordinal);
    }

    private void Answer(string method, string path, int status) =>
        _metrics.Requests.Begin().End(Context(method, path, status));

    private static DefaultHttpContext Context(string method, string path, int status)
    {
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Path, context.Response.StatusCode) = (method, path, status);
        return context;
    }

    private static CniRequestBody Body(string verb) =>
        CniRequestBody.Parse(System.Text.Encoding.UTF8.GetBytes($$$"""{"env":{"CNI_COMMAND":"{{{verb}}}"}}"""));
}
