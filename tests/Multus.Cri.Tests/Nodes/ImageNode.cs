using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Grpc.Core;
using k8s;
using k8s.Models;
using Multus.Cri.Tests.Protocol;
using Multus.Cri.Tests.Runtimes;
using Multus.TestCluster;
using Multus.TestCluster.Objects;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;

namespace Multus.Cri.Tests.Nodes;

/// <summary>
/// A node with a root, a network and a containerd of its own, to which <c>deploy/multus.yaml</c> comes: its containers run
/// from the image that <c>./build.sh image</c> has made, started over CRI as kubelet does.
/// </summary>
internal sealed class ImageNode : IAsyncDisposable
{
    private const string Name = "node-1";
    private const string Namespace = "kube-system";
    private const string Socket = "/run/containerd/containerd.sock";
    private const string Volumes = "/var/lib/kubelet/pods/multus";
    private const string ServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";

    private readonly Machine _machine = new();
    private readonly string _cgroup = Unique.Name("mimg");
    private readonly V1DaemonSet _daemonSet;
    private readonly V1ConfigMap _configuration;
    private Process? _containerd;
    private PodSandboxConfig _pod = new();

    private ImageNode()
    {
        var file = Path.Combine(Binaries.Tree, "deploy", "multus.yaml");
        var objects = KubernetesYaml.LoadAllFromString(File.ReadAllText(file));
        _daemonSet = objects.OfType<V1DaemonSet>().Single();
        _configuration = objects.OfType<V1ConfigMap>().Single();
        Cri = new CriClient(_machine[Socket]);
    }

    public Machine Machine => _machine;

    public CriClient Cri { get; }

    public TestApiServer Cluster { get; private set; } = null!; // set before anybody has the node

    private V1PodSpec Spec => _daemonSet.Spec.Template.Spec;

