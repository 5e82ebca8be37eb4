using System.Net.Sockets;
using System.Text;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Daemons;

/// <summary>Clients that begin a request and do not end it.</summary>
public sealed class HalfSentRequestTests(ITestOutputHelper output) : NodeTest(output)
{
    private const string HalfOfTheHeaders = "POST /cni HTTP/1.1\r\nHost: multus\r\nContent-Le";
    private const string HalfOfTheBody = "POST /cni HTTP/1.1\r\nHost: multus\r\nContent-Length: 100\r\n\r\n{ \"env\": ";

    [RootTheory]
    [InlineData(HalfOfTheHeaders, "HTTP/1.1 408 ")]
    [InlineData(HalfOfTheBody, "the request's body did not arrive within 0.5 s (multus.server.read-timeout)")]
    public async Task A_request_that_is_not_sent_to_its_end_is_answered_with_408_and_cut_off(string half, string answer)
    {
        Node.Hocon = "multus.server.read-timeout = 500ms";
        await Node.StartDaemon();

        var read = await Wait.For("the end of the connection", SendAndRead(half));

        Assert.StartsWith("HTTP/1.1 408 ", read, StringComparison.Ordinal);
        Assert.Contains(answer, read, StringComparison.Ordinal);
        Assert.True(await Node.Client.IsFine("/readyz"));
    }

    [RootTheory]
    [InlineData("")]
    [InlineData(HalfOfTheHeaders)]
    [InlineData(HalfOfTheBody)]
    public async Task A_request_that_is_not_sent_to_its_end_does_not_hold_up_the_stop_for_the_time_to_drain(string half)
    {
        Node.Hocon = "multus { server.read-timeout = 500ms, node.drain-timeout = 10m }"; // a stop that waits for the drain is not seen to end
        var daemon = await Node.StartDaemon();
        using var client = await Connect(half);

        daemon.AskToStop();

        Assert.Equal(0, await daemon.Exited());
    }

    private async Task<string> SendAndRead(string half)
    {
        using var client = await Connect(half);
        await using var stream = new NetworkStream(client);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync();
    }

    private async Task<Socket> Connect(string half)
    {
        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(Node.Folders.Socket));
        await client.SendAsync(Encoding.ASCII.GetBytes(half));
        return client;
    }
}
