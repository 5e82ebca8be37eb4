using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Actors.Annotations;
using Multus.Actors.Cluster;
using Multus.Actors.Events;
using Multus.Actors.Netlink;
using Multus.Actors.Sandboxes;
using Multus.Actors.Tests.Fakes;
using Multus.Cni;
using Multus.Core.Configuration;
using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.Engine;
using Multus.Engine.Ports;
using Multus.Engine.Requests;
using Multus.Engine.State;
using Multus.Kubernetes.Kubelet;
using Multus.Linux.Netlink;
using Multus.TestSupport;

namespace Multus.Actors.Tests.Sandboxes;

/// <summary>
/// Sandboxes with real files and everything else faked: plugins of the types "cluster", "second" and "third", a pod
/// that asks for the latter two.
/// </summary>
public abstract class SandboxFixture : TestKit
{
    private static readonly PodKey PodKey = new("ns", "pod");

    private readonly TempFolder _temp = new();

    protected SandboxFixture()
    {
        var bin = _temp.Folder("bin");
        foreach (var type in new[] { "cluster", "second", "third" })
            File.WriteAllText(Path.Combine(bin, type), "never run: the plugins are faked");
        File.WriteAllText(_temp["cluster.conf"], """{"cniVersion":"1.0.0","name":"cluster","type":"cluster"}""");
    }

    internal FakePlugins Plugins { get; } = new();

    internal Func<object, object?> Cluster { get; set; } = AnswerCluster;

    internal Func<object, object?> Netlink { get; set; } = AnswerNetlink;

    internal Func<object, object?> Annotations { get; set; } = _ => new AnnotationsProtocol.Reply.Stored();

    /// <summary>Gets what the events part is told; null: there is none.</summary>
    internal IActorRef? Events { get; set; }

    internal bool StatusFollowsHotPlug { get; set; }

    /// <summary>A status is taken back after DEL, as in a folder.</summary>
    internal bool StatusIsCleared { get; set; } = true;

    /// <summary>Hears how far operations are.</summary>
    internal IPhases? Phases { get; set; }

    internal FakeFolder PendingDeletes { get; } = new();

    /// <summary>Who knows the pod's devices.</summary>
    internal IDeviceSource? Devices { get; set; }

    /// <summary>The clock of all time limits.</summary>
    internal TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>The test's own folder.</summary>
    internal TempFolder Temp => _temp;

    /// <summary>More members of the request's configuration, each with a comma before it.</summary>
    internal string ExtraKeys { get; set; } = "";

    /// <summary>The fake plugins give no addresses.</summary>
    internal bool AllowNoAddress { get; set; } = true;

    internal string CniDir => _temp["cni"];

    /// <summary>Where the container runtime's own CNI library keeps its results.</summary>
    internal string RuntimeCache => _temp["runtime-cache"];

    /// <summary>Names of the files under cniDir that are about sandboxes which have something.</summary>
    internal string[] Kept =>
        [
            .. FilesInCniDir.Where(name =>
                !IsNetwork(name)
                && name != SandboxLocks.FileName
                && !name.StartsWith(DetachedSandboxes.FileName, StringComparison.Ordinal)
            ),
        ];

    /// <summary>The files of the networks that were ever attached: they outlive the sandboxes.</summary>
    internal string[] Networks => [.. FilesInCniDir.Where(IsNetwork)];

    private string[] FilesInCniDir =>
        Directory.Exists(CniDir)
            ?
            [
                .. Directory
                    .EnumerateFiles(CniDir, "*", SearchOption.AllDirectories)
                    .Select(path => Path.GetRelativePath(CniDir, path))
                    .Order(StringComparer.Ordinal),
            ]
            : [];

    protected override void AfterAll()
    {
        base.AfterAll();
        _temp.Dispose();
    }

    /// <summary>How long an ADD counts as one of <c>maxAttaching</c>.</summary>
    internal TimeSpan PermitTime { get; set; } = Patience;

    /// <summary>Within which time a STATUS is answered.</summary>
    internal TimeSpan StatusPatience { get; set; } = Patience;

    internal IActorRef Sandboxes(int maxAttaching = 100, TimeSpan? addTimeout = null) =>
        Sys.ActorOf(SandboxesActor.PropsFor(Settings(maxAttaching, addTimeout), Engine(addTimeout: addTimeout)));

    internal SandboxSettings Settings(int maxAttaching = 100, TimeSpan? addTimeout = null) =>
        new(maxAttaching, addTimeout ?? Patience, Patience)
        {
            PermitTime = PermitTime,
            StatusPatience = StatusPatience,
        };