    public static async Task<ImageNode> StartAsync()
    {
        var node = new ImageNode();
        try
        {
            node.Cluster = await TestApiServer.StartAsync(
                new TestApiServerSettings { Bind = node._machine.Network.Bind }
            );
            node.Provision();
            await node.StartRuntimeAsync();
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs the DaemonSet's pod: its init container to its end, then the other until its probes pass.</summary>
    /// <returns>The id of the daemon's container.</returns>
    public async Task<string> RunDaemonSetAsync()
    {
        _pod = PodOf("multus", Namespace, "the-daemon-set", isOfNode: true);
        var sandbox = await Cri.RunPodSandboxAsync(_pod);
        var installer = await RunAsync(sandbox, Assert.Single(Spec.InitContainers));
        await Wait.Until(
            "the init container has ended",
            async () => (await Cri.ContainerStatusAsync(installer)).State == ContainerState.ContainerExited
        );
        Assert.True((await Cri.ContainerStatusAsync(installer)).ExitCode == 0, Logs());
        var container = Assert.Single(Spec.Containers);
        var daemon = await RunAsync(sandbox, container);
        foreach (var probe in new[] { container.StartupProbe, container.LivenessProbe, container.ReadinessProbe })
        {
            await Wait.Until(
                "a probe passes",
                async () =>
                    (await Cri.ContainerStatusAsync(daemon)).State == ContainerState.ContainerRunning
                        ? (await Cri.ExecAsync(daemon, probe.Exec.Command, probe.TimeoutSeconds ?? 1)).Status == 0
                        : throw new InvalidOperationException($"the daemon has ended:\n{Logs()}"),
                Logs
            );
        }

        return daemon;
    }

    /// <summary>A pod of the cluster on this node: runs its sandbox and returns its id.</summary>
    public async Task<string> RunPodAsync(string name, string networks)
    {
        var pod = Cluster.Objects.Create(ResourceType.Pods, TestObjects.Pod("default", name, networks, Name));
        return await Cri.RunPodSandboxAsync(PodOf(name, "default", pod.Uid, isOfNode: false));
    }

    /// <summary>The links of a sandbox, without lo.</summary>
    public async Task<IReadOnlyList<string>> LinksAsync(string sandbox) =>
        _machine.Links(Path.GetFileName(new Sandbox(await Cri.PodSandboxStatusAsync(sandbox)).NetNs));

    /// <summary>What the containers have written.</summary>
    public string Logs() =>
        string.Join(
            '\n',
            _machine.Files($"{Volumes}/logs").Select(file => File.ReadAllText(_machine[$"{Volumes}/logs/{file}"]))
        );

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_containerd is { HasExited: false })
                await RemoveSandboxesAsync();
        }
        finally
        {
            Cri.Dispose();
            StopRuntime();
            if (Cluster is not null)
                await Cluster.DisposeAsync();
            await _machine.DisposeAsync();
            Cgroups.Remove(_cgroup);
        }
    }

    private void Provision()
    {
        foreach (var plugin in new[] { "bridge", "host-local", "loopback" })
            _machine.Copy(Path.Combine(Requirements.PluginFolder, plugin), $"/opt/cni/bin/{plugin}");
        _machine.Write(
            "/etc/cni/net.d/10-cluster.conf",
            """
            {"cniVersion":"1.0.0","name":"cluster","type":"bridge","bridge":"cni0",
             "ipam":{"type":"host-local","subnet":"10.244.0.0/16"}}
            """
        );
        foreach (var (file, content) in _configuration.Data)
            _machine.Write($"{Volumes}/config/{file}", content);
        Cluster
            .FilesIn(_machine[Volumes])
            .ServiceAccount(Cluster.Access.IssueToken($"system:serviceaccount:{Namespace}:{Spec.ServiceAccountName}"));
        _machine.Write("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
        _machine.Write("/etc/hosts", "127.0.0.1 localhost\n");
        _machine.Write("/etc/resolv.conf", "");
        _machine.Write(
            "/etc/containerd/config.toml",
            $"""
            version = 2
            root = "/var/lib/containerd"
            state = "/run/containerd"
            disabled_plugins = ["io.containerd.internal.v1.opt"]

            [grpc]
              address = "{Socket}"

            [plugins."io.containerd.grpc.v1.cri"]
              sandbox_image = "{PauseImage.Name}"
              restrict_oom_score_adj = true
              disable_apparmor = true
              stream_server_address = "127.0.0.1"
              stream_server_port = "0"

              [plugins."io.containerd.grpc.v1.cri".containerd]
                snapshotter = "native"
                default_runtime_name = "runc"

                [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
                  runtime_type = "io.containerd.runc.v2"

              [plugins."io.containerd.grpc.v1.cri".cni]
                bin_dir = "/opt/cni/bin"
                conf_dir = "/etc/cni/net.d"
                max_conf_num = 1

            """
        );
    }

    private async Task StartRuntimeAsync()
    {
        const string log = "/var/log/containerd";
        Directory.CreateDirectory(_machine["/var/log"]);
        _containerd = new Process
        {
            StartInfo = new ProcessStartInfo(
                _machine.Enter[0],
                [.. _machine.Enter.Skip(1), "sh", "-c", $"exec containerd >{log} 2>&1"]
            )
            {
                RedirectStandardInput = true,
            },
        };
        _containerd.Start();
        _containerd.StandardInput.Close();
        await Wait.Until(
            "containerd answers",
            async () =>
            {
                try
                {
                    await Cri.VersionAsync();
                    return true;
                }
                catch (RpcException) when (!_containerd.HasExited)
                {
                    return false;
                }
            },
            () => File.ReadAllText(_machine[log])
        );
        PauseImage.Write(_machine["/var/lib/pause.tar"]);
        Import(_machine["/var/lib/pause.tar"]);
        var arch = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64";
        Import(Path.Combine(Binaries.Tree, "artifacts", "image", $"multus-{arch}.oci.tar"));
    }

    private void Import(string archive) =>
        ProcessTool.Run(
            "ctr",
            "--address",
            _machine[Socket],
            "--namespace",
            "k8s.io",
            "images",
            "import",
            "--snapshotter",
            "native",
            archive
        );

    private PodSandboxConfig PodOf(string name, string ns, string uid, bool isOfNode)
    {
        var network = isOfNode ? NamespaceMode.Node : NamespaceMode.Pod;
        return new PodSandboxConfig
        {
            Metadata = new PodSandboxMetadata
            {
                Name = name,
                Namespace = ns,
                Uid = uid,
            },
            Hostname = isOfNode ? "" : name,
            LogDirectory = $"{Volumes}/logs",
            Linux = new LinuxPodSandboxConfig
            {
                CgroupParent = $"/{_cgroup}",
                SecurityContext = new LinuxSandboxSecurityContext
                {
                    NamespaceOptions = new NamespaceOption { Network = network, Pid = NamespaceMode.Pod },
                    Privileged = isOfNode,
                },
            },
        };
    }

    private async Task<string> RunAsync(string sandbox, V1Container container)
    {
        Assert.True(Spec.HostNetwork == true && Spec.ShareProcessNamespace == true);
        var config = new ContainerConfig
        {
            Metadata = new ContainerMetadata { Name = container.Name },
            Image = new ImageSpec { Image = container.Image },
            Command = { container.Command ?? [] },
            Args = { container.Args ?? [] },
            LogPath = $"{container.Name}.log",
            Linux = new LinuxContainerConfig
            {
                SecurityContext = new LinuxContainerSecurityContext
                {
                    Privileged = container.SecurityContext.Privileged == true,
                    ReadonlyRootfs = container.SecurityContext.ReadOnlyRootFilesystem == true,
                    NamespaceOptions = new NamespaceOption { Network = NamespaceMode.Node, Pid = NamespaceMode.Pod },
                },
            },
        };
        foreach (var (name, value) in Cluster.FilesIn(_machine[Volumes]).InClusterEnvironment)
            config.Envs.Add(new KeyValue { Key = name, Value = value });
        foreach (var variable in container.Env ?? [])
        {
            Assert.Equal("spec.nodeName", variable.ValueFrom.FieldRef.FieldPath);
            config.Envs.Add(new KeyValue { Key = variable.Name, Value = Name });
        }

        foreach (var mount in container.VolumeMounts)
            config.Mounts.Add(MountOf(mount));
        config.Mounts.Add(
            new Mount
            {
                ContainerPath = ServiceAccount,
                HostPath = $"{Volumes}/serviceaccount",
                Readonly = true,
            }
        );
        return await Cri.RunContainerAsync(sandbox, config, _pod);
    }

    private Mount MountOf(V1VolumeMount mount)
    {
        var volume = Spec.Volumes.Single(volume => volume.Name == mount.Name);
        var path = volume.HostPath?.Path ?? $"{Volumes}/{volume.Name}";
        if (volume.HostPath?.Type == "DirectoryOrCreate")
            Directory.CreateDirectory(_machine[path]);
        return new Mount
        {
            ContainerPath = mount.MountPath,
            HostPath = path,
            Readonly = mount.ReadOnlyProperty == true,
            Propagation =
                mount.MountPropagation == "HostToContainer"
                    ? MountPropagation.PropagationHostToContainer
                    : MountPropagation.PropagationPrivate,
        };
    }

    private async Task RemoveSandboxesAsync()
    {
        foreach (var sandbox in await Cri.ListPodSandboxAsync())
        {
            await Cri.StopPodSandboxAsync(sandbox.Id);
            await Cri.RemovePodSandboxAsync(sandbox.Id);
        }
    }

    private void StopRuntime()
    {
        if (_containerd is not null)
        {
            if (!_containerd.HasExited)
                ProcessTool.Try("kill", "-TERM", _containerd.Id.ToString(CultureInfo.InvariantCulture));
            if (!_containerd.WaitForExit(ProcessTool.Patience))
                _containerd.Kill();
            _containerd.Dispose();
        }

        foreach (var process in Cgroups.Processes(_cgroup).Concat(_machine.Processes()))
            ProcessTool.Try("kill", "-KILL", process.ToString(CultureInfo.InvariantCulture));
    }
}
