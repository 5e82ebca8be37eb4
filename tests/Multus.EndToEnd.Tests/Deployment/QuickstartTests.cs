using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestCluster.Objects;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;
using YamlDotNet.RepresentationModel;

namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>The manifests of deploy/samples and of the public guides, letter for letter, on a node to which the DaemonSet has come.</summary>
public sealed partial class QuickstartTests(ITestOutputHelper output) : IAsyncLifetime
{
    // As the guide for the thick plugin has it: no name, an old version, addresses of the network that the card is in.
    private const string MacVlan = """
        apiVersion: "k8s.cni.cncf.io/v1"
        kind: NetworkAttachmentDefinition
        metadata:
          name: macvlan-conf
        spec:
          config: '{
              "cniVersion": "0.3.0",
              "type": "macvlan",
              "master": "eth0",
              "mode": "bridge",
              "ipam": {
                "type": "host-local",
                "subnet": "192.168.1.0/24",
                "rangeStart": "192.168.1.200",
                "rangeEnd": "192.168.1.216",
                "routes": [
                  { "dst": "0.0.0.0/0" }
                ],
                "gateway": "192.168.1.1"
              }
            }'
        ---
        apiVersion: v1
        kind: Pod
        metadata:
          name: samplepod
          annotations:
            k8s.v1.cni.cncf.io/networks: macvlan-conf
        spec:
          containers:
          - name: samplepod
            image: alpine
        """;

    // Two networks for storage traffic, in a namespace of their own, with macvlan where the guide has ipvlan; the pod of another namespace names them in full.
    private const string Storage = """
        apiVersion: k8s.cni.cncf.io/v1
        kind: NetworkAttachmentDefinition
        metadata: { name: public, namespace: rook-ceph }
        spec:
          config: '{"cniVersion":"0.3.1","name":"public","type":"macvlan","master":"eth0","ipam":{"type":"host-local","subnet":"192.168.20.0/24"}}'
        ---
        apiVersion: k8s.cni.cncf.io/v1
        kind: NetworkAttachmentDefinition
        metadata: { name: cluster, namespace: rook-ceph }
        spec:
          config: '{"cniVersion":"0.3.1","name":"cluster","type":"macvlan","master":"eth1","ipam":{"type":"host-local","subnet":"192.168.21.0/24"}}'
        ---
        apiVersion: v1
        kind: Pod
        metadata: { name: osd, namespace: rook-ceph, annotations: { k8s.v1.cni.cncf.io/networks: "public, cluster" } }
        ---
        apiVersion: v1
        kind: Pod
        metadata: { name: mon, namespace: rook-ceph, annotations: { k8s.v1.cni.cncf.io/networks: public } }
        ---
        apiVersion: v1
        kind: Pod
        metadata: { name: csi, namespace: default, annotations: { k8s.v1.cni.cncf.io/networks: "rook-ceph/public@public0" } }
        """;

    private const string DefaultNetwork = """
        apiVersion: k8s.cni.cncf.io/v1
        kind: NetworkAttachmentDefinition
        metadata: { name: calico-conf, namespace: kube-system }
        spec:
          config: '{"cniVersion":"0.3.1","name":"calico","type":"bridge","bridge":"cali0","ipam":{"type":"host-local","subnet":"10.60.0.0/16"}}'
        ---
        apiVersion: v1
        kind: Pod
        metadata: { name: pod-example, namespace: default, annotations: { v1.multus-cni.io/default-network: calico-conf } }
        """;

    private DeployedNode _node = null!; // set before the test begins

    private Machine Machine => _node.Machine;

    public async Task InitializeAsync()
    {
        _node = await DeployedNode.StartAsync();
        try
        {
            Machine.AddCard("eth0");
            Machine.AddCard("eth1");
            await _node.InstallAsync();
            await _node.StartDaemonAsync();
        }
        catch // xunit disposes of nothing that was not made whole
        {
            await DisposeAsync();
            throw;
        }
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        output.WriteLine(_node.Log.ToString());
    }

