using System.Text.Json.Nodes;
using Multus.TestSupport;
using YamlDotNet.RepresentationModel;

namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>
/// The chart, rendered by Helm itself: the same objects as kustomize makes. Helm is in none of the registries that the
/// test command uses, so that these tests exist where MULTUS_TEST_HELM names it.
/// </summary>
public sealed class HelmTests
{
    [HelmTheory]
    [InlineData("")]
    [InlineData("crio")]
    [InlineData("k3s")]
    [InlineData("kind")]
    [InlineData("microk8s")]
    [InlineData("rke2")]
    [InlineData("talos")]
    public void It_renders_what_kustomize_renders(string preset)
    {
        var chart = Path.Combine(DeployedFiles.Root, "deploy", "chart");
        string[] values = preset.Length > 0 ? ["-f", Path.Combine(chart, "presets", $"{preset}.yaml")] : [];
        ProcessTool.Run(HelmTheoryAttribute.Helm!, ["lint", chart, .. values]);
        string[] template = ["template", "multus", chart, "--include-crds", .. values];
        var rendered = ProcessTool.Run(HelmTheoryAttribute.Helm!, template);

        var expected = preset.Length > 0 ? Kustomization.Overlay(preset) : Kustomization.Base;
        Assert.Equal(Comparable(expected.Documents), Comparable(YamlNodes.Documents(new StringReader(rendered))));
    }

    // Neither the order of objects nor that of named items (volumes, mounts, variables) means anything.
    private static IReadOnlyList<string> Comparable(IEnumerable<YamlMappingNode> documents) =>
        [.. documents.Select(document => Sorted(document.ToJson())!.ToJsonString()).Order(StringComparer.Ordinal)];

    private static JsonNode? Sorted(JsonNode? node) =>
        node switch
        {
            JsonObject map => new JsonObject(
                map.OrderBy(member => member.Key, StringComparer.Ordinal)
                    .Select(member => KeyValuePair.Create(member.Key, Sorted(member.Value)))
            ),
            JsonArray items when items.All(item => item is JsonObject named && named.ContainsKey("name")) =>
                new JsonArray([.. items.Select(Sorted).OrderBy(item => item!.ToJsonString(), StringComparer.Ordinal)]),
            JsonArray items => new JsonArray([.. items.Select(Sorted)]),
            _ => node?.DeepClone(),
        };
}
