using Multus.Cni;
using Multus.Core.Configuration;
using Multus.Core.Networks;
using Multus.Core.Planning;

namespace Multus.Core.Tests.Planning;

/// <summary>
/// Every way in which a pod can name a network, against every namespace and every policy: annotation x form x namespace
/// x policy (attach.md §6).
/// </summary>
public sealed class NamespaceIsolationTests
{
    private const string Home = "test"; // the pod's
    private const string MultusNamespace = "infra";

    private static readonly string?[] Namespaces =
    [
        null,
        Home,
        "default",
        "shared",
        MultusNamespace,
        "kube-system",
        "ovn-kubernetes",
        "openshift-ovn-kubernetes",
        "other",
    ];

    private static readonly string[] DefaultOnes = [MultusNamespace, "openshift-ovn-kubernetes", "ovn-kubernetes"];

    private static readonly (string Name, string Keys, string[] Global, string[] OfDefaultNetworks)[] Policies =
    [
        ("off", "", [], []),
        ("on", ",\"namespaceIsolation\":true", ["default"], DefaultOnes),
        ("on, one global", ",\"namespaceIsolation\":true,\"globalNamespaces\":\"shared\"", ["shared"], DefaultOnes),
        (
            "on, several global",
            ",\"namespaceIsolation\":true,\"globalNamespaces\":\" shared , default,,\"",
            ["shared", "default"],
            DefaultOnes
        ),
        (
            "on, look-alikes",
            ",\"namespaceIsolation\":true,\"globalNamespaces\":\"othe,other1,OTHER,*\"",
            [],
            DefaultOnes
        ),
        (
            "on, default networks elsewhere",
            ",\"namespaceIsolation\":true,\"defaultNetworkNamespaces\":[\"other\",\"infra\"]",
            ["default"],
            ["other", "infra"]
        ),
        (
            "on, default networks as text",
            ",\"namespaceIsolation\":true,\"defaultNetworkNamespaces\":\"other, infra,\"",
            ["default"],
            ["other", "infra"]
        ),
        (
            "on, default networks nowhere",
            ",\"namespaceIsolation\":true,\"defaultNetworkNamespaces\":[]",
            ["default"],
            []
        ),
    ];

    private static readonly (string Name, Dialect Dialect, string Annotation, string DefaultNamespace)[] Annotations =
    [
        ("networks", Dialect.Multus, Dialect.Multus.NetworksAnnotation, Home),
        ("default-network", Dialect.Multus, Dialect.Multus.DefaultNetworkAnnotation!, MultusNamespace),
        ("tke networks", Dialect.Tke, Dialect.Tke.NetworksAnnotation, Home),
    ];

    public static TheoryData<string, string, string, string?> Table()
    {
        var table = new TheoryData<string, string, string, string?>();
        foreach (var annotation in Annotations)
        {
            foreach (var form in new[] { "list", "JSON" })
            {
                foreach (var policy in Policies)
                {
                    foreach (var ns in Namespaces)
                        table.Add(annotation.Name, form, policy.Name, ns);
                }
            }
        }

        return table;
    }

    [Theory]
    [MemberData(nameof(Table))]
    public void A_pod_reaches_its_own_namespace_the_global_ones_and_the_annotations_own(
        string annotationName,
        string form,
        string policyName,
        string? ns
    )
    {
        var (_, dialect, annotation, defaultNamespace) = Annotations.Single(a => a.Name == annotationName);
        var (_, keys, global, ofDefaultNetworks) = Policies.Single(p => p.Name == policyName);
        var target = ns ?? defaultNamespace;
        var isDefaultNetwork = annotation == Dialect.Multus.DefaultNetworkAnnotation;
        var isAllowed =
            keys.Length == 0
            || target == Home
            || global.Contains(target)
            || (isDefaultNetwork && ofDefaultNetworks.Contains(target));

        var failure = Record.Exception(() => Demand(dialect, keys, annotation, Text(form, ns)));

        Assert.Equal(isAllowed, failure is null);
        if (!isAllowed)
        {
            Assert.Equal(
                $"namespace isolation enabled, annotation violates permission, pod is in namespace {Home} but refers to target namespace {target}{(isDefaultNetwork ? ", not in 'defaultNetworkNamespaces'" : "")}",
                Assert.IsType<CniException>(failure).Error.Message
            );
            Assert.Equal(
                isDefaultNetwork,
                ErrorLine
                    .Fit(((CniException)failure).Error, "12345678-1")
                    .Text.Contains("'defaultNetworkNamespaces'", StringComparison.Ordinal)
            );
        }
    }

    private static NetworkLookup Demand(Dialect dialect, string keys, string annotation, string text)
    {
        var network = dialect == Dialect.Multus ? "\"clusterNetwork\":\"/etc/x.conf\"" : "\"defaultDelegates\":\"x\"";
        var c = MultusConfiguration.Parse(
            Samples.Bytes($"{{{network},\"multusNamespace\":\"{MultusNamespace}\"{keys}}}"),
            default
        );
        return AttachmentPlanner.Demand(c, Samples.Pod(null, null, (annotation, text)));
    }

    private static string Text(string form, string? ns) =>
        form == "list"
            ? ns is null
                ? "net1"
                : $"{ns}/net1"
            : ns is null
                ? """[{"name":"net1"}]"""
                : $$"""[{"name":"net1","namespace":"{{ns}}"}]""";
}
