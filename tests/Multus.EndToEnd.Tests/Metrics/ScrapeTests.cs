using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Multus.EndToEnd.Tests.Documents;
using Multus.EndToEnd.Tests.Kubernetes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Metrics;

/// <summary>The published daemon, as Prometheus reads it.</summary>
public sealed class ScrapeTests(ITestOutputHelper output) : ApiServerTest(output)
{
    private const int Port = 9091; // of the node's own network namespace

    [RootFact]
    public async Task A_scrape_of_the_socket_shows_what_pods_have_done_and_only_what_the_page_has()
    {
        UseKubeconfig();
        CreateNetwork("one");
        var (pod, unlucky) = (CreatePod("one"), CreatePod("one"));
        await Node.StartDaemon();
        (await Node.Add(pod)).Succeeded();
        (await Node.Del(pod)).Succeeded();
        Plugin.On("ADD", does => does.Fails(100, "not today"));
        Assert.NotEqual(0, (await Node.Add(unlucky)).ExitCode);

        var scraped = await OnSocket();

        Assert.Equal("1", Value(scraped, "multus_requests_total{verb=\"ADD\",outcome=\"success\"}"));
        Assert.Equal("1", Value(scraped, "multus_requests_total{verb=\"ADD\",outcome=\"plugin\"}"));
        Assert.Equal("1", Value(scraped, "multus_requests_total{verb=\"DEL\",outcome=\"success\"}"));
        Assert.Equal("1", Value(scraped, "multus_server_request_total{handler=\"/cni\",code=\"400\",method=\"post\"}"));
        Assert.Equal("2", Value(scraped, "multus_request_seconds_count{verb=\"ADD\"}"));
        Assert.Equal("2", Value(scraped, "multus_phase_seconds_count{verb=\"ADD\",phase=\"planning\"}"));
        Assert.Equal("1", Value(scraped, "multus_phase_seconds_count{verb=\"ADD\",phase=\"status\"}"));
        Assert.Equal("3", Value(scraped, $"multus_plugin_seconds_count{{type=\"{Plugin.Type}\",verb=\"ADD\"}}"));
        Assert.Equal("1", Value(scraped, "multus_ready"));
        Assert.Equal("0", Value(scraped, "multus_actor_restarts_total{actor=\"sandboxes\"}"));
        Assert.NotNull(Value(scraped, "multus_api_requests_total{verb=\"list\",code=\"200\"}"));
        var documented = Page.KeysOf("docs/reference/metrics.md").ToHashSet(StringComparer.Ordinal);
        Assert.All(
            scraped.Split('\n').Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)),
            line => Assert.Contains(line.Split(' ')[2], documented)
        );
        Assert.DoesNotContain(pod.Name, scraped, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task The_port_serves_the_same_on_localhost_and_nothing_else()
    {
        UseKubeconfig();
        Node.WithJson("metricsPort", $"{Port}");
        await Node.StartDaemon();
        using var http = Http();

        await Wait.Until("the port is there", async () => await Get(http, "/metrics") is not null);

        Assert.Equal("1", Value((await Get(http, "/metrics"))!, "multus_ready"));
        using var cni = await http.PostAsync("/cni", new StringContent("{}"));
        Assert.Equal(HttpStatusCode.NotFound, cni.StatusCode);
        Assert.Contains("127.0.0.1:9091", Node.Exec("ss", "-ltn"), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task While_the_port_is_somebody_elses_pods_are_attached_and_then_it_is_had()
    {
        UseKubeconfig();
        CreateNetwork("one");
        Node.WithJson("metricsPort", $"{Port}");
        using (var other = Node.Bind(new IPEndPoint(IPAddress.Loopback, Port)))
        {
            other.Listen();
            await Node.StartDaemon();
            await Node.Log.Line("metricsPort: localhost:9091 cannot be listened on");
            (await Node.Add(CreatePod("one"))).Succeeded();
        }

        using var http = Http();
        await Wait.Until("the port is the daemon's", async () => await Get(http, "/metrics") is not null);

        Assert.Equal("1", Value((await Get(http, "/metrics"))!, "multus_sandboxes_attached_total"));
    }

    private async Task<string> OnSocket()
    {
        using var answer = await Node.Client.Send(HttpMethod.Get, "/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        return await answer.Content.ReadAsStringAsync();
    }

    private static string? Value(string scraped, string series) =>
        scraped
            .Split('\n')
            .FirstOrDefault(line => line.StartsWith(series + " ", StringComparison.Ordinal))
            ?[(series.Length + 1)..];

    private HttpClient Http() =>
        new(
            new SocketsHttpHandler
            {
                ConnectCallback = async (_, cancel) =>
                {
                    var socket = Node.Bind(new IPEndPoint(IPAddress.Loopback, 0));
                    try
                    {
                        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Port), cancel);
                        return new NetworkStream(socket, ownsSocket: true);
                    }
                    catch
                    {
                        socket.Dispose();
                        throw;
                    }
                },
            }
        )
        {
            BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{Port}")),
        };

    private static async Task<string?> Get(HttpClient http, string path)
    {
        try
        {
            return await http.GetStringAsync(path);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
