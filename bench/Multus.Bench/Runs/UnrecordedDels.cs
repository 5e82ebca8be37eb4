using System.Collections.Immutable;
using System.Globalization;
using Multus.Bench.Daemons;
using Multus.Bench.Nodes;
using Multus.Bench.Reports;
using Multus.Bench.Workloads;
using Multus.Linux.Processes;
using Multus.TestSupport;

namespace Multus.Bench.Runs;

/// <summary>
/// What DELs of containers that nobody has heard of do to ADDs beside them: each runs one DEL of the cluster network.
/// They come as requests on the socket, as many at a time as a runtime has under way, and not through shims: the starts
/// of so many processes would take the machine from the ADDs, whatever the daemon does.
/// </summary>
internal sealed class UnrecordedDels(IProcessRunner processes, TimeProvider time, NodeFolders folders, string prefix)
{
    private const int Rounds = 5;
    private const int Dels = 500;
    private const int AtATime = 16;

    /// <summary>What <c>--only</c> finds it by.</summary>
    public const string Description = "ADDs beside DELs of unknown containers";

    public static Workload Workload { get; } = new("null", 1, 1, 20);

    /// <exception cref="BenchException">A request failed: then the figures mean nothing.</exception>
    public async Task<UnrecordedDelsRow> RunAsync(Build build, CancellationToken cancel)
    {
        var folder = folders.Make(Workload);
        await using var node = await RunningNode.StartAsync(processes, time, folder, Workload, build, cancel);
        var (alone, beside) = (ImmutableArray.CreateBuilder<Outcome>(), ImmutableArray.CreateBuilder<Outcome>());
        for (var round = 0; round < Rounds; round++)
        {
            await AddsAsync(node, alone, cancel);
            var dels = DelsAsync(folder, round, cancel);
            await AddsAsync(node, beside, cancel);
            await dels;
        }

        await node.StopAsync(cancel);
        return new UnrecordedDelsRow(
            Dels,
            Measurement.OneByOne(alone.ToImmutable()),
            Measurement.OneByOne(beside.ToImmutable())
        );
    }

    private async Task AddsAsync(RunningNode node, ImmutableArray<Outcome>.Builder into, CancellationToken cancel)
    {
        foreach (var pod in Pod.Crowd(prefix, "multus", Workload.Pods))
        {
            into.Add(Successful(await node.RunAsync("ADD", pod, cancel)));
            Successful(await node.RunAsync("DEL", pod, cancel));
        }
    }

    private static Outcome Successful(Outcome outcome) =>
        outcome.Error is { } error ? throw new BenchException(error) : outcome;

    private static async Task DelsAsync(NodeFolder folder, int round, CancellationToken cancel)
    {
        var handler = UnixSocketHandler.For(Path.Combine(folder.SocketFolder, "multus.sock"));
        handler.MaxConnectionsPerServer = AtATime;
        using var http = new HttpClient(handler) { BaseAddress = new Uri("http://dummy") };
        await Task.WhenAll(
            Enumerable
                .Range(0, Dels)
                .Select(async index =>
                {
                    using var body = new StringContent(
                        Body(folder, string.Create(CultureInfo.InvariantCulture, $"unrecorded-{round}-{index}"))
                    );
                    using var answer = await http.PostAsync("/cni", body, cancel);
                    if (!answer.IsSuccessStatusCode)
                        throw new BenchException(
                            $"DEL of a container that nobody knows: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancel)}"
                        );
                })
        );
    }

    private static string Body(NodeFolder folder, string container) =>
        $$"""
            {"env":{"CNI_COMMAND":"DEL","CNI_CONTAINERID":"{{container}}","CNI_NETNS":"","CNI_IFNAME":"eth0","CNI_PATH":"{{folder.BinFolder}}",
                    "CNI_ARGS":"IgnoreUnknown=1;K8S_POD_NAMESPACE={{Pod.Namespace}};K8S_POD_NAME={{container}};K8S_POD_INFRA_CONTAINER_ID={{container}}"},
             "config":"{{Convert.ToBase64String(folder.ShimConfiguration)}}"}
            """;
}
