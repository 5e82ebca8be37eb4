using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Multus.Configuration;
using Multus.Host.Server;
using Multus.Host.Tests.Logging;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;

namespace Multus.Host.Tests.Server;

public sealed class HttpPortTests
{
    private readonly CountedTime _time = new();
    private readonly MemoryLog _log = new();

    [Fact]
    public async Task It_answers_GET_of_its_pages_and_of_nothing_else()
    {
        using var port = Port(new MetricsKeys(0, IPAddress.Loopback));
        await port.StartAsync(CancellationToken.None);
        using var client = new HttpClient { BaseAddress = await port.Bound };

        Assert.Equal("the page", await client.GetStringAsync("/page"));
        using var unknown = await client.GetAsync("/cni");
        using var wrong = await client.PostAsync("/page", new StringContent(""));

        Assert.Equal(
            (HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed),
            (unknown.StatusCode, wrong.StatusCode)
        );
        await port.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_port_that_is_taken_holds_up_nobody_is_said_once_and_had_as_soon_as_it_is_free()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        using var port = Port(new MetricsKeys(((IPEndPoint)other.LocalEndPoint!).Port, IPAddress.Loopback));

        await port.StartAsync(CancellationToken.None);
        for (var i = 0; i < 3; i++)
        {
            await Sleeps();
            _time.Advance(HttpPort.Interval);
        }

        await Sleeps();
        Assert.False(port.Bound.IsCompleted);
        Assert.Contains("cannot be listened on", Assert.Single(Said("Warning")), StringComparison.Ordinal);

        other.Dispose();
        _time.Advance(HttpPort.Interval);
        using var client = new HttpClient { BaseAddress = await port.Bound.WaitAsync(Wait.Patience) };
        Assert.Equal("the page", await client.GetStringAsync("/page"));
        await port.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task It_can_be_stopped_while_the_port_is_anothers()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        using var port = Port(new MetricsKeys(((IPEndPoint)other.LocalEndPoint!).Port, IPAddress.Loopback));
        await port.StartAsync(CancellationToken.None);
        await Sleeps();

        await port.StopAsync(CancellationToken.None).WaitAsync(Wait.Patience);

        Assert.True(port.ExecuteTask!.IsCompletedSuccessfully);
    }

    private IEnumerable<string> Said(string level) =>
        _log.Lines.Where(line =>
            line.StartsWith(level, StringComparison.Ordinal) && line.Contains("metricsPort", StringComparison.Ordinal)
        );

    private Task Sleeps() => Wait.Until("it waits for its next try", () => _time.PendingTimers > 0);

    private HttpPort Port(MetricsKeys at) =>
        new(
            at,
            new Dictionary<string, RequestDelegate> { ["/page"] = context => context.Response.WriteAsync("the page") },
            _time,
            LoggerFactory.Create(logging => logging.AddProvider(new OneLog(_log)))
        );

    private sealed class OneLog(ILogger log) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => log;

        public void Dispose() { }
    }
}
