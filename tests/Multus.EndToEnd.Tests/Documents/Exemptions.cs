using YamlDotNet.RepresentationModel;

namespace Multus.EndToEnd.Tests.Documents;

/// <summary>What documents show and no test can run here, each with its reason. Keep it short.</summary>
internal static class Exemptions
{
    private static readonly Dictionary<string, string> Commands = new(StringComparer.Ordinal)
    {
        ["./build.sh"] = "takes minutes, or would run these tests; that it has the command is a test of its own",
        ["docker"] = "there is no Docker engine; what the Dockerfile copies is a test of the deployment",
        ["helm"] = "there is no Helm; what can be read of the chart without it is a test of the deployment",
        ["kubectl apply -k deploy/kustomize/overlays/k3s"] =
            "the node of these tests has the usual folders; that overlays render, and to what, is a test of the deployment",
        ["kubectl apply -k deploy/kustomize/overlays/ui"] =
            "the stand-in for the kubelet mounts no Secret; that overlays render, and to what, is a test of the deployment",
        ["kubectl -n kube-system create secret generic multus-ui --from-literal=token=\"$(openssl rand -hex 24)\""] =
            "the API server of the tests keeps no Secrets",
        ["kubectl -n kube-system port-forward pod/multus-abcde 9091"] =
            "the API server of the tests forwards no port; the tests of the page open it on the node",
        ["kubectl apply -f deploy/multus-thin.yaml"] =
            "the stand-in for the kubelet starts the daemon's DaemonSet only; the tests of the thin plugin run this one",
    };

    private static readonly Dictionary<string, string> Kinds = new(StringComparer.Ordinal)
    {
        ["CephCluster"] = "Rook is not there to read it",
    };

    /// <summary>Whether all commands of the block are exempt. A block that is so in part is an error.</summary>
    public static bool Has(PageBlock block)
    {
        var lines = block.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var exempt = lines.Count(IsExempt);
        Assert.True(
            exempt == 0 || exempt == lines.Length,
            $"line {block.Line}: put what cannot be run into a block of its own"
        );
        return exempt > 0;
    }

    public static bool Has(YamlMappingNode document) =>
        document.Children.TryGetValue("kind", out var kind) && Kinds.ContainsKey(kind.ToString());

    private static bool IsExempt(string line) => Commands.ContainsKey(line) || Commands.ContainsKey(line.Split(' ')[0]);
}
