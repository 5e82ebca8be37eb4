using System.Globalization;
using System.Text;
using Multus.Bench.Workloads;

namespace Multus.Bench.Nodes;

/// <summary>
/// Everything on disk that one workload needs: configuration, manifests, and the folders that must be empty again
/// afterwards.
/// </summary>
internal sealed class NodeFolder
{
    /// <summary>What the API server's pods are on, and what the daemon takes itself for.</summary>
    public const string NodeName = "node-1";

    private readonly string _root;
    private readonly Workload _workload;
    private readonly string _binFolder;

    private NodeFolder(string root, string binFolder, Workload workload)
    {
        _root = root;
        _binFolder = binFolder;
        _workload = workload;
    }

    public string SocketFolder => Path.Combine(_root, "run");

    public string DaemonConfiguration => Path.Combine(_root, "daemon-config.json");

    public string DaemonLog => Path.Combine(_root, "daemon.log");

    public string PidFile => Path.Combine(_root, "daemon.pid");

    public string BinFolder => _binFolder;

    /// <summary>What the container runtime gives the shim on stdin.</summary>
    public byte[] ShimConfiguration =>
        Encoding.UTF8.GetBytes(
            $$"""{"cniVersion":"1.0.0","name":"multus-cni-network","type":"multus-shim","daemonSocketDir":"{{SocketFolder}}","cniDir":"{{CniFolder}}"}"""
        );

    /// <summary>The same for GC, with the list of what is in use.</summary>
    public byte[] GcConfiguration(IReadOnlyList<Pod> pods)
    {
        var list = string.Join(',', pods.Select(pod => $$"""{"containerID":"{{pod.ContainerId}}","ifname":"eth0"}"""));
        return Encoding.UTF8.GetBytes(
            $$"""{"cniVersion":"1.1.0","name":"multus-cni-network","type":"multus-shim","daemonSocketDir":"{{SocketFolder}}","cniDir":"{{CniFolder}}","cni.dev/valid-attachments":[{{list}}]}"""
        );
    }

    /// <summary>How many sandboxes are on record.</summary>
    public int Sandboxes() => Directory.EnumerateFiles(CniFolder).Count(path => !IsMemory(path));

    /// <summary>
    /// Puts so many more sandboxes on record as one of a pod that is attached, each of a pod of its own.
    /// </summary>
    public void CopySandbox(Pod pod, int count)
    {
        var results = Path.Combine(CniFolder, "results");
        var record = File.ReadAllText(Path.Combine(CniFolder, pod.ContainerId));
        var result = Directory.EnumerateFiles(results).Single();
        var content = File.ReadAllText(result);
        for (var i = 0; i < count; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{pod.ContainerId}-{i}");
            File.WriteAllText(
                Path.Combine(results, Path.GetFileName(result).Replace(pod.ContainerId, id, StringComparison.Ordinal)),
                content.Replace(pod.ContainerId, id, StringComparison.Ordinal)
            );
            File.WriteAllText(
                Path.Combine(CniFolder, id),
                record
                    .Replace(pod.ContainerId, id, StringComparison.Ordinal)
                    .Replace(
                        $"\"{pod.Name}\"",
                        string.Create(CultureInfo.InvariantCulture, $"\"{pod.Name}-{i}\""),
                        StringComparison.Ordinal
                    )
            );
        }
    }

    private string CniFolder => Path.Combine(_root, "cni");

    // What GC is to know, and which containers have gone, outlives the pods.
    private string KnownNetworksFolder => Path.Combine(CniFolder, "networks");

    private string IpamFolder => Path.Combine(_root, "ipam");

    private string StatusFolder => Path.Combine(_root, "status");

    private string ManifestFolder => Path.Combine(_root, "manifests");

    private string ClusterNetwork => Path.Combine(_root, "10-cluster.conflist");

    public static NodeFolder Make(string root, string binFolder, Workload workload)
    {
        var folder = new NodeFolder(root, binFolder, workload);
        foreach (var path in new[] { folder.CniFolder, folder.IpamFolder, folder.StatusFolder, folder.ManifestFolder })
            Directory.CreateDirectory(path);
        File.WriteAllText(
            folder.ClusterNetwork,
            $$"""{"cniVersion":"1.0.0","name":"{{NetworkName(0)}}","plugins":[{{folder.DelegateConfiguration(0)}}]}"""
        );
        File.WriteAllText(Path.Combine(folder.ManifestFolder, "networks.yaml"), folder.Networks());
        File.WriteAllText(Path.Combine(folder.ManifestFolder, "pods.yaml"), folder.Pods());
        File.WriteAllText(folder.DaemonConfiguration, folder.DaemonSettings());
        return folder;
    }

