using System.Text.Json.Nodes;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestCluster;
using Multus.TestCluster.Objects;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using YamlDotNet.RepresentationModel;

namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>
/// A node with a cluster network, to which the DaemonSet comes as it is written, in a cluster that holds the daemon to
/// its role.
/// </summary>
internal sealed class DeployedNode : IAsyncDisposable
{
    public const string Name = "node-1";
    public const string StateFolder = "/var/lib/cni";

    /// <summary>Of the image, as it is on the node.</summary>
    public static string DaemonBinary => ContainerSetup.Image + ImageFile.Entrypoint;

    private static readonly string[] Plugins = ["bridge", "host-local", "macvlan", "static"];

    private readonly IReadOnlyList<YamlMappingNode> _objects;
    private readonly Machine _machine = new();
    private readonly List<DeployedContainer> _daemons = [];
    private int _containers;

    private DeployedNode(IReadOnlyList<YamlMappingNode> objects)
    {
        _objects = objects;
        var configuration = ConfigurationFiles.Has("daemon-config.json")
            ? JsonNode.Parse(ConfigurationFiles.Text("daemon-config.json"))
            : null;
        BinDir = Folder(configuration, "binDir", "/opt/cni/bin");
        ConfDir = Folder(configuration, "cniConfigDir", "/etc/cni/net.d");
    }

    public Machine Machine => _machine;

    /// <summary>Where its runtime looks for plugins.</summary>
    public string BinDir { get; }

    /// <summary>Where its runtime looks for its configuration.</summary>
    public string ConfDir { get; }

    /// <summary>Listens on the node, as the service address of a cluster does.</summary>
    public TestApiServer Cluster { get; private set; } = null!; // set before anybody has the node

    public DaemonLog Log { get; } = new();

    /// <summary>The container started last.</summary>
    public DeployedContainer Daemon => _daemons[^1];

