using System.Globalization;
using System.Text;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Load;

/// <summary>Requests as large as they may be, many at once: what they take is bounded, and given back.</summary>
public sealed class LargeRequestTests(ITestOutputHelper output) : NodeTest(output)
{
    private const int Requests = 250;

    // What the daemon may have more, in private memory, when it is over than it had before.
    private const long Kept = 24 << 20;

    [RootFact]
    public async Task Memory_that_250_requests_of_a_megabyte_took_goes_back_to_the_system()
    {
        Node.Hocon = "multus.server.read-timeout = 5m"; // on a busy machine some wait for room longer than they would on another
        var daemon = await Node.StartDaemon();
        Assert.True(await Node.Client.IsFine("/healthz"));
        var before = PrivateBytes(daemon.Id);
        var body = Encoding.ASCII.GetBytes(
            $$"""{"env":{"CNI_COMMAND":"ADD","CNI_CONTAINERID":"c","CNI_NETNS":"/run/netns/none","CNI_ARGS":"K8S_POD_NAMESPACE=a;K8S_POD_NAME=b","X":"{{new string('x', 1_000_000)}}"},"config":"e30="}"""
        );

        var answers = await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => Send(body)));

        Assert.All(
            answers,
            answer => Assert.Contains("network namespace /run/netns/none", answer, StringComparison.Ordinal)
        );
        await Wait.Until(
            $"the daemon has no more than {Kept} bytes above the {before} that it had before",
            () => PrivateBytes(daemon.Id) <= before + Kept,
            () => $"{PrivateBytes(daemon.Id)}"
        );
        Assert.True(await Node.Client.IsFine("/readyz"));
    }

    private async Task<string> Send(byte[] body)
    {
        using var client = new DaemonClient(Node.Folders.Socket);
        using var answer = await client.Send(HttpMethod.Post, "/cni", new ByteArrayContent(body));
        return await answer.Content.ReadAsStringAsync();
    }

    private static long PrivateBytes(int pid)
    {
        var line = File.ReadLines($"/proc/{pid}/smaps_rollup")
            .First(line => line.StartsWith("Private_Dirty:", StringComparison.Ordinal));
        return 1024
            * long.Parse(
                line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
                CultureInfo.InvariantCulture
            );
    }
}