    /// <summary>The plugin configuration of network <paramref name="index"/>; 0 is the cluster network.</summary>
    public string DelegateConfiguration(int index) =>
        _workload.Delegate switch
        {
            "bridge" => string.Create(
                CultureInfo.InvariantCulture,
                $$$"""{"cniVersion":"1.0.0","name":"{{{NetworkName(index)}}}","type":"bridge","bridge":"br{{{index}}}","ipam":{"type":"host-local","dataDir":"{{{IpamFolder}}}","ranges":[[{"subnet":"10.{{{100 + index}}}.0.0/16"}]]}}"""
            ),
            Workload.Sleep when index > 0 =>
                $$"""{"cniVersion":"1.0.0","name":"{{NetworkName(index)}}","type":"{{Workload.Sleep}}","sleepMilliseconds":1000}""",
            var type => $$"""{"cniVersion":"1.0.0","name":"{{NetworkName(index)}}","type":"{{type}}"}""",
        };

    /// <summary>
    /// What ADD and DEL of all pods should have taken away again; one line per kind of thing that is still there.
    /// </summary>
    public IReadOnlyList<string> Leftovers() =>
        [
            .. Remaining(
                "addresses held by host-local",
                IpamFolder,
                path =>
                    Path.GetFileName(path) is not "lock" and var name
                    && !name.StartsWith("last_reserved_ip.", StringComparison.Ordinal)
            ),
            .. Remaining(
                "files in cniDir (records, results, pending deletes)",
                CniFolder,
                path => !path.StartsWith(KnownNetworksFolder, StringComparison.Ordinal) && !IsMemory(path)
            ),
            .. Remaining("network-status files", StatusFolder, _ => true),
        ];

    // What stays when all pods are gone: which containers were detached, what was done to them, and the lock.
    private static bool IsMemory(string path) =>
        Path.GetFileName(path) is ".lock"
        || path.Contains("/history/", StringComparison.Ordinal)
        || Path.GetFileName(path).StartsWith(".detached", StringComparison.Ordinal);

    private static IEnumerable<string> Remaining(string what, string folder, Predicate<string> counts)
    {
        var files = Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(path => counts(path))
            .ToList();
        if (files.Count > 0)
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{files.Count} {what} left after DEL of all pods, e.g. {files[0]}"
            );
    }

    /// <summary>The value of a pod's networks annotation; empty for none.</summary>
    public string NetworksOfPod => string.Join(',', Enumerable.Range(1, _workload.Networks - 1).Select(NetworkName));

    public static string NetworkName(int index) => string.Create(CultureInfo.InvariantCulture, $"net-{index}");

    private string Networks()
    {
        var yaml = new StringBuilder();
        for (var i = 1; i < _workload.Networks; i++)
        {
            yaml.Append(
                $"""
                ---
                apiVersion: k8s.cni.cncf.io/v1
                kind: NetworkAttachmentDefinition
                metadata:
                  name: {NetworkName(i)}
                  namespace: {Pod.Namespace}
                spec:
                  config: '{DelegateConfiguration(i)}'

                """
            );
        }

        return yaml.ToString();
    }

    private string Pods()
    {
        var networks = NetworksOfPod;
        var annotations = networks.Length == 0 ? "{}" : $"{{ k8s.v1.cni.cncf.io/networks: \"{networks}\" }}";
        var yaml = new StringBuilder();
        for (var i = 0; i < _workload.Pods; i++)
        {
            yaml.Append(
                CultureInfo.InvariantCulture,
                $"""
                ---
                apiVersion: v1
                kind: Pod
                metadata:
                  name: {Pod.NameOf(i)}
                  namespace: {Pod.Namespace}
                  uid: {Pod.UidOf(i)}
                  annotations: {annotations}

                """
            );
        }

        return yaml.ToString();
    }

    /// <summary>Where the kubeconfig is, when the cluster is an API server.</summary>
    public string ClusterFolder => Path.Combine(_root, "cluster");

    private string ClusterKeys =>
        _workload.Cluster == Workload.ApiServer
            ? $"\"kubeconfig\": \"{Path.Combine(ClusterFolder, "kubeconfig")}\""
            : $"\"manifestDir\": \"{ManifestFolder}\", \"statusDir\": \"{StatusFolder}\"";

    private string DaemonSettings() =>
        $$"""
            {
              "socketDir": "{{SocketFolder}}", "cniDir": "{{CniFolder}}", "runtimeCacheDir": "{{Path.Combine(
                _root,
                "runtime-results"
            )}}", "binDir": "{{_binFolder}}", "clusterNetwork": "{{ClusterNetwork}}",
              {{ClusterKeys}}, "attachMode": "{{_workload.Mode}}", "logLevel": "error", "logToStderr": true
            }
            """;
}
