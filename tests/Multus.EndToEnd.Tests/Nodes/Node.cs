using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Multus.TestCluster;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;

namespace Multus.EndToEnd.Tests.Nodes;

/// <summary>
/// A node of a test's own, thick or thin: a network namespace in which daemon, shim and plugins run and where bridges and parents are,
/// folders, and pods. When disposed, all of it is gone, and what is not is an error.
/// </summary>
public sealed class Node : IAsyncDisposable
{
    public const string ClusterSubnet = "10.244.0.0/16";

    private readonly TestNamespace _namespace = new("mnode");
    private readonly Shim _shim;
    private readonly DaemonClient _client;
    private readonly List<TestPod> _pods = [];
    private readonly List<SteeredPlugin> _plugins = [];
    private readonly List<DaemonProcess> _daemons = [];
    private readonly List<DaemonProcess> _commands = [];
    private readonly SortedDictionary<string, string> _settings;
    private readonly SortedDictionary<string, string> _environment = new(StringComparer.Ordinal);

    public Node(Flavour flavour = Flavour.Thick)
    {
        Flavour = flavour;
        Folders = new NodeFolders();
        Networks = new Networks(Folders);
        Manifests = new Manifests(Folders.Manifests);
        _shim = new Shim(Folders, _namespace.Path);
        _client = new DaemonClient(Folders.Socket);
        _settings = new SortedDictionary<string, string>(StringComparer.Ordinal);
        With("socketDir", Folders.SocketDir).With("cniDir", Folders.CniDir).With("binDir", Folders.Plugins);
        With("manifestDir", Folders.Manifests)
            .With("statusDir", Folders.Status)
            .With("logLevel", "debug")
            .With("runtimeCacheDir", Folders.RuntimeCache);
        With("clusterNetwork", ClusterNetwork(Networks.Bridge("cluster", "cni0", ClusterSubnet)));
    }

    /// <summary>May change while there are pods.</summary>
    public Flavour Flavour { get; set; }

    /// <summary>What the runtime executes.</summary>
    public string Binary => Flavour == Flavour.Thin ? Binaries.Thin : Binaries.Shim;

    /// <summary>The path of the network namespace in which the daemon runs.</summary>
    public string NetNs => _namespace.Path;

    public NodeFolders Folders { get; }

    public Networks Networks { get; }

    public Manifests Manifests { get; }

    public DaemonLog Log { get; } = new();

    public DaemonClient Client => _client;

    /// <summary>Laid over akka.hocon, after the short back-offs that every node here has.</summary>
    public string Hocon { get; set; } = "";

    /// <summary>
    /// A command that becomes the one that it is given as further arguments: the daemon is started through it.
    /// </summary>
    public IReadOnlyList<string> Launcher { get; set; } = [];

    /// <summary>The daemon started last.</summary>
    public DaemonProcess Daemon => _daemons[^1];

    /// <summary>Sets a text in daemon-config.json; counts from the next start of the daemon.</summary>
    public Node With(string key, string value) => WithJson(key, $"\"{value}\"");

    /// <summary>The same for a value that is written as it is.</summary>
    public Node WithJson(string key, string json)
    {
        _settings[key] = json;
        return this;
    }

    public Node Without(string key)
    {
        _settings.Remove(key);
        return this;
    }

    /// <summary>Sets a variable of the daemon's environment; counts from its next start.</summary>
    public Node WithVariable(string name, string value)
    {
        _environment[name] = value;
        return this;
    }

    /// <summary>
    /// Starts an API server that the daemon reaches, and takes pods and networks from it instead of manifests. The
    /// caller says how the daemon gets in: with a kubeconfig, or with the environment and the files of a pod.
    /// </summary>
    public Task<TestApiServer> StartApiServer(string nodeName)
    {
        Without("manifestDir").WithVariable("MULTUS_NODE_NAME", nodeName);
        return TestApiServer.StartAsync(new TestApiServerSettings { Bind = _namespace.Bind });
    }

    /// <summary>Writes the configuration file of the cluster network and returns its path.</summary>
    public string ClusterNetwork(string config, string file = "10-cluster.conf") =>
        Folders.Write(Path.Combine("net.d", file), config);

