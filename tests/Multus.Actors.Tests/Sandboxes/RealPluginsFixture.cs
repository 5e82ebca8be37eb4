using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Actors.Annotations;
using Multus.Actors.Delegates;
using Multus.Actors.Netlink;
using Multus.Actors.Sandboxes;
using Multus.Actors.Tests.Fakes;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Results;
using Multus.Cni.Runtime;
using Multus.Core.Configuration;
using Multus.Core.Pods;
using Multus.Engine;
using Multus.Engine.Requests;
using Multus.Linux.Netlink;
using Multus.Linux.Plugins;
using Multus.Linux.Processes;
using Multus.TestSupport;

namespace Multus.Actors.Tests.Sandboxes;

/// <summary>
/// Sandboxes with real plugins in real namespaces; only the cluster is faked. The cluster network is a bridge with
/// default routes of both families through 10.81.0.1 and fd81::1; networks of pods are made by <see cref="Bridge"/>.
/// </summary>
public abstract class RealPluginsFixture : TestKit
{
    private const string Bin = "/usr/lib/cni";

    private readonly TempFolder _temp = new();
    private readonly List<string> _bridges = [];
    private readonly List<TestNamespace> _namespaces = [];
    private readonly Dictionary<string, string> _definitions = [];
    private readonly ProcessRunner _processes = new(TimeProvider.System);

    protected RealPluginsFixture()
        : base("multus.netlink.dispatcher.type = PinnedDispatcher") { }

    /// <summary>The last status that was published.</summary>
    internal string Status { get; private set; } = "";

    /// <summary>Where the container runtime's own CNI library keeps its results.</summary>
    internal string RuntimeCache => _temp["runtime-cache"];

    internal string ResultsFolder => _temp["cni/results"];

    /// <summary>The test's own folder; the cluster network's file is in it.</summary>
    internal TempFolder Temp => _temp;

    /// <summary>More members of the request's configuration, each with a comma before it.</summary>
    internal string ExtraKeys { get; set; } = "";

    protected override void AfterAll()
    {
        base.AfterAll();
        _processes.Dispose();
        foreach (var ns in _namespaces)
            ns.Dispose();
        foreach (var bridge in _bridges)
            ProcessTool.Try("ip", "link", "delete", bridge); // not there if no plugin has come to make it
        _temp.Dispose();
    }

    internal TestNamespace Namespace()
    {
        var ns = new TestNamespace("mrt");
        _namespaces.Add(ns);
        return ns;
    }

    /// <summary>
    /// A bridge network 10.{n}.0.0/24, fd{n}::/64, or both, whose gateway .1 (::1) is the default route.
    /// </summary>
    internal string Bridge(
        string name,
        int n,
        bool isV4 = true,
        bool isV6 = true,
        bool isDefault = true,
        string version = "1.0.0",
        string more = ""
    )
    {
        var bridge = Unique.Name("mrb");
        _bridges.Add(bridge);
        List<string> ranges = [],
            routes = [];
        if (isV4)
        {
            ranges.Add($$"""[{"subnet":"10.{{n}}.0.0/24","gateway":"10.{{n}}.0.1","rangeStart":"10.{{n}}.0.2"}]""");
            routes.AddRange(isDefault ? ["""{"dst":"0.0.0.0/0"}"""] : [$$"""{"dst":"172.{{n}}.0.0/16"}"""]);
        }

        if (isV6)
        {
            ranges.Add($$"""[{"subnet":"fd{{n}}::/64","gateway":"fd{{n}}::1","rangeStart":"fd{{n}}::2"}]""");
            routes.AddRange(isDefault ? ["""{"dst":"::/0"}"""] : [$$"""{"dst":"fdee:{{n}}::/48"}"""]);
        }

        return $$$"""
            {"cniVersion":"{{{version}}}","name":"{{{name}}}","type":"bridge","bridge":"{{{bridge}}}","ipam":{"type":"host-local","dataDir":"{{{_temp[
                "ipam"
            ]}}}",
            "ranges":[{{{string.Join(',', ranges)}}}],"routes":[{{{string.Join(',', routes)}}}]}{{{more}}}}
            """;
    }

    /// <summary>A NetworkAttachmentDefinition in the pods' namespace.</summary>
    internal void Define(string name, string config) => _definitions[name] = config;

    internal IActorRef Sandboxes(string networks, string? defaultNetwork = null, string? clusterNetwork = null)
    {
        File.WriteAllText(_temp["cluster.conf"], clusterNetwork ?? Bridge("cluster", 81));
        var annotations = new Dictionary<string, string> { ["k8s.v1.cni.cncf.io/networks"] = networks };
        if (defaultNetwork is not null)
            annotations["v1.multus-cni.io/default-network"] = defaultNetwork;
        var cluster = SandboxFixture.ClusterOf(
            annotations,
            [.. _definitions.Select(definition => ("ns", definition.Key, definition.Value))]
        );
        return Sys.ActorOf(
            SandboxesActor.PropsFor(
                new SandboxSettings(10, Patience, Patience),
                new SandboxEngine(
                    FakeParts.Ports(
                        Sys.ActorOf(FakePart.PropsFor(cluster)),
                        Sys.ActorOf(
                            NetlinkActor.PropsFor(new NetlinkSettings(2), new LinkInspector(), new RouteTable())
                        ),
                        Sys.ActorOf(FakePart.PropsFor(Publish)),
                        Invoker(),
                        new FakeFolder()
                    ),
                    new SandboxSettings(10, Patience, Patience).Limits
                )
            )
        );
    }

