using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Clusters;

/// <summary>
/// A node as Tencent Kubernetes Engine configures it, with real plugins (docs/decisions/0010-dialects.md).
/// </summary>
public sealed class TkeDialectTests(ITestOutputHelper output) : NodeTest(output)
{
    [PluginFact("bridge", "host-local")]
    public async Task Pods_get_the_default_delegates_or_what_their_annotation_names_until_their_DEL()
    {
        Node.With("clusterNetwork", "");
        Node.With("defaultDelegates", "tke-bridge");
        Node.With(
            "confDir",
            Path.GetDirectoryName(
                Node.Folders.Write(
                    "multus.d/10-tke-bridge.conf",
                    Node.Networks.Bridge("tke-bridge", "tke0", "10.61.0.0/16")
                )
            )!
        );
        Node.Folders.Write("multus.d/20-eni.conf", Node.Networks.Bridge("tke-eni-cni", "eni0", "10.62.0.0/16"));
        var plain = Node.Pod();
        var asking = Node.Pod();
        Node.Manifests.Write("asking.yaml", Annotated(asking, "tke-bridge,tke-eni-cni,tke-eni-cni@north"));
        var before = (Node.Remains(plain), Node.Remains(asking));
        await Node.StartDaemon();

        (await Node.Add(plain)).Succeeded();
        (await Node.Add(asking)).Succeeded();

        Assert.Equal(["eth0"], plain.Links());
        Assert.Equal(["eth0", "eth1", "north"], asking.Links());
        Assert.StartsWith("10.61.", Assert.Single(asking.Addresses("eth0")), StringComparison.Ordinal);
        Assert.StartsWith("10.62.", Assert.Single(asking.Addresses("eth1")), StringComparison.Ordinal);
        Assert.Equal(
            ["tke-bridge", "tke-eni-cni", "tke-eni-cni"],
            Node.Status(asking).EnumerateArray().Select(entry => entry.GetProperty("name").GetString())
        );

        (await Node.Del(plain)).Succeeded();
        (await Node.Del(asking)).Succeeded();
        Assert.Equal(before, (Node.Remains(plain), Node.Remains(asking)));
    }

    // The pod as Manifests.Pod wrote it, under a file name that comes before: of an object that is there twice, the
    // first counts.
    private static string Annotated(TestPod pod, string networks) =>
        $"""
            apiVersion: v1
            kind: Pod
            metadata:
              name: {pod.Name}
              namespace: {pod.Namespace}
              uid: {pod.Uid}
              annotations:
                tke.cloud.tencent.com/networks: '{networks}'
            spec:
              containers:
              - name: main
                image: example.invalid/none

            """;
}
