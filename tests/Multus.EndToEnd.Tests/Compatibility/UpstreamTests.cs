using System.Net;
using System.Text;
using System.Text.Json;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Compatibility;

/// <summary>A node that moves from upstream to ours in the middle of its pods' lives.</summary>
public sealed class UpstreamTests(ITestOutputHelper output) : NodeTest(output)
{
    [PluginFact("bridge", "host-local")]
    public async Task A_request_as_upstreams_shim_sends_it_is_served()
    {
        var pod = Node.Pod();
        var before = Node.Remains(pod);
        await Node.StartDaemon();

        using var added = await Node.Client.Send(HttpMethod.Post, "/cni", Body("ADD", pod));

        Assert.Equal(HttpStatusCode.OK, added.StatusCode);
        using var answer = JsonDocument.Parse(await added.Content.ReadAsStringAsync());
        var result = answer.RootElement.GetProperty("Result");
        Assert.Equal("1.1.0", result.GetProperty("cniVersion").GetString());
        Assert.Equal("10.244.0.2/16", result.GetProperty("ips")[0].GetProperty("address").GetString());

        using var deleted = await Node.Client.Send(HttpMethod.Post, "/cni", Body("DEL", pod));

        Assert.Equal((HttpStatusCode.OK, ""), (deleted.StatusCode, await deleted.Content.ReadAsStringAsync()));
        Assert.Equal(before, Node.Remains(pod));
    }

    [PluginFact("bridge", "host-local")]
    public async Task A_pod_that_upstream_attached_is_deleted_by_its_record()
    {
        var pod = Node.Pod();
        var before = Node.Remains(pod);
        var asConf = Node.Networks.Bridge("cluster", "cni0", Node.ClusterSubnet);
        var asList = Node.Networks.BridgeList("mynet", "mynet0", "10.10.0.0/16", """{"type":"tuning","mtu":1400}""");
        UpstreamAdd(pod, "bridge", "eth0", asConf);
        UpstreamAdd(pod, "bridge", "data0", Node.Networks.Bridge("mynet", "mynet0", "10.10.0.0/16"));
        WriteUpstreamsRecord(pod, asConf, asList);
        Assert.Equal(["data0", "eth0"], pod.Links());
        Assert.Equal(2, Node.Folders.Addresses().Count);
        await Node.StartDaemon();

        (await Node.Del(pod)).Succeeded();

        Assert.Equal(before, Node.Remains(pod));
    }

    [PluginFact("bridge", "host-local")]
    public async Task Upstreams_configuration_files_serve_our_daemon_and_our_shim()
    {
        var primary = Node.ClusterNetwork(
            Node.Networks.BridgeList("blue", "cni0", Node.ClusterSubnet, """{"type":"tuning"}""", "0.4.0"),
            "10-blue.conflist"
        );
        var folder = Path.GetDirectoryName(primary)!;
        // The ConfigMap of upstream's manifest (wire-and-daemon.md §1), but for what says where this node is.
        Node.Without("clusterNetwork")
            .Without("logLevel")
            .With("cniVersion", "0.3.1")
            .With("logLevel", "verbose")
            .WithJson("logToStderr", "true")
            .With("cniConfigDir", folder)
            .With("multusAutoconfigDir", folder)
            .With("multusConfigFile", "auto");
        // What upstream's daemon makes of it and of the cluster network, every key that it can write (§9.4).
        var generated =
            $$"""{"binDir":"{{Node.Folders.Plugins}}","capabilities":{"bandwidth":true,"portMappings":true},"cniVersion":"0.3.1","logFile":"","logLevel":"verbose","logToStderr":false,"""
            + $$"""  "logOptions":{"maxAge":5,"maxSize":100,"maxBackups":5,"compress":true},"name":"multus-cni-network","clusterNetwork":"{{primary}}","namespaceIsolation":false,"""
            + $$"""  "globalNamespaces":"default","type":"multus-shim","cniDir":"{{Node.Folders.CniDir}}","auxiliaryCNIChainName":"","daemonSocketDir":"{{Node.Folders.SocketDir}}","overrideNetworkName":true}""";
        var pod = Node.Pod();
        var before = Node.Remains(pod);
        await Node.StartDaemon();

        var result = (await Node.Add(pod, new ShimOptions(Stdin: generated))).Result();

        Assert.Equal("0.3.1", result.GetProperty("cniVersion").GetString());
        Assert.Equal(["eth0"], pod.Links());
        (await Node.Del(pod, new ShimOptions(Stdin: generated))).Succeeded();
        Assert.Equal(before, Node.Remains(pod));
    }

