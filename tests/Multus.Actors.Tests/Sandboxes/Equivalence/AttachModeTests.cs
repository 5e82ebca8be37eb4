using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Actors.Annotations;
using Multus.Actors.Cluster;
using Multus.Actors.Delegates;
using Multus.Actors.Netlink;
using Multus.Actors.Sandboxes;
using Multus.Actors.Tests.Fakes;
using Multus.Cni;
using Multus.Core.Configuration;
using Multus.Core.Pods;
using Multus.Engine;
using Multus.Engine.Requests;
using Multus.Linux.Netlink;
using Multus.Linux.Processes;
using Multus.TestSupport;

namespace Multus.Actors.Tests.Sandboxes.Equivalence;

/// <summary>
/// Pods of random networks of the real plugins, each attached one after the other and in another mode: whether their
/// namespaces can be told apart. Two lanes of rounds, since most of a round is waiting for the kernel and for
/// processes.
/// </summary>
public sealed class AttachModeTests : TestKit
{
    private const int Rounds = 300;
    private const int LaneCount = 2;

    private static readonly int Seed = int.TryParse(
        Environment.GetEnvironmentVariable("MULTUS_PROPERTY_SEED"),
        out var seed
    )
        ? seed
        : 20_261_201;

    private readonly ProcessRunner _processes = new(TimeProvider.System);
    private readonly IActorRef _sandboxes;
    private int _attached;

    public AttachModeTests()
        : base("multus.netlink.dispatcher.type = PinnedDispatcher")
    {
        var delegates = Sys.ActorOf(
            DelegatesActor.PropsFor(
                new DelegateSettings(16, 16, Patience, 1 << 20, 1 << 16),
                _processes,
                NullLogger.Instance
            )
        );
        _sandboxes = Sys.ActorOf(
            SandboxesActor.PropsFor(
                new SandboxSettings(10, Patience, Patience),
                new SandboxEngine(
                    FakeParts.Ports(
                        Sys.ActorOf(
                            FakePart.PropsFor(question =>
                                question is ClusterProtocol.FindPod ? new ClusterProtocol.PodReply.Unknown() : null
                            )
                        ),
                        Sys.ActorOf(
                            NetlinkActor.PropsFor(new NetlinkSettings(2), new LinkInspector(), new RouteTable())
                        ),
                        Sys.ActorOf(FakePart.PropsFor(_ => new AnnotationsProtocol.Reply.Stored())),
                        new ActorPluginInvoker(delegates),
                        new FakeFolder()
                    ),
                    new SandboxSettings(10, Patience, Patience).Limits
                )
            )
        );
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _processes.Dispose();
    }

    [PluginFact(
        "bridge",
        "macvlan",
        "ptp",
        "host-device",
        "host-local",
        "static",
        "portmap",
        "bandwidth",
        "tuning",
        "sbr"
    )]
    public async Task A_pod_attached_in_auto_mode_cannot_be_told_from_one_attached_in_order()
    {
        var differences = await DifferencesAsync("auto", Rounds, CancellationToken.None);

        Assert.True(
            differences.Count == 0,
            $"{differences.Count} of {Rounds} pods differ; the first of them:\n{string.Join("\n\n", differences.Take(5))}"
        );
    }

    /// <summary>The test of the test: what nobody keeps apart is seen to differ.</summary>
    [PluginFact(
        "bridge",
        "macvlan",
        "ptp",
        "host-device",
        "host-local",
        "static",
        "portmap",
        "bandwidth",
        "tuning",
        "sbr"
    )]
    public async Task Pods_attached_in_parallel_mode_are_told_from_those_attached_in_order()
    {
        using var enough = new CancellationTokenSource();

        Assert.NotEmpty(await DifferencesAsync("parallel", Rounds, enough.Token, enough));
    }

    /// <param name="enough">Is cancelled by the first difference.</param>
    private async Task<List<string>> DifferencesAsync(
        string mode,
        int rounds,
        CancellationToken stop,
        CancellationTokenSource? enough = null
    )
    {
        var lanes = Enumerable
            .Range(0, LaneCount)
            .Select(number =>
                Task.Run(async () =>
                {
                    var differences = new List<string>();
                    using var lane = new Lane(number);
                    for (var round = number; round < rounds && !stop.IsCancellationRequested; round += LaneCount)
                    {
                        if (
                            await DifferenceAsync(new RandomPod(new Random(Seed + round), lane), lane, mode)
                            is not { Length: > 0 } difference
                        )
                            continue;
                        differences.Add($"round {round}:\n{difference}");
                        if (enough is not null)
                            await enough.CancelAsync();
                    }

                    return differences;
                })
            );
        return [.. (await Task.WhenAll(lanes)).SelectMany(differences => differences)];
    }

    private async Task<string> DifferenceAsync(RandomPod pod, Lane lane, string mode)
    {
        var difference = NamespaceSnapshot.Difference(
            await SeenAsync(pod, lane, "sequential"),
            await SeenAsync(pod, lane, mode)
        );
        return difference.Length == 0 ? "" : $"{difference}\nnetworks:\n{string.Join('\n', pod.Networks)}";
    }

    /// <returns>What the pod sees; when it cannot be attached, why.</returns>
    private async Task<string> SeenAsync(RandomPod pod, Lane lane, string mode)
    {
        lane.Restore();
        using var ns = new TestNamespace("mam");

        // No second of waiting for each IPv6 address.
        ns.Exec(
            "sh",
            "-c",
            "echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad; echo 0 >/proc/sys/net/ipv6/conf/default/dad_transmits"
        );
        var request = Request(pod, lane, mode, ns);
        var reply = await _sandboxes.Ask<CniReply>(new CniRequest.Attach(request, CancellationToken.None), Patience);
        if (reply is CniReply.Refused refused)
            return $"refused: {refused.Error.Message.Replace(ns.Name, "NS", StringComparison.Ordinal)}";

        var seen = NamespaceSnapshot.Of(ns);
        Assert.IsType<CniReply.Attached>(reply);
        Assert.IsType<CniReply.Done>(
            await _sandboxes.Ask<CniReply>(new CniRequest.Detach(request, StoredAs: null), Patience)
        );
        return seen;
    }

    private SandboxRequest Request(RandomPod pod, Lane lane, string mode, TestNamespace ns)
    {
        var cluster =
            $$$"""{"cniVersion":"1.0.0","name":"cluster","type":"macvlan","master":"{{{lane.ClusterMaster}}}","ipam":{"type":"static","addresses":[{"address":"{{{lane.V4(0)}}}7/24","gateway":"{{{lane.V4(0)}}}1"}],"routes":[{"dst":"0.0.0.0/0"}]}}""";
        var ports = pod.HasHostPort
            ? $$""","runtimeConfig":{"portMappings":[{"hostPort":{{lane.HostPort}},"containerPort":80,"protocol":"tcp"}]}"""
            : "";
        var configuration =
            $$"""{"cniVersion":"1.0.0","name":"multus","type":"multus-shim","cniDir":"{{lane.CniFolder}}","attachMode":"{{mode}}","delegates":[{{string.Join(',', pod.Networks.Prepend(cluster))}}]{{ports}}}""";
        return new SandboxRequest(
            "r1",
            SandboxId.Parse($"pod{Interlocked.Increment(ref _attached)}"),
            ns.Path,
            InterfaceName.Parse("eth0"),
            new PodIdentity("", "", "", ""),
            MultusConfiguration.Parse(Encoding.UTF8.GetBytes(configuration), default),
            [Requirements.PluginFolder]
        );
    }
}
