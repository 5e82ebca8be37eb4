using Multus.TestSupport.Daemons;
using YamlDotNet.RepresentationModel;

namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>What <c>deploy/</c> has for a cluster, as it is applied; not the samples.</summary>
internal static class DeployedFiles
{
    /// <summary>What nodes with a certificate of their own need beside <c>multus.yaml</c>.</summary>
    public const string ApproverFile = "cert-approver.yaml";

    public static string Root => Binaries.Tree;

    /// <summary>The documents of <c>deploy/multus.yaml</c>.</summary>
    public static IReadOnlyList<YamlMappingNode> Thick { get; } = Parse("multus.yaml");

    /// <summary>The documents of <c>deploy/multus-thin.yaml</c>.</summary>
    public static IReadOnlyList<YamlMappingNode> Thin { get; } = Parse("multus-thin.yaml");

    /// <summary>The only document of this kind, of those for the thick mode.</summary>
    public static YamlMappingNode Single(string kind) => Thick.Single(kind);

    public static YamlMappingNode ThinDaemonSet => Thin.Single("DaemonSet");

    public static YamlMappingNode ThinPodSpec => ThinDaemonSet.SpecOfPods();

    public static YamlMappingNode ThinInstaller => Assert.Single(ThinPodSpec.Maps("containers"));

    /// <summary>A file of the ConfigMap.</summary>
    public static string Config(string file) => Single("ConfigMap").Map("data").Text(file);

    public static YamlMappingNode PodSpec => Single("DaemonSet").SpecOfPods();

    public static YamlMappingNode Daemon => Assert.Single(PodSpec.Maps("containers"));

    public static YamlMappingNode Installer => Assert.Single(PodSpec.Maps("initContainers"));

    /// <summary>Of a list of objects, the only one of this kind.</summary>
    public static YamlMappingNode Single(this IEnumerable<YamlMappingNode> documents, string kind) =>
        Assert.Single(documents, document => document.Text("kind") == kind);

    public static YamlMappingNode SpecOfPods(this YamlMappingNode workload) =>
        workload.Map("spec").Map("template").Map("spec");

    /// <summary>The documents of a file of <c>deploy</c>.</summary>
    public static IReadOnlyList<YamlMappingNode> Parse(string file)
    {
        using var text = File.OpenText(Path.Combine(Root, "deploy", file));
        return YamlNodes.Documents(text);
    }
}
