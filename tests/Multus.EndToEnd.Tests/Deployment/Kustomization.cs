using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using k8s;
using Multus.TestSupport;
using YamlDotNet.RepresentationModel;

namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>A folder of <c>deploy/kustomize</c>, rendered.</summary>
internal sealed class Kustomization
{
    private static readonly ConcurrentDictionary<string, Lazy<Kustomization>> Rendered = new(StringComparer.Ordinal);

    private Kustomization(string folder)
    {
        Text = ProcessTool.Run("kubectl", "kustomize", Path.Combine(DeployedFiles.Root, "deploy", "kustomize", folder));
        Documents = YamlNodes.Documents(new StringReader(Text));
    }

    public static Kustomization Base => Of("base");

    public static Kustomization Overlay(string name) => Of($"overlays/{name}");

    public static IEnumerable<string> Overlays =>
        Directory
            .EnumerateDirectories(Path.Combine(DeployedFiles.Root, "deploy", "kustomize", "overlays"))
            .Select(folder => Path.GetFileName(folder)!)
            .Order(StringComparer.Ordinal);

    /// <param name="folder">Below <c>deploy/kustomize</c>.</param>
    public static Kustomization Of(string folder) =>
        Rendered.GetOrAdd(folder, static path => new Lazy<Kustomization>(() => new Kustomization(path))).Value;

    public string Text { get; }

    public IReadOnlyList<YamlMappingNode> Documents { get; }

    public YamlMappingNode PodSpec => Documents.Single("DaemonSet").SpecOfPods();

    public IReadOnlyList<YamlMappingNode> Containers =>
        [.. PodSpec.Maps("containers"), .. PodSpec.Has("initContainers") ? PodSpec.Maps("initContainers") : []];

    /// <summary>What the daemon reads; null in thin mode.</summary>
    public JsonObject? Configuration =>
        Documents.FirstOrDefault(document => document.Text("kind") == "ConfigMap") is { } map
            ? JsonNode.Parse(map.Map("data").Text("daemon-config.json"))!.AsObject()
            : null;

    /// <summary>Reads every object as the API server does with strict validation: no field that its kind does not have,
    /// none twice, each of the right type.</summary>
    /// <returns>How many there are.</returns>
    public int ReadStrictly() => KubernetesYaml.LoadAllFromString(Text, strict: true).Count;
}