    /// <summary>
    /// A plugin that the test steers, in the node's plugin folder. It gives no addresses, and may be the cluster
    /// network's all the same.
    /// </summary>
    public SteeredPlugin Steered(string type)
    {
        WithJson("allowNoAddress", "true");
        var plugin = new SteeredPlugin(Folders.Plugins, type);
        _plugins.Add(plugin);
        return plugin;
    }

    /// <summary>A pod with its manifest.</summary>
    public TestPod Pod(string? networks = null, string name = "pod")
    {
        var pod = UnknownPod(name);
        Manifests.Pod(pod, networks);
        return pod;
    }

    /// <summary>A pod that the cluster does not know.</summary>
    /// <param name="uid">What the runtime says; one of the form that API servers give, if null.</param>
    public TestPod UnknownPod(string name, string? uid = null)
    {
        var pod = new TestPod($"{name}-{_pods.Count}", Manifests.Namespace, uid);
        _pods.Add(pod);
        return pod;
    }

    /// <summary>How long one plugin may run.</summary>
    public int DelegateSeconds
    {
        set
        {
            if (Flavour == Flavour.Thick)
                Hocon = $"multus.delegates.deadline = {value}s";
            else
                WithJson("delegateTimeoutSeconds", $"{value}");
        }
    }

    /// <summary>What the runtime calls is ready from now on: where there is a daemon, it has been started.</summary>
    public Task Start() => Flavour == Flavour.Thick ? StartDaemon() : Task.CompletedTask;

    /// <summary>SIGKILL of who works for the runtime at this moment, if there is anybody.</summary>
    public void KillNow()
    {
        if (Flavour == Flavour.Thin)
            _shim.KillNow();
        else
            Daemon.KillNow();
    }

    /// <summary>A signal to the thin plugins that run.</summary>
    /// <param name="name">Without SIG.</param>
    public void Signal(string name) => _shim.Signal(name);

    /// <summary>Starts the daemon and waits until it is ready.</summary>
    public async Task<DaemonProcess> StartDaemon()
    {
        var daemon = LaunchDaemon();
        await Ready();
        return daemon;
    }

    /// <summary>Starts the daemon and does not wait.</summary>
    public DaemonProcess LaunchDaemon() => LaunchDaemon(Folders.Write("daemon-config.json", $"{{ {Settings} }}"));

    /// <summary>Starts a daemon with a configuration file of the test's own, and does not wait.</summary>
    public DaemonProcess LaunchDaemon(string configurationFile)
    {
        const string quick = """
            multus.delegates.orphan-grace = 100ms
            multus.pending-deletes { retry-min = 50ms, retry-max = 200ms }
            multus.annotations { retry-min = 50ms, retry-max = 200ms }

            """;
        var hocon = Folders.Write("test.hocon", quick + Hocon);
        var daemon = new DaemonProcess(
            _namespace.Path,
            ["-config", configurationFile, "-hocon", hocon],
            _environment,
            Log,
            Launcher
        );
        _daemons.Add(daemon);
        return daemon;
    }

    /// <summary>Starts another command of the daemon's program on the node, and does not wait.</summary>
    public DaemonProcess LaunchCommand(params IEnumerable<string> arguments)
    {
        var command = new DaemonProcess(_namespace.Path, arguments, _environment, Log);
        _commands.Add(command);
        return command;
    }

    /// <summary>Runs multusctl on the node, with the configuration of the daemon started last.</summary>
    public ToolResult Ctl(params IEnumerable<string> arguments)
    {
        var configuration = Folders.Write("daemon-config.json", $"{{ {Settings} }}");
        return _namespace.TryExec(Binaries.Ctl, [.. arguments, "--config", configuration]);
    }

    public Task Ready() =>
        Wait.Until(
            "the daemon is ready",
            async () =>
                !Daemon.HasExited
                    ? await _client.IsFine("/readyz")
                    : throw new InvalidOperationException($"the daemon has ended:\n{Log}"),
            () => $"\n{Log}"
        );

    public Task<ShimRun> Add(TestPod pod, ShimOptions? options = null) => Shim("ADD", pod, options);

    public Task<ShimRun> Del(TestPod pod, ShimOptions? options = null) => Shim("DEL", pod, options);

    public Task<ShimRun> Check(TestPod pod, ShimOptions? options = null) => Shim("CHECK", pod, options);

