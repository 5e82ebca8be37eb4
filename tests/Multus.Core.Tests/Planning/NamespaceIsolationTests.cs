using Multus.Cni;
using Multus.Core.Configuration;
using Multus.Core.Networks;
using Multus.Core.Planning;

namespace Multus.Core.Tests.Planning;

/// <summary>Every way in which a pod can name a network, against every namespace and every policy: annotation x form x namespace x policy (attach.md §6).</summary>
public sealed class NamespaceIsolationTests
{
    private const string Home = "test"; // the pod's
    private const string MultusNamespace = "infra";

    private static readonly string?[] Namespaces = [null, Home, "default", "shared", MultusNamespace, "kube-system", "other"];

    private static readonly (string Name, string Keys, string[] Global)[] Policies =
    [
        ("off", "", []),
        ("on", ",\"namespaceIsolation\":true", ["default"]),
        ("on, one global", ",\"namespaceIsolation\":true,\"globalNamespaces\":\"shared\"", ["shared"]),
        ("on, several global", ",\"namespaceIsolation\":true,\"globalNamespaces\":\" shared , default,,\"", ["shared", "default"]),
        ("on, look-alikes", ",\"namespaceIsolation\":true,\"globalNamespaces\":\"othe,other1,OTHER,*\"", []),
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
    public void A_pod_reaches_its_own_namespace_the_global_ones_and_the_annotations_own(string annotationName, string form, string policyName, string? ns)
    {
        var (_, dialect, annotation, defaultNamespace) = Annotations.Single(a => a.Name == annotationName);
        var (_, keys, global) = Policies.Single(p => p.Name == policyName);
        var isAllowed = keys.Length == 0 || ns is null || ns == Home || ns == defaultNamespace || global.Contains(ns);

        var failure = Record.Exception(() => Demand(dialect, keys, annotation, Text(form, ns)));

        Assert.Equal(isAllowed, failure is null);
        if (!isAllowed)
        {
            Assert.Equal($"namespace isolation enabled, annotation violates permission, pod is in namespace {Home} but refers to target namespace {ns}",
                Assert.IsType<CniException>(failure).Error.Message);
        }
    }

    private static NetworkDemand Demand(Dialect dialect, string keys, string annotation, string text)
    {
        var network = dialect == Dialect.Multus ? "\"clusterNetwork\":\"/etc/x.conf\"" : "\"defaultDelegates\":\"x\"";
        var c = MultusConfiguration.Parse(Samples.Bytes($"{{{network},\"multusNamespace\":\"{MultusNamespace}\"{keys}}}"), default);
        return AttachmentPlanner.Demand(c, Samples.Pod(null, null, (annotation, text)));
    }

    private static string Text(string form, string? ns) => form == "list"
        ? ns is null ? "net1" : $"{ns}/net1"
        : ns is null ? """[{"name":"net1"}]""" : $$"""[{"name":"net1","namespace":"{{ns}}"}]""";
}
