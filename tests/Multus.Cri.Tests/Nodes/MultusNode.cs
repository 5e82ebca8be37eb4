using System.Text.Json;
using Multus.Cri.Tests.Runtimes;
using Multus.TestCluster;
using Multus.TestCluster.Objects;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;

namespace Multus.Cri.Tests.Nodes;

/// <summary>
/// A node as a cluster has it: a container runtime whose CNI plugin is the published shim, and the published daemon,
/// which a test may kill.
/// </summary>
internal sealed class MultusNode : IAsyncDisposable
{
    private readonly NodeState _state = new();
    private readonly DaemonClient _client;
    private readonly List<DaemonProcess> _daemons = [];
    private string _configuration = "";
    private string _hocon = "";

    private MultusNode() => _client = new DaemonClient(_state.Socket);

    private const string Namespace = "default";
    private const string NodeName = "node-1";

    /// <summary>The API server of the cluster that the node is in; it listens where the node is.</summary>
    public TestApiServer Cluster { get; private set; } = null!; // as the next

    public Containerd Runtime { get; private set; } = null!; // set before anybody has the node

    public DaemonLog Log { get; } = new();

    public NodeState State => _state;

    /// <summary>The daemon started last.</summary>
    public DaemonProcess Daemon => _daemons[^1];

    public static async Task<MultusNode> StartAsync()
    {
        var node = await StartWithoutDaemonAsync();
        try
        {
            await node.StartDaemonAsync();
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>The same, but its daemon is still to come.</summary>
    /// <param name="isAuto">Whether that one makes the runtime's configuration itself.</param>
    public static async Task<MultusNode> StartWithoutDaemonAsync(bool isAuto = false)
    {
        var node = new MultusNode();
        try
        {
            File.CreateSymbolicLink(Path.Combine(node._state.Plugins, "multus-shim"), Binaries.Shim);
            node.Runtime = await Containerd.StartAsync(node._state.Plugins, node.RuntimeConfiguration);
            node.Cluster = await TestApiServer.StartAsync(new TestApiServerSettings { Bind = node.Runtime.Node.Bind });
            node.WriteConfiguration(isAuto);
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>Puts a cluster network that maps ports before the one that is there.</summary>
    public void MapPorts() =>
        File.WriteAllText(
            Path.Combine(Runtime.Folders.CniConfig, "05-ports.conflist"),
            $$"""
            {"cniVersion":"1.0.0","name":"ports","plugins":[{"type":"bridge","bridge":"br-ports","isGateway":true,"ipam":{{_state.HostLocal(
                "10.95.0.0/16"
            )}} },
              {"type":"portmap","capabilities":{"portMappings":true} }]}
            """
        );

    /// <summary>The node's rules for addresses that are translated.</summary>
    public string Translations() => Runtime.Node.Exec("iptables-save", "-t", "nat");

    /// <summary>A bridge of the node that pods may ask for by this name.</summary>
    public void AddNetwork(string name, string subnet) =>
        Cluster.Objects.Create(
            ResourceType.Networks,
            TestObjects.Network(
                Namespace,
                name,
                $$"""{"cniVersion":"1.0.0","name":"{{name}}","type":"bridge","bridge":"br-{{name}}","ipam":{{_state.HostLocal(subnet)}}}"""
            )
        );

    /// <summary>A pod that the cluster has put on this node; returns its UID.</summary>
    public string AddPod(string name, string networks) =>
        Cluster.Objects.Create(ResourceType.Pods, TestObjects.Pod(Namespace, name, networks, NodeName)).Uid;

    /// <summary>The names of the interfaces in a pod's network-status; null when it has none.</summary>
    public IReadOnlyList<string?>? Status(string name)
    {
        if (
            Cluster.Objects.Get(ResourceType.Pods, Namespace, name).Annotation("k8s.v1.cni.cncf.io/network-status")
            is not { } status
        )
            return null;
        using var json = JsonDocument.Parse(status);
        return [.. json.RootElement.EnumerateArray().Select(network => network.GetProperty("interface").GetString())];
    }

    public async Task StartDaemonAsync()
    {
        _daemons.Add(
            new DaemonProcess(
                Runtime.Node.Path,
                ["-config", _configuration, "-hocon", _hocon],
                [new("MULTUS_NODE_NAME", NodeName)],
                Log
            )
        );
        await Wait.Until(
            "the daemon is ready",
            async () =>
                !Daemon.HasExited
                    ? await _client.IsFine("/readyz")
                    : throw new InvalidOperationException($"the daemon has ended:\n{Log}"),
            () => $"\n{Log}"
        );
    }

    /// <summary>What pods have made anywhere and nobody has taken away.</summary>
    public IReadOnlyList<string> Remains() =>
        [
            .. Runtime.Remains(),
            .. Processes().Except([Runtime.Process, Daemon.Id]).Select(process => $"process {process} on the node"),
            .. Runtime
                .Node.Links()
                .Where(link => !link.StartsWith("br-", StringComparison.Ordinal))
                .Select(link => $"link {link}"), // bridges are the node's
            .. _state.OfPods().Select(file => $"file {file}"),
        ];

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (Runtime is not null)
                await Runtime.DisposeAsync(); // while the daemon is there to answer its DELs
        }
        finally
        {
            foreach (var daemon in _daemons)
                daemon.Dispose();
            _client.Dispose();
            if (Cluster is not null)
                await Cluster.DisposeAsync();
            _state.Dispose();
        }
    }

    private void WriteConfiguration(bool isAuto)
    {
        _hocon = _state.Write("test.hocon", "multus { pending-deletes { retry-min = 50ms, retry-max = 200ms } }\n");
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            foreach (
                var (key, value) in new[]
                {
                    ("socketDir", _state.SocketDir),
                    ("cniDir", _state.CniDir),
                    ("binDir", _state.Plugins),
                    ("clusterNetwork", Runtime.Folders.CniConfig),
                    (
                        "kubeconfig",
                        Cluster.FilesIn(_state.Folder("cluster")).KubeconfigWithToken(Cluster.Access.IssueToken())
                    ),
                    ("logLevel", "verbose"),
                    ("multusConfigFile", isAuto ? "auto" : ""),
                    ("cniConfigDir", Runtime.Folders.CniConfig),
                    ("daemonSocketDir", isAuto ? _state.SocketDir : ""),
                }
            )
            {
                if (value.Length > 0)
                    writer.WriteString(key, value);
            }

            writer.WriteEndObject();
        }

        _configuration = _state.Write("daemon-config.json", System.Text.Encoding.UTF8.GetString(json.ToArray()));
    }

    /// <summary>
    /// As on a node to which the DaemonSet has come: the shim's own file first, the cluster network's behind it.
    /// </summary>
    private Dictionary<string, string> RuntimeConfiguration(ContainerdFolders folders) =>
        new()
        {
            ["00-multus.conf"] = File.ReadAllText(Path.Combine(Binaries.Tree, "deploy", "samples", "00-multus.conf"))
                .Replace("/run/multus/", _state.SocketDir, StringComparison.Ordinal)
                .Replace("/var/lib/cni/multus", _state.CniDir, StringComparison.Ordinal),
            ["10-cluster.conf"] =
                $$"""{"cniVersion":"1.0.0","name":"cluster","type":"bridge","bridge":"br-cluster","ipam":{{_state.HostLocal("10.96.0.0/16")}} }""",
        };

    // The runtime, the daemon, and plugins if any is left.
    private IEnumerable<int> Processes() =>
        ProcessTool
            .Run("ip", "netns", "pids", Runtime.Node.Name)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(int.Parse);
}
