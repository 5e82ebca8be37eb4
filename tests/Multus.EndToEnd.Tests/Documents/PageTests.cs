using System.Diagnostics.CodeAnalysis;
using Multus.EndToEnd.Tests.Deployment;
using Multus.TestCluster.Objects;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Documents;

/// <summary>README, guide and operations, block by block as a reader would go through them, on a cluster with one node.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit disposes of it through IAsyncLifetime")]
public sealed class PageTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Deploy =
        "kubectl apply -f deploy/multus.yaml && kubectl -n kube-system rollout status daemonset/multus";

    private const string Reader = "kubernetes-admin";

    // Begin with a cluster that Multus has not come to.
    private static readonly string[] Installing = ["README.md", "docs/operations/install.md"];

    // Is done without a cluster: WithoutKubernetesTests.
    private const string Alone = "docs/guide/without-kubernetes.md";

    private DeployedNode _node = null!; // set before the test begins
    private Workstation _workstation = null!;
    private ClusterStandIn _cluster = null!;

    public static TheoryData<string> Pages =>
        [
            .. Page.PathsIn("guide")
                .Concat(Page.PathsIn("operations"))
                .Prepend("README.md")
                .Append("docs/reference/metrics.md")
                .Where(path => path != Alone),
        ];

    public async Task InitializeAsync()
    {
        _node = await DeployedNode.StartAsync();
        try
        {
            _node.Machine.AddCard("eth0");
            _node.Machine.AddCard("eth1");
            StandInPlugins.Install(_node.Machine);
            _workstation = new Workstation(_node.Machine);
            _workstation.Prepare(
                _node
                    .Cluster.FilesIn(_node.Machine["/root"])
                    .KubeconfigWithToken(_node.Cluster.Access.IssueToken(Reader))
            );
            _cluster = new ClusterStandIn(_node, _workstation);
        }
        catch // xunit disposes of nothing that was not made whole
        {
            await DisposeAsync();
            throw;
        }
    }

    public async Task DisposeAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        await _node.DisposeAsync();
        output.WriteLine(_node.Log.ToString());
    }

    [DocumentTheory]
    [MemberData(nameof(Pages))]
    public async Task What_a_page_says_can_be_done_as_it_says_it(string path)
    {
        if (!Installing.Contains(path))
            _workstation.Run(Deploy, "the installation before the page");
        if (path.EndsWith("troubleshooting.md", StringComparison.Ordinal))
            await DoAsync(Page.Read("docs/guide/first-pod.md").Blocks.Where(block => block.Language == "yaml"), path);

        await DoAsync(Page.Read(path).Blocks, path);

        await CleanUpAsync();
        Assert.Empty(_node.OfPods());
    }

    private async Task DoAsync(IEnumerable<PageBlock> blocks, string path)
    {
        string? printed = null; // by the commands just before
        foreach (var block in blocks)
        {
            var where = $"{path}:{block.Line}";
            switch (block.Language)
            {
                case "sh":
                    printed = Exemptions.Has(block) ? null : Type(block.Text, where);
                    break;
                case "yaml":
                    Apply(block.Text, where);
                    await Wait.Until($"the pods of {where} run", _cluster.IsSettled, () => _cluster.Failure);
                    break;
                case "json":
                    JsonSamples.AssertValid(block.Text, where);
                    break;
                case "text" when printed is not null:
                    ShownOutput.AssertIs(block.Text, printed, where);
                    printed = null;
                    break;
            }
        }
    }

    private string Type(string script, string where)
    {
        _workstation.Note("log", _node.Log.ToString());
        var ran = _workstation.Try(script);
        Assert.True(
            ran.ExitCode == 0,
            $"{where} ended with {ran.ExitCode}: {ran.Stderr}\n{ran.Stdout}\nlast failure of a pod: {_cluster.Failure}"
        );
        return ran.Stdout;
    }

    private void Apply(string manifests, string where)
    {
        var documents = YamlNodes.Documents(new StringReader(manifests));
        Assert.All(documents, document => Assert.NotEmpty(document.Text("kind")));
        if (documents.Any(Exemptions.Has))
            return;
        _workstation.Note("manifests.yaml", manifests);
        _workstation.Run("kubectl apply -f /run/doc/manifests.yaml", where);
    }

    /// <summary>Pods go as long as there is somebody to detach them.</summary>
    private async Task CleanUpAsync()
    {
        if (_node.Cluster.Objects.Find(ResourceType.DaemonSets, "kube-system", "multus") is null)
        {
            Assert.Empty(_node.Cluster.Objects.All(ResourceType.Pods));
            Assert.Equal(["10-cluster.conf"], _node.Machine.Files("/etc/cni/net.d"));
            Assert.DoesNotContain("multus-shim", _node.Machine.Files("/opt/cni/bin"));
        }

        foreach (var pod in _node.Cluster.Objects.All(ResourceType.Pods))
            _node.Cluster.Objects.Delete(ResourceType.Pods, pod.Key.Namespace, pod.Key.Name);
        await Wait.Until("all pods are detached", _cluster.IsSettled, () => _cluster.Failure);
    }
}
