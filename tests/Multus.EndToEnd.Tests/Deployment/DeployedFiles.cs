using Multus.TestSupport.Daemons;
using YamlDotNet.RepresentationModel;

namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>What <c>deploy/</c> has for a cluster; not the samples.</summary>
internal static class DeployedFiles
{
    public const string ApproverFile = "cert-approver.yaml";

    private const string ThinFile = "daemonset-thin.yaml";

    public static string Root => Binaries.Tree;

    /// <summary>Every document of every file: "daemonset.yaml" and its content.</summary>
    public static IReadOnlyList<(string File, YamlMappingNode Document)> All { get; } =
    [
        .. from file in Directory.EnumerateFiles(Path.Combine(Root, "deploy"), "*.yaml").Order(StringComparer.Ordinal)
        from document in Parse(file)
        select (Path.GetFileName(file), document),
    ];

    /// <summary>
    /// The only document of this kind, the DaemonSet of thin mode and what comes with nodes' certificates not counted.
    /// </summary>
    public static YamlMappingNode Single(string kind) =>
        All.Single(one => one.File is not (ThinFile or ApproverFile) && one.Document.Text("kind") == kind).Document;

    /// <summary>The DaemonSet of thin mode, all that its file has.</summary>
    public static YamlMappingNode ThinDaemonSet => All.Single(one => one.File == ThinFile).Document;

    public static YamlMappingNode ThinPodSpec => ThinDaemonSet.Map("spec").Map("template").Map("spec");

    public static YamlMappingNode ThinInstaller => Assert.Single(ThinPodSpec.Maps("containers"));

    /// <summary>A file of the ConfigMap.</summary>
    public static string Config(string file) => Single("ConfigMap").Map("data").Text(file);

    public static YamlMappingNode PodSpec => Single("DaemonSet").Map("spec").Map("template").Map("spec");

    public static YamlMappingNode Daemon => Assert.Single(PodSpec.Maps("containers"));

    public static YamlMappingNode Installer => Assert.Single(PodSpec.Maps("initContainers"));

    private static IReadOnlyList<YamlMappingNode> Parse(string file)
    {
        using var text = File.OpenText(file);
        return YamlNodes.Documents(text);
    }
}
