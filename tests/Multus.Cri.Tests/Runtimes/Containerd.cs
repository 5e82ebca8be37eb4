using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Multus.Cri.Tests.Protocol;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;

namespace Multus.Cri.Tests.Runtimes;

/// <summary>
/// A containerd with root, state, socket, configuration and CNI folders of its own, in a network namespace of its own:
/// the node. When disposed, its sandboxes are removed, and whatever a failed test left of them.
/// </summary>
internal sealed class Containerd : IAsyncDisposable
{
    private const string Results = "/var/lib/cni/results"; // what the runtime remembers of its ADDs; it has no setting for the folder

    private readonly ContainerdFolders _folders = new();
    private readonly string _cgroup = Unique.Name("mcri");
    private readonly TestNamespace _node = new("mcri");
    private Process? _process;

    private Containerd() => Cri = new CriClient(_folders.Socket);

    public CriClient Cri { get; }

    /// <summary>Where containerd, the plugins and the host's ends of all veth pairs are.</summary>
    public TestNamespace Node => _node;

    public ContainerdFolders Folders => _folders;

    /// <param name="plugins">Where the runtime finds the CNI plugins.</param>
    /// <param name="networks">Makes the network configurations, by the names of their files, given the folders.</param>
    public static async Task<Containerd> StartAsync(
        string plugins,
        Func<ContainerdFolders, IReadOnlyDictionary<string, string>> networks
    )
    {
        var runtime = new Containerd();
        try
        {
            runtime._folders.Write(plugins, networks(runtime._folders));
            PauseImage.Write(runtime._folders.Image);
            runtime.Launch();
            await runtime.WhenAnsweringAsync();
            runtime.Import(runtime._folders.Image);
            return runtime;
        }
        catch
        {
            await runtime.DisposeAsync();
            throw;
        }
    }

    /// <summary>Gives it an image.</summary>
    /// <param name="archive">In the format of Docker, or of OCI.</param>
    public void Import(string archive) =>
        ProcessTool.Run(
            "ctr",
            "--address",
            _folders.Socket,
            "--namespace",
            "k8s.io",
            "images",
            "import",
            "--snapshotter",
            "native",
            archive
        );

    /// <summary>The cgroup of its sandboxes, as they name it.</summary>
    public string CgroupParent => $"/{_cgroup}";

    /// <summary>Runs the sandbox of a pod as kubelet does, and returns its id.</summary>
    /// <exception cref="RpcException">The runtime's refusal, with the plugin's in it.</exception>
    /// <param name="ports">Ports of the node that lead to the pod.</param>
    public Task<string> RunAsync(
        string name,
        string uid,
        string ns = "default",
        uint attempt = 0,
        params IEnumerable<PortMapping> ports
    ) =>
        Cri.RunPodSandboxAsync(
            new PodSandboxConfig
            {
                Metadata = new PodSandboxMetadata
                {
                    Name = name,
                    Namespace = ns,
                    Uid = uid,
                    Attempt = attempt,
                },
                PortMappings = { ports },
                Hostname = name,
                Linux = new LinuxPodSandboxConfig
                {
                    CgroupParent = CgroupParent,
                    SecurityContext = new LinuxSandboxSecurityContext
                    {
                        NamespaceOptions = new NamespaceOption { Pid = NamespaceMode.Container },
                    },
                },
            }
        );

    public async Task<Sandbox> InspectAsync(string id) => new(await Cri.PodSandboxStatusAsync(id));

    /// <summary>The id of its own process.</summary>
    public int Process => _process!.Id;

    /// <summary>
    /// What is there of sandboxes besides the runtime itself: processes, network namespaces, mounts, and results that
    /// it remembers.
    /// </summary>
    public IReadOnlyList<string> Remains() =>
        [
            .. Cgroups.Processes(_cgroup).Select(process => $"process {process}"),
            .. ShimProcesses().Select(process => $"shim {process}"),
            .. Mounts().Select(mount => $"mount {mount}"),
            .. Remembered().Select(result => $"file {result}"),
        ];

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_process is { HasExited: false })
                await RemoveSandboxesAsync();
        }
        finally
        {
            Cri.Dispose();
            StopProcess();
            SweepUp();
        }
    }

    private void Launch()
    {
        // The shell becomes nsenter, which becomes containerd: the process id is containerd's, and its output is in a
        // file that outlives a hang.
        var command = $"exec nsenter --net={_node.Path} containerd --config {_folders.Config} >{_folders.Log} 2>&1";
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardInput = true },
        };
        _process.Start();
        _process.StandardInput.Close();
    }

    private async Task WhenAnsweringAsync()
    {
        var answer = "";
        await Wait.Until(
            "containerd answers",
            async () =>
            {
                try
                {
                    await Cri.VersionAsync();
                    return true;
                }
                catch (RpcException notYet) // the socket is not there yet, or what is behind it
                {
                    answer = notYet.Message;
                    return !_process!.HasExited
                        ? false
                        : throw new ToolFailedException(
                            $"containerd has ended: {answer}\n{File.ReadAllText(_folders.Log)}",
                            notYet
                        );
                }
            },
            () => $"{answer}\n{File.ReadAllText(_folders.Log)}"
        );
    }

    private async Task RemoveSandboxesAsync()
    {
        foreach (var sandbox in await Cri.ListPodSandboxAsync())
        {
            await Cri.StopPodSandboxAsync(sandbox.Id);
            await Cri.RemovePodSandboxAsync(sandbox.Id);
        }
    }

    private void StopProcess()
    {
        if (_process is null)
            return;
        if (!_process.HasExited)
            ProcessTool.Try("kill", "-TERM", _process.Id.ToString(CultureInfo.InvariantCulture));
        if (!_process.WaitForExit(ProcessTool.Patience))
            _process.Kill();
        _process.Dispose();
    }

    /// <summary>After a test that went well there is nothing to do but the last lines.</summary>
    private void SweepUp()
    {
        foreach (var process in ShimProcesses().Concat(Cgroups.Processes(_cgroup)))
            ProcessTool.Try("kill", "-KILL", process.ToString(CultureInfo.InvariantCulture));
        foreach (var mount in Mounts().OrderByDescending(path => path.Length))
            ProcessTool.Try("umount", "--lazy", mount);
        foreach (var result in Remembered())
            File.Delete(result);
        _node.Dispose();
        Cgroups.Remove(_cgroup);
        _folders.Dispose();
    }

    private List<int> ShimProcesses()
    {
        var found = new List<int>();
        foreach (
            var folder in Directory
                .EnumerateDirectories("/proc")
                .Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0]))
        )
        {
            try
            {
                var command = File.ReadAllText(Path.Combine(folder, "cmdline")).Split('\0');
                if (
                    Path.GetFileName(command[0]).StartsWith("containerd-shim", StringComparison.Ordinal)
                    && command.Contains(_folders.Socket)
                )
                    found.Add(int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture));
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // ended between two looks
            }
        }

        return found;
    }

    // Each says where the namespace is that it is about, and ours are below our folder.
    private List<string> Remembered() =>
        !Directory.Exists(Results)
            ? []
            :
            [
                .. Directory
                    .EnumerateFiles(Results)
                    .Where(file => File.ReadAllText(file).Contains(_folders.Root + "/", StringComparison.Ordinal)),
            ];

    private List<string> Mounts() =>
        [
            .. File.ReadLines("/proc/self/mountinfo")
                .Select(line => line.Split(' ')[4])
                .Where(path => path.StartsWith(_folders.Root + "/", StringComparison.Ordinal)),
        ];
}
