using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Attaching;

/// <summary>Whose networks a pod may name. The pods are in <see cref="Manifests.Namespace"/>.</summary>
public abstract class NamespaceIsolationTests(ITestOutputHelper output, Flavour flavour) : NodeTest(output, flavour)
{
    private const string Global = "shared";
    private const string Other = "other";
    private const string MultusNamespace = "kube-system";

    private SteeredPlugin _plugin = null!; // xunit calls InitializeAsync before the test

    private IEnumerable<string> Calls =>
        _plugin.Calls.Select(call => $"{call.Command} {call.Config.GetProperty("name").GetString()} {call.IfName}");

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _plugin = Node.Steered("recorder");
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", _plugin.Type)));
        foreach (var ns in new[] { Manifests.Namespace, Global, Other, MultusNamespace })
            Node.Manifests.Network("net", Networks.Steered($"{ns}-net", _plugin.Type), ns);
    }

    [RootFact]
    public async Task A_pod_gets_the_networks_of_its_own_namespace_and_of_the_global_ones()
    {
        Isolate();
        var pod = Node.Pod($"net,{Global}/net");
        await Node.Start();

        (await Node.Add(pod)).Succeeded();

        Assert.Equal(["ADD cluster eth0", "ADD default-net net1", "ADD shared-net net2"], Calls.Order());
    }

    [RootTheory]
    [InlineData($"{Other}/net", Other)]
    [InlineData($"net,{Other}/net@net7", Other)]
    [InlineData($$"""[{"name":"net","namespace":"{{Other}}"}]""", Other)]
    [InlineData($"{MultusNamespace}/net", MultusNamespace)]
    public async Task A_pod_that_names_another_namespaces_network_does_not_start_and_no_plugin_runs(
        string networks,
        string target
    )
    {
        Isolate();
        var pod = Node.Pod(networks);
        var before = Node.Remains(pod);
        await Node.Start();

        var error = (await Node.Add(pod)).Error();

        Assert.Contains(
            $"pod is in namespace {Manifests.Namespace} but refers to target namespace {target}",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Empty(Calls);
        Assert.Equal(before, Node.Remains(pod));
    }

    [RootFact]
    public async Task A_default_network_may_also_be_one_of_Multus_own_namespace_and_no_other()
    {
        Isolate();
        var (allowed, refused) = (Node.UnknownPod("allowed"), Node.UnknownPod("refused"));
        Node.Manifests.Pod(allowed, null, $"{MultusNamespace}/net");
        Node.Manifests.Pod(refused, null, $"{Other}/net");
        await Node.Start();

        (await Node.Add(allowed)).Succeeded();
        var error = (await Node.Add(refused)).Error();

        Assert.Contains($"refers to target namespace {Other}", error.Message, StringComparison.Ordinal);
        Assert.Equal(["ADD kube-system-net eth0"], Calls);
    }

    [RootFact]
    public async Task Without_isolation_a_pod_gets_the_networks_of_every_namespace()
    {
        var pod = Node.Pod($"{Other}/net");
        await Node.Start();

        (await Node.Add(pod)).Succeeded();

        Assert.Equal(["ADD cluster eth0", "ADD other-net net1"], Calls.Order());
    }

    private void Isolate() => Node.WithJson("namespaceIsolation", "true").With("globalNamespaces", Global);
}

public sealed class ThickNamespaceIsolationTests(ITestOutputHelper output)
    : NamespaceIsolationTests(output, Flavour.Thick);

public sealed class ThinNamespaceIsolationTests(ITestOutputHelper output)
    : NamespaceIsolationTests(output, Flavour.Thin);