    /// <param name="objects">What is applied to its cluster; null: <c>deploy/multus.yaml</c>.</param>
    /// <param name="prepare">Makes of the machine what that expects of a node.</param>
    public static async Task<DeployedNode> StartAsync(
        IReadOnlyList<YamlMappingNode>? objects = null,
        Action<Machine>? prepare = null
    )
    {
        var node = new DeployedNode(objects ?? DeployedFiles.Thick);
        try
        {
            node.Cluster = await TestApiServer.StartAsync(
                new TestApiServerSettings { Bind = node._machine.Network.Bind }
            );
            node.Cluster.Access.AllowOnly(node.Account, Role.Of(node._objects));
            prepare?.Invoke(node.Machine);
            node.Provision();
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs the init container, which must succeed.</summary>
    public async Task InstallAsync() => Assert.True(await TryInstallAsync() == 0, Log.ToString());

    /// <summary>Runs the init container and returns its exit status.</summary>
    public async Task<int> TryInstallAsync()
    {
        using var installer = new DeployedContainer(
            _machine,
            Script(Assert.Single(PodSpec.Maps("initContainers"))),
            Log
        );
        return await installer.Exited();
    }

    /// <summary>Starts the daemon's container and waits until its startup and readiness probes pass.</summary>
    public async Task StartDaemonAsync()
    {
        var container = StartContainer();
        foreach (var probe in (string[])["startupProbe", "readinessProbe"])
        {
            await Wait.Until(
                $"the {probe} passes",
                () =>
                    !Daemon.HasExited
                        ? Daemon.Passes(container.Map(probe))
                        : throw new InvalidOperationException($"the daemon has ended:\n{Log}"),
                () => $"\n{Log}"
            );
        }
    }

    /// <summary>Starts the pod's container, which has no probes, and waits until the runtime has its configuration.</summary>
    public async Task StartUnprobedAsync()
    {
        StartContainer();
        await Wait.Until(
            "the runtime has its configuration",
            () =>
                !Daemon.HasExited
                    ? File.Exists(_machine[$"{ConfDir}/00-multus.conf"])
                    : throw new InvalidOperationException($"the container has ended:\n{Log}"),
            () => $"\n{Log}"
        );
    }

    private YamlMappingNode StartContainer()
    {
        var container = Assert.Single(PodSpec.Maps("containers"));
        _daemons.Add(new DeployedContainer(_machine, Script(container), Log));
        return container;
    }

    /// <summary>Runs the shim that is installed, as <see cref="Deployment.Machine.Shim"/>.</summary>
    public ShimRun Shim(string command, TestSandbox sandbox) => _machine.Shim(command, sandbox, BinDir, ConfDir);

    /// <summary>A pod that is bound to the node, and its sandbox.</summary>
    /// <param name="change">Makes more of the pod before the cluster has it.</param>
    public TestSandbox AddPod(string name, string networks, Func<JsonObject, JsonObject>? change = null)
    {
        var wanted = TestObjects.Pod("default", name, networks, Name);
        return AddPod(change?.Invoke(wanted) ?? wanted);
    }

    public TestSandbox AddPod(JsonObject wanted)
    {
        var pod = Cluster.Objects.Create(ResourceType.Pods, wanted);
        var sandbox = new TestSandbox(pod.Key.Namespace, pod.Key.Name, pod.Uid);
        _machine.AddSandbox(sandbox);
        return sandbox;
    }

    /// <summary>
    /// A network on a bridge of the node, with host-local's addresses where host-local has them by itself.
    /// </summary>
    /// <param name="more">Further members of its configuration, each with a comma in front.</param>
    /// <param name="resource">Whose devices it takes; null for none.</param>
    public void AddNetwork(string name, string subnet, string more = "", string? resource = null)
    {
        var network = TestObjects.Network("default", name, Bridge(name, $"br-{name}", subnet, more));
        if (resource is not null)
            network["metadata"]!["annotations"] = new JsonObject { ["k8s.v1.cni.cncf.io/resourceName"] = resource };
        Cluster.Objects.Create(ResourceType.Networks, network);
    }

    public string? Status(string pod, string ns = "default") =>
        Cluster.Objects.Get(ResourceType.Pods, ns, pod).Annotation("k8s.v1.cni.cncf.io/network-status");

    /// <summary>
    /// What pods have on the node's disk: records, results, DELs that wait, addresses. Networks are remembered for GC
    /// and do not count.
    /// </summary>
    public IReadOnlyList<string> OfPods() =>
        [
            .. _machine
                .Files(StateFolder)
                .Where(file =>
                    !NodeMemory.Holds(Path.GetRelativePath("multus", file))
                    && Path.GetFileName(file) is not ("lock" or "last_reserved_ip.0")
                ),
        ];

    public async ValueTask DisposeAsync()
    {
        foreach (var daemon in _daemons)
            daemon.Dispose();
        if (Cluster is not null)
            await Cluster.DisposeAsync();
        await _machine.DisposeAsync();
    }

    private string Account => $"system:serviceaccount:kube-system:{PodSpec.Text("serviceAccountName")}";

    // Upstream's manifests have folders of the node below /host in their containers.
    private static string Folder(JsonNode? configuration, string key, string usual) =>
        (string?)configuration?[key] is { } own && !own.StartsWith("/host/", StringComparison.Ordinal) ? own : usual;

    private YamlMappingNode PodSpec => _objects.Single("DaemonSet").SpecOfPods();

    private YamlMappingNode ConfigurationFiles => _objects.Single("ConfigMap").Map("data");

    private string Script(YamlMappingNode container)
    {
        var root = $"/var/lib/containers/{++_containers}";
        return ContainerSetup.Script(
            PodSpec,
            container,
            root,
            Cluster.FilesIn(_machine[ContainerSetup.Volumes]).InClusterEnvironment,
            Name
        );
    }

    private void Provision()
    {
        foreach (var plugin in Plugins.Where(plugin => File.Exists(Path.Combine(Requirements.PluginFolder, plugin))))
            _machine.Copy(Path.Combine(Requirements.PluginFolder, plugin), $"{BinDir}/{plugin}");
        _machine.Write($"{ConfDir}/10-cluster.conf", Bridge("cluster", "cni0", "10.244.0.0/16", ""));
        Directory.CreateDirectory(_machine[ContainerSetup.Image]);
        ProcessTool.Run("cp", "-a", ImageFile.Root + "/.", _machine[ContainerSetup.Image]);
        foreach (var volume in PodSpec.Maps("volumes").Where(volume => volume.Has("configMap")))
            WriteConfigMap(volume);
        Cluster.FilesIn(_machine[ContainerSetup.Volumes]).ServiceAccount(Cluster.Access.IssueToken(Account));
    }

    private void WriteConfigMap(YamlMappingNode volume)
    {
        var items = volume.Map("configMap").Has("items")
            ? volume.Map("configMap").Maps("items").ToDictionary(item => item.Text("key"), item => item.Text("path"))
            : null;
        foreach (var (file, content) in ConfigurationFiles.Children)
        {
            var path = items is null ? file.ToString() : items.GetValueOrDefault(file.ToString());
            if (path is not null)
                _machine.Write($"{ContainerSetup.Volumes}/{volume.Text("name")}/{path}", content.ToString());
        }
    }

    private static string Bridge(string name, string bridge, string subnet, string more) =>
        $$"""{"cniVersion":"1.0.0","name":"{{name}}","type":"bridge","bridge":"{{bridge}}","isGateway":true,"ipam":{"type":"host-local","ranges":[[{"subnet":"{{subnet}}"}]]}{{more}} }""";
}