    /// <summary>
    /// Attaches as a container runtime does that calls the cluster network without Multus: with a result cache of its
    /// own.
    /// </summary>
    internal Task<CniResult> AttachedByRuntime(
        TestNamespace ns,
        string config,
        string capabilities = "{}",
        string sandbox = "c1"
    ) =>
        new CniRuntime(Invoker(), new FileResultCache(RuntimeCache)).AddAsync(
            NetworkConfiguration.Parse(Encoding.UTF8.GetBytes(config)),
            new AttachmentParameters(
                SandboxId.Parse(sandbox),
                ns.Path,
                "eth0",
                [],
                [
                    .. JsonDocument
                        .Parse(capabilities)
                        .RootElement.EnumerateObject()
                        .Select(member => new KeyValuePair<string, JsonElement>(member.Name, member.Value)),
                ],
                [Bin]
            ),
            CancellationToken.None
        );

    private ActorPluginInvoker Invoker() =>
        new(
            Sys.ActorOf(
                DelegatesActor.PropsFor(
                    new DelegateSettings(8, 8, Patience, 1 << 20, 1 << 16),
                    _processes,
                    NullLogger.Instance
                )
            )
        );

    internal Task<CniReply> Attach(IActorRef sandboxes, TestNamespace ns, string sandbox = "c1") =>
        sandboxes.Ask<CniReply>(new CniRequest.Attach(Request(ns, sandbox), CancellationToken.None), Patience);

    internal Task<CniReply> Detach(IActorRef sandboxes, TestNamespace ns, string sandbox = "c1") =>
        sandboxes.Ask<CniReply>(new CniRequest.Detach(Request(ns, sandbox), StoredAs: null), Patience);

    internal Task<CniReply> Check(IActorRef sandboxes, TestNamespace ns, string sandbox = "c1") =>
        sandboxes.Ask<CniReply>(new CniRequest.Check(Request(ns, sandbox)), Patience);

    internal async Task<CniResult> Attached(IActorRef sandboxes, TestNamespace ns, string sandbox = "c1") =>
        await Attach(sandboxes, ns, sandbox) switch
        {
            CniReply.Attached attached => attached.Result,
            CniReply.Refused refused => throw new InvalidOperationException(refused.Error.Text),
            var other => throw new InvalidOperationException($"unexpected {other}"),
        };

    /// <summary>What the result cache says of an attachment.</summary>
    internal CniResult Cached(string network, string ifName, string sandbox = "c1") =>
        CniResult.Parse(
            CachedAttachmentCodec
                .Read(
                    File.ReadAllBytes(
                        Path.Combine(ResultsFolder, CachedAttachmentCodec.FileName(network, sandbox, ifName))
                    )
                )
                .Result,
            CniVersion.V010
        );

    /// <summary>
    /// Every route of every table, one a line, without those that come and go with multicast and link-local addresses.
    /// </summary>
    internal static string[] RoutesOf(TestNamespace ns) =>
        [
            .. new[] { "-4", "-6" }
                .SelectMany(family =>
                    ns.Ip(family, "-oneline", "route", "show", "table", "all")
                        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                )
                .Where(line =>
                    !line.StartsWith("multicast ff00", StringComparison.Ordinal)
                    && !line.Contains("fe80:", StringComparison.Ordinal)
                )
                .Select(line => line.Trim()),
        ];

    /// <summary>"default via 10.81.0.1 dev eth0", IPv4 first: those of the main table.</summary>
    internal static string[] DefaultsOf(TestNamespace ns) =>
        [
            .. new[] { AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 }
                .SelectMany(family =>
                    ns.Ip(family == AddressFamily.InterNetwork ? "-4" : "-6", "-oneline", "route", "show", "default")
                        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                )
                .Select(line => line.Split(" metric")[0].Trim()),
        ];

    private AnnotationsProtocol.Reply.Stored Publish(object question)
    {
        if (question is not AnnotationsProtocol.Publish publish)
            return new AnnotationsProtocol.Reply.Stored();
        Status = publish.Json;
        return new AnnotationsProtocol.Reply.Stored();
    }

    private SandboxRequest Request(TestNamespace ns, string sandbox)
    {
        var config =
            $$"""{"cniVersion":"1.0.0","name":"multus","type":"multus-shim","multusNamespace":"ns","clusterNetwork":"{{_temp["cluster.conf"]}}","cniDir":"{{_temp["cni"]}}","runtimeCacheDir":"{{RuntimeCache}}"{{ExtraKeys}}}""";
        return new SandboxRequest(
            "r1",
            SandboxId.Parse(sandbox),
            ns.Path,
            InterfaceName.Parse("eth0"),
            new PodIdentity("ns", "pod", "", "u1"),
            MultusConfiguration.Parse(Encoding.UTF8.GetBytes(config), default),
            [Bin]
        );
    }
}