    // The body of wire-and-daemon.md §3.1: the complete environment of the plugin, the configuration in base64.
    private StringContent Body(string command, TestPod pod) =>
        new(
            $$"""
            {"env":{"CNI_ARGS":"{{Shim.ArgsOf(
                pod
            )}}","CNI_COMMAND":"{{command}}","CNI_CONTAINERID":"{{pod.Sandbox}}","CNI_IFNAME":"eth0","CNI_NETNS":"{{pod.NetNs}}",
             "CNI_PATH":"{{Node.Folders.Plugins}}","PATH":"/usr/sbin:/usr/bin:/sbin:/bin"},
             "config":"{{Base64(
                """{"cniVersion":"0.3.1","name":"multus-cni-network","type":"multus-shim","clusterNetwork":"/host/etc/cni/net.d/10-flannel.conflist","logToStderr":true}"""
            )}}"}
            """,
            Encoding.UTF8,
            "application/json"
        );

    /// <summary>
    /// Runs a plugin as upstream does, and stores what upstream's library stores of it (cni-runtime.md §11).
    /// </summary>
    private void UpstreamAdd(TestPod pod, string plugin, string ifName, string config)
    {
        string[] variables =
        [
            "CNI_COMMAND=ADD",
            $"CNI_CONTAINERID={pod.Sandbox}",
            $"CNI_NETNS={pod.NetNs}",
            $"CNI_IFNAME={ifName}",
            $"CNI_PATH={Node.Folders.Plugins}",
        ];
        var input = Node.Folders.Write("upstream.conf", config);
        var result = Node.Exec(
            "env",
            [.. variables, "sh", "-c", $"exec {Path.Combine(Node.Folders.Plugins, plugin)} <{input}"]
        );
        using var parsed = JsonDocument.Parse(config);
        var name = parsed.RootElement.GetProperty("name").GetString();
        Node.Folders.Write(
            Path.Combine("cni", "results", $"{name}-{pod.Sandbox}-{ifName}"),
            $$"""
            {"kind":"cniCacheV1","containerId":"{{pod.Sandbox}}","config":"{{Base64(
                config
            )}}","ifName":"{{ifName}}","networkName":"{{name}}","netns":"{{pod.NetNs}}",
             "cniArgs":[["IgnoreUnknown","true"],["K8S_POD_NAMESPACE","{{pod.Namespace}}"],["K8S_POD_NAME","{{pod.Name}}"]],"result":{{result}} }
            """
        );
    }

    // attach.md §15: one delegate that is a conf, one that is a list from a file, whose "Bytes" has lost what its
    // plugins need.
    private void WriteUpstreamsRecord(TestPod pod, string conf, string list)
    {
        using var parsed = JsonDocument.Parse(list);
        var plugins = parsed
            .RootElement.GetProperty("plugins")
            .EnumerateArray()
            .Select(plugin =>
                $$"""{"Network":{"type":"{{plugin.GetProperty("type").GetString()}}","ipam":{},"dns":{} },"Bytes":"{{Base64(plugin.GetRawText())}}"}"""
            );
        const string lossy =
            """{"cniVersion":"1.0.0","name":"mynet","plugins":[{"type":"bridge","ipam":{"type":"host-local"}},{"type":"tuning","ipam":{}}]}""";
        Node.Folders.Write(
            Path.Combine("cni", pod.Sandbox),
            $$"""
            [{"Conf":{"cniVersion":"1.0.0","name":"cluster","type":"bridge","ipam":{"type":"host-local"},"dns":{} },"ConfList":{"plugins":null},
              "CNINetworkConfigList":{"Name":"","CNIVersion":"","DisableCheck":false,"DisableGC":false,"LoadOnlyInlinedPlugins":false,"Plugins":null,"Bytes":null},
              "Name":"cluster","IsFilterV4Gateway":false,"IsFilterV6Gateway":false,"Bytes":"{{Base64(conf)}}"},
             {"Conf":{"ipam":{},"dns":{} },"ConfList":{{lossy}},
              "CNINetworkConfigList":{"Name":"mynet","CNIVersion":"1.0.0","DisableCheck":false,"DisableGC":false,"LoadOnlyInlinedPlugins":false,"Plugins":[{{string.Join(
                ',',
                plugins
            )}}],"Bytes":"{{Base64(list)}}"},
              "Name":"default/mynet","ifnameRequest":"data0","IsFilterV4Gateway":false,"IsFilterV6Gateway":false,"Bytes":"{{Base64(
                lossy
            )}}"}]
            """
        );
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