    internal SandboxEngine Engine(TimeSpan? addTimeout = null)
    {
        var cluster = new ClusterPort(
            Sys.ActorOf(FakePart.PropsFor(question => Cluster(question))),
            "the fake cluster"
        );
        var ports = new EnginePorts
        {
            Pods = cluster,
            Networks = cluster,
            NetNs = new NetlinkPort(Sys.ActorOf(FakePart.PropsFor(question => Netlink(question)))),
            Plugins = Plugins,
            Statuses = new StatusPort(
                Sys.ActorOf(FakePart.PropsFor(question => Annotations(question))),
                StatusFollowsHotPlug,
                StatusIsCleared
            ),
            PendingDeletes = PendingDeletes,
            Events = Events is { } events ? new EventsPort(events) : null,
            Devices = Devices is { } devices ? new DevicePort(devices) : null,
            Phases = Phases,
            Time = Time,
            Log = NullLogger.Instance,
        };
        return new SandboxEngine(ports, Settings(addTimeout: addTimeout).Limits);
    }

    internal SandboxRequest Request(string sandbox = "c1")
    {
        var config =
            $$"""{"cniVersion":"1.0.0","name":"multus","type":"multus-shim","clusterNetwork":"{{_temp["cluster.conf"]}}","cniDir":"{{CniDir}}","runtimeCacheDir":"{{RuntimeCache}}","allowNoAddress":{{(AllowNoAddress ? "true" : "false")}}{{ExtraKeys}}}""";
        return new SandboxRequest(
            "r1",
            SandboxId.Parse(sandbox),
            "/run/netns/x",
            InterfaceName.Parse("eth0"),
            new PodIdentity("ns", "pod", "", "u1"),
            MultusConfiguration.Parse(Encoding.UTF8.GetBytes(config), default),
            [_temp["bin"]]
        );
    }

    internal Task<CniReply> Attach(IActorRef sandboxes, string sandbox = "c1", CancellationToken abandoned = default) =>
        sandboxes.Ask<CniReply>(new CniRequest.Attach(Request(sandbox), abandoned), Patience, CancellationToken.None);

    internal Task<CniReply> Detach(IActorRef sandboxes, string sandbox = "c1") =>
        sandboxes.Ask<CniReply>(new CniRequest.Detach(Request(sandbox), StoredAs: null), Patience);

    internal Task<CniReply> Check(IActorRef sandboxes) =>
        sandboxes.Ask<CniReply>(new CniRequest.Check(Request()), Patience);

    internal Task<CniReply> Status(IActorRef sandboxes) =>
        sandboxes.Ask<CniReply>(new CniRequest.GetStatus("r1", Request().Configuration, [_temp["bin"]]), Patience);

    /// <summary>
    /// A cluster of these definitions, whose pod has these annotations. Only what is asked for is answered.
    /// </summary>
    internal static Func<object, object?> ClusterOf(
        Dictionary<string, string> annotations,
        params (string Namespace, string Name, string Config)[] definitions
    ) =>
        question =>
            question switch
            {
                ClusterProtocol.FindPod => new ClusterProtocol.PodReply.Found(
                    new Pod(PodKey, "u1", annotations.ToImmutableDictionary())
                ),
                ClusterProtocol.FindNetworks asked => new ClusterProtocol.NetworksReply.Found(
                    definitions
                        .Select(d => new NetworkAttachmentDefinition(
                            new NetworkKey(d.Namespace, d.Name),
                            d.Config,
                            ImmutableDictionary<string, string>.Empty
                        ))
                        .Where(d => asked.Keys.Contains(d.Key))
                        .ToImmutableDictionary(d => d.Key)
                ),
                _ => null,
            };

    internal static object? AnswerCluster(object question) =>
        question switch
        {
            ClusterProtocol.FindPod => new ClusterProtocol.PodReply.Found(
                new Pod(
                    PodKey,
                    "u1",
                    ImmutableDictionary<string, string>.Empty.Add("k8s.v1.cni.cncf.io/networks", "second,third")
                )
            ),
            ClusterProtocol.FindNetworks => new ClusterProtocol.NetworksReply.Found(
                ImmutableDictionary<NetworkKey, NetworkAttachmentDefinition>
                    .Empty.Add(new NetworkKey("ns", "second"), Definition("second"))
                    .Add(new NetworkKey("ns", "third"), Definition("third"))
            ),
            _ => null,
        };

    /// <summary>
    /// Whatever is asked about a namespace is fine, and all links that the plugins are asked for are in it.
    /// </summary>
    internal static object? AnswerNetlink(object question) =>
        question is NetlinkProtocol.Inspect ? Seen("eth0", "net1", "net2", "net9") : new NetlinkProtocol.Reply.Ok();

    /// <summary>A namespace with these links and nothing else.</summary>
    internal static NetlinkProtocol.Reply.Snapshot Seen(params string[] links) =>
        new(new NamespaceView([.. links.Select((name, i) => new LinkInfo(i + 2, name, null, 1500, null))], [], []));

    private static bool IsNetwork(string name) => name.StartsWith("networks/", StringComparison.Ordinal);

    private static NetworkAttachmentDefinition Definition(string type) =>
        new(
            new NetworkKey("ns", type),
            $$"""{"cniVersion":"1.0.0","type":"{{type}}"}""",
            ImmutableDictionary<string, string>.Empty
        );
}
