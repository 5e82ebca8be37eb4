using System.Text.Json;
using System.Text.Json.Nodes;
using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.Kubernetes.Api;
using Multus.Kubernetes.Api.Configuration;
using Multus.TestSupport;

namespace Multus.Kubernetes.Tests.Contract;

/// <summary>
/// The built-in client on a cluster that somebody runs, changed with kubectl, in two namespaces of its own. The cluster must have the NAD's CRD and
/// a node; pods go to its first node and run a pause image there.
/// </summary>
internal sealed class RealClusterWorld : ClusterWorld
{
    public const string Variable = "MULTUS_TEST_KUBECONFIG";

    private const string PauseImage = "registry.k8s.io/pause:3.9";
    private const string NetworkResource = "network-attachment-definitions.k8s.cni.cncf.io";

    private readonly string _kubeconfig;
    private readonly string _node;
    private readonly ApiCluster _client;
    private readonly TempFolder _folder = new();

    /// <param name="kubeconfig">Of a user who may do everything; credentials from a program are not supported here.</param>
    public RealClusterWorld(string kubeconfig)
    {
        _kubeconfig = kubeconfig;
        _node = Kubectl("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}");
        Namespace = Unique.Name("mt-a-");
        OtherNamespace = Unique.Name("mt-b-");
        foreach (var ns in (string[])[Namespace, OtherNamespace])
            Create(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = ns } });
        _client = ApiClients.Make(Kubeconfig.Read(kubeconfig), _node);
    }

    public override IClusterApi Api => _client;

    public override string Namespace { get; }

    public override string OtherNamespace { get; }

    public override Task<string> PutPodAsync(PodKey key, string networks) => Task.Run(() =>
    {
        if (Read("pods", key.Namespace, key.Name) is null)
            Create(PodManifest(key, networks));
        else
            Kubectl("annotate", "pod", key.Name, "-n", key.Namespace, "--overwrite", $"{NetworkSelectionParser.NetworksAnnotation}={networks}");
        return TextAt(Read("pods", key.Namespace, key.Name), "metadata", "uid")!;
    });

    public override Task RemovePodAsync(PodKey key) => Task.Run(() => Kubectl("delete", "pod", key.Name, "-n", key.Namespace, "--grace-period=0", "--force"));

    public override Task PutNetworkAsync(NetworkKey key, string? config) => Task.Run(() =>
    {
        var spec = config is null ? [] : new JsonObject { ["config"] = config };
        if (Read(NetworkResource, key.Namespace, key.Name) is null)
            Create(NetworkManifest(key, spec));
        else
            Kubectl("patch", NetworkResource, key.Name, "-n", key.Namespace, "--type=merge", "-p", new JsonObject { ["spec"] = spec }.ToJsonString());
    });

    public override Task RemoveNetworkAsync(NetworkKey key) => Task.Run(() => Kubectl("delete", NetworkResource, key.Name, "-n", key.Namespace));

    public override Task<string?> StatusAsync(PodKey key, string annotation) =>
        Task.Run(() => TextAt(Read("pods", key.Namespace, key.Name), "metadata", "annotations", annotation));

    // kubelet writes to the pod, too; so the revision says nothing of us.
    public override Task<string?> StatusVersionAsync(PodKey key, string annotation) => StatusAsync(key, annotation);

    public override ValueTask DisposeAsync()
    {
        _client.Dispose();
        foreach (var ns in (string[])[Namespace, OtherNamespace])
        {
            Kubectl("delete", "pods", "--all", "-n", ns, "--grace-period=0", "--force");
            Kubectl("delete", NetworkResource, "--all", "-n", ns);
            Kubectl("delete", "namespace", ns, "--wait=false");
        }

        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private JsonObject PodManifest(PodKey key, string networks) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Pod",
        ["metadata"] = new JsonObject
        {
            ["name"] = key.Name,
            ["namespace"] = key.Namespace,
            ["annotations"] = new JsonObject { [NetworkSelectionParser.NetworksAnnotation] = networks },
        },
        ["spec"] = new JsonObject
        {
            ["nodeName"] = _node,
            ["terminationGracePeriodSeconds"] = 0,
            ["containers"] = new JsonArray(new JsonObject { ["name"] = "main", ["image"] = PauseImage }),
        },
    };

    private static JsonObject NetworkManifest(NetworkKey key, JsonObject spec) => new()
    {
        ["apiVersion"] = "k8s.cni.cncf.io/v1",
        ["kind"] = "NetworkAttachmentDefinition",
        ["metadata"] = new JsonObject { ["name"] = key.Name, ["namespace"] = key.Namespace },
        ["spec"] = spec,
    };

    private void Create(JsonObject manifest) =>
        Kubectl("create", "--validate=false", "-f", _folder.File($"{Guid.NewGuid():N}.json", manifest.ToJsonString()));

    private JsonElement? Read(string resource, string ns, string name)
    {
        var found = Kubectl("get", resource, name, "-n", ns, "-o", "json", "--ignore-not-found");
        if (found.Length == 0)
            return null;
        using var json = JsonDocument.Parse(found);
        return json.RootElement.Clone();
    }

    private static string? TextAt(JsonElement? at, params string[] path)
    {
        foreach (var step in path)
            at = at is { ValueKind: JsonValueKind.Object } map && map.TryGetProperty(step, out var inner) ? inner : null;
        return at?.GetString();
    }

    private string Kubectl(params string[] arguments) => ProcessTool.Run("kubectl", ["--kubeconfig", _kubeconfig, .. arguments]);
}