    [PluginFact("bridge", "macvlan", "host-local")]
    public async Task The_quickstart_with_macvlan_ends_in_the_status_that_it_shows()
    {
        var pod = Apply(MacVlan)["samplepod"];

        Assert.Equal("macvlan", Machine.Kind(pod, "net1"));
        Assert.Equal("192.168.1.200/24", Machine.Address(pod, "net1"));
        // attach.md §12.1, byte for byte; a route without a gateway shows none.
        Assert.Equal(
            """
            [{
                "name": "cluster",
                "interface": "eth0",
                "ips": [
                    "10.244.0.2"
                ],
                "mac": "*",
                "default": true,
                "dns": {}
            },{
                "name": "default/macvlan-conf",
                "interface": "net1",
                "ips": [
                    "192.168.1.200"
                ],
                "mac": "*",
                "dns": {}
            }]
            """,
            await StatusAsync(pod)
        );
    }

    [PluginFact("bridge", "macvlan", "host-local")]
    public void Two_pods_of_the_samples_are_ports_of_one_bridge_and_reach_each_other_and_a_third_names_its_interfaces_and_its_gateway()
    {
        var folder = Path.Combine(DeployedFiles.Root, "deploy", "samples");
        var pods = Apply(
            File.ReadAllText(Path.Combine(folder, "networks.yaml"))
                + "\n---\n"
                + File.ReadAllText(Path.Combine(folder, "pods.yaml"))
        );

        Assert.Equal(
            ["10.10.1.20/16", "10.10.1.21/16"],
            new[] { "pod1", "pod2" }.Select(name => Machine.Address(pods[name], "net1"))
        );
        Machine.Run("ip", "netns", "exec", pods["pod1"].Name, "ping", "-c", "1", "-W", "5", "-I", "net1", "10.10.1.21");
        Assert.Equal("192.168.1.201/24", Machine.Address(pods["pod2"], "net2"));
        Assert.Equal(["data", "eth0", "lan"], Machine.Links(pods["pod3"]));
        Assert.Equal(
            "default via 192.168.1.1 dev lan",
            Machine.Run("ip", "-n", pods["pod3"].Name, "route", "show", "default").Trim()
        );
    }

    [PluginFact("bridge", "macvlan", "host-local")]
    public void Networks_of_the_storage_are_its_pods_and_those_of_pods_elsewhere_that_name_them_in_full()
    {
        var pods = Apply(Storage);

        Assert.Equal(["eth0", "net1", "net2"], Machine.Links(pods["osd"]));
        Assert.Equal(["eth0", "net1"], Machine.Links(pods["mon"]));
        Assert.Equal(["eth0", "public0"], Machine.Links(pods["csi"]));
    }

    [PluginFact("bridge", "host-local")]
    public async Task A_pod_with_a_default_network_has_it_in_place_of_the_cluster_network()
    {
        var pod = Apply(DefaultNetwork)["pod-example"];

        Assert.Equal("10.60.0.2/16", Machine.Address(pod, "eth0"));
        Assert.Equal(
            """
            [{
                "name": "kube-system/calico-conf",
                "interface": "eth0",
                "ips": [
                    "10.60.0.2"
                ],
                "mac": "*",
                "default": true,
                "dns": {}
            }]
            """,
            await StatusAsync(pod)
        );
    }

    /// <summary>As <c>kubectl apply</c>, scheduler and kubelet: networks first, then every pod with its sandbox attached, by its name.</summary>
    private Dictionary<string, TestSandbox> Apply(string manifests)
    {
        var documents = YamlNodes.Documents(new StringReader(manifests));
        foreach (var network in documents.Where(document => document.Text("kind") == "NetworkAttachmentDefinition"))
            _node.Cluster.Objects.Create(ResourceType.Networks, Placed(network));
        var pods = documents
            .Where(document => document.Text("kind") == "Pod")
            .Select(pod => _node.AddPod(Placed(pod)))
            .ToDictionary(pod => pod.Pod);
        foreach (var pod in pods.Values)
            Machine.Shim("ADD", pod).Succeeded();
        return pods;
    }

    private static JsonObject Placed(YamlMappingNode document)
    {
        var json = document.ToJson().AsObject();
        json["metadata"]!["namespace"] ??= "default";
        if (document.Text("kind") == "Pod")
            json["spec"] = new JsonObject { ["nodeName"] = DeployedNode.Name };
        return json;
    }

    private async Task<string> StatusAsync(TestSandbox pod)
    {
        await Wait.Until("the pod has its status", () => _node.Status(pod.Pod, pod.Namespace) is not null);
        return Mac().Replace(_node.Status(pod.Pod, pod.Namespace)!, "*");
    }

    [GeneratedRegex("[0-9a-f]{2}(:[0-9a-f]{2}){5}")]
    private static partial Regex Mac(); // is there, and nobody knows it
}