    /// <param name="kill">Kills the shim, as a runtime does that has run out of patience.</param>
    public async Task<ShimRun> Shim(
        string command,
        TestPod? pod,
        ShimOptions? options = null,
        CancellationToken kill = default
    )
    {
        options ??= new ShimOptions();
        var isThin = Flavour == Flavour.Thin;
        var stdin = options.Stdin ?? (isThin ? ThinConfiguration(options) : ShimConfiguration(options));
        var run = await _shim.Run(
            Binary,
            command,
            pod,
            options with
            {
                Stdin = stdin,
            },
            isThin ? _environment : [],
            kill
        );
        if (isThin)
        {
            foreach (var line in run.Stderr.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                Log.Add(line);
        }

        return run;
    }

    /// <summary>
    /// Makes a bridge before the plugin does. Its MAC then stays what it is; the plugin's bridge changes it with each
    /// port, and the CHECK of the plugin takes that for damage.
    /// </summary>
    public void Bridge(string name)
    {
        Ip("link", "add", name, "address", "02:00:00:00:00:01", "type", "bridge");
        Ip("link", "set", "dev", name, "up");
    }

    /// <summary>A TCP socket of the node for this process, bound to an address there.</summary>
    public Socket Bind(EndPoint address) => _namespace.Bind(address);

    /// <summary>Runs <c>ip</c> in the node's namespace.</summary>
    public string Ip(params IEnumerable<string> arguments) => _namespace.Ip(arguments);

    public string Exec(string file, params IEnumerable<string> arguments) => _namespace.Exec(file, arguments);

    /// <summary>
    /// The names of the node's links, without lo and bridges (which plugins make and nobody removes), sorted.
    /// </summary>
    public IReadOnlyList<string> Links()
    {
        using var bridges = JsonDocument.Parse(_namespace.Ip("-json", "link", "show", "type", "bridge"));
        var names = bridges
            .RootElement.EnumerateArray()
            .Where(link => link.TryGetProperty("ifname", out _))
            .Select(link => link.GetProperty("ifname").GetString()!);
        return [.. _namespace.Links().Except(names)];
    }

    /// <summary>The network-status of a pod as it is on disk.</summary>
    public JsonElement Status(TestPod pod)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(StatusFile(pod)));
        return json.RootElement.Clone();
    }

    public string StatusFile(TestPod pod) => Path.Combine(Folders.Status, $"{pod.Namespace}_{pod.Name}.json");

    /// <summary>Everything that an ADD makes, anywhere: what must be the same before and after.</summary>
    public string Remains(params IEnumerable<TestPod> pods) =>
        string.Join(
            '\n',
            [
                $"links of the node: {string.Join(' ', Links())}",
                .. pods.Select(pod => $"links of {pod.Name}: {string.Join(' ', pod.Links())}"),
                $"addresses in use: {string.Join(' ', Folders.Addresses())}",
                $"files in cniDir: {string.Join(' ', Folders.CniFiles())}",
                $"status files: {string.Join(' ', Folders.StatusFiles())}",
            ]
        );

    private string ShimConfiguration(ShimOptions options) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"cniVersion":"{{options.CniVersion}}","name":"multus-cni-network","type":"multus-shim","daemonSocketDir":"{{Folders.SocketDir}}","cniDir":"{{Folders.CniDir}}","daemonWaitSeconds":{{options.WaitSeconds}}}"""
        );

    // What a daemon has in its own file; a member that a test puts behind it counts.
    private string ThinConfiguration(ShimOptions options) =>
        $$"""{"cniVersion":"{{options.CniVersion}}","name":"multus-cni-network","type":"multus",{{Settings}}{{options.MoreConfiguration}}}""";

    private string Settings => string.Join(", ", _settings.Select(setting => $"\"{setting.Key}\": {setting.Value}"));

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _daemons.Concat(_commands))
            process.Dispose();
        foreach (var plugin in _plugins)
            plugin.Dispose();
        _client.Dispose();
        foreach (var pod in _pods)
            pod.Dispose();
        _namespace.Dispose();
        try
        {
            await Leftovers.None(Folders.Root, [_namespace.Path, .. _pods.Select(pod => pod.NetNs)]);
        }
        finally
        {
            Folders.Dispose();
        }
    }
}
