using System.Text.RegularExpressions;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Requests;

/// <summary>
/// The commonest failures as a pod's event shows them: one line, under 200 characters, with the plugin's own words and
/// the request to look for in the log.
/// </summary>
public sealed partial class ErrorLineTests(ITestOutputHelper output) : NodeTest(output)
{
    private readonly ITestOutputHelper _output = output;

    [PluginFact("bridge", "host-local", "macvlan", "static")]
    public async Task The_commonest_failures_fit_one_line_that_names_what_an_operator_needs()
    {
        Node.Hocon = "multus.delegates.deadline = 2s";
        Node.Steered("cluster");
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", "cluster")));
        var cases = Cases().ToArray();
        await Node.StartDaemon();

        var lines = new List<string>();
        foreach (var (name, annotation) in cases)
            lines.Add($"{name}: {await LineOf(name, annotation)}");

        _output.WriteLine(string.Join('\n', lines)); // to be read, and copied, when it has changed
        Assert.Equal(Expected.ReplaceLineEndings("\n"), string.Join('\n', lines));
    }

    private async Task<string> LineOf(string name, string annotation)
    {
        var pod = Node.Pod(annotation);
        if (name == "taken")
            pod.Ip("link", "add", "net1", "type", "veth", "peer", "name", "other");
        var error = (await Node.Add(pod)).Error();
        var text = $"{error.Message}; {error.Details}";
        Assert.True(text.Length < 200, $"{text.Length} characters: {text}");
        Assert.DoesNotContain('\n', text);
        var id = RequestPattern().Match(text);
        Assert.True(id.Success, $"no request in: {text}");
        await Node.Log.Line($"request {id.Groups[1].Value})");
        await Node.Del(pod);
        return $"{error.Code} {text.Replace(id.Groups[1].Value, "ID", StringComparison.Ordinal).Replace(pod.NetNs, "NETNS", StringComparison.Ordinal).Replace(Node.Folders.Root, "ROOT", StringComparison.Ordinal)}";
    }

    private IEnumerable<(string Name, string Annotation)> Cases()
    {
        yield return ("no network", "nowhere");
        yield return ("no plugin", Network("ghost", Networks.Steered("ghost", "ghost")));
        yield return ("not JSON", """[{"name":"x"}""");
        yield return ("bad name", "a/b/c");
        yield return ("bad address", """[{"name":"x","ips":["10.0.0.300"]}]""");
        yield return ("twice", $"{Network("one", Networks.Steered("one", "cluster"))}@data0,one@data0");
        yield return ("taken", "one");
        yield return ("broken config", Network("broken", "{\"cniVersion\":\"1.0.0\",\"name\":"));
        yield return ("no type", Network("typeless", """{"cniVersion":"1.0.0","name":"typeless"}"""));
        yield return ("new version", Network("modern", Networks.Steered("modern", "cluster", "9.9.9")));
        yield return ("itself", Network("self", Networks.Steered("self", "multus-shim")));
        // Here, while the numbers of requests have two digits: later, DELs that failed are repeated, and a longer ID
        // leaves a character less.
        yield return (
            "long",
            Sick(
                "long",
                does =>
                    does.Fails(
                        120,
                        $"failed to allocate for range 0: {new string('x', 300)}: operation not permitted",
                        "see the switch\nport 7"
                    )
            )
        );
        yield return ("no parent", Network("macvlan", Node.Networks.MacVlan("macvlan", "ens99", "10.20.0.0/16")));
        yield return (
            "pool empty",
            Network("small", Node.Networks.Bridge("small", "small0", "10.30.0.0/30")) + ",small"
        );
        yield return ("bad subnet", Network("subnet", Node.Networks.Bridge("subnet", "subnet0", "10.40.0.0/99")));
        yield return (
            "no IPAM",
            Network(
                "noipam",
                """{"cniVersion":"1.0.0","name":"noipam","type":"bridge","bridge":"noipam0","ipam":{"type":"ghost-ipam"}}"""
            )
        );
        yield return ("bad bridge", Network("badbridge", Node.Networks.Bridge("badbridge", "lo", "10.50.0.0/16")));
        yield return ("silent", Sick("silent", does => does.Exits(3)));
        yield return (
            "stderr",
            Sick(
                "stderr",
                does =>
                    does.Complains("modprobe: FATAL: Module xt_comment not found\nin directory /lib/modules").Exits(1)
            )
        );
        yield return ("garbage", Sick("garbage", does => does.Answers("all is well!")));
        yield return ("crash", Sick("crash", does => does.Crashes(11)));
        yield return ("hang", Sick("hang", does => does.Hangs()));
        yield return ("long name", Network(new string('n', 63), Networks.Steered(new string('n', 63), "crash")));
    }

    private string Sick(string type, Action<SteeredBehaviour> does)
    {
        Node.Steered(type).On("ADD", does);
        return Network(type, Networks.Steered(type, type));
    }

    private string Network(string name, string config)
    {
        Node.Manifests.Network(name, config);
        return name;
    }

    [GeneratedRegex("request ([a-z0-9]+-[0-9]+)\\)?$")]
    private static partial Regex RequestPattern();

    private const string Expected = """"
        no network: 7 cannot find a network-attachment-definition (nowhere) in namespace (default); request ID
        no plugin: 5 ADD of network default/ghost, interface net1: failed to find plugin "ghost" in path [ROOT/bin]; request ID
        not JSON: 7 failed to parse annotation k8s.v1.cni.cncf.io/networks in JSON format: Expected depth to be zero at the end of the JSON…t should be closed. LineNumber: 0 | BytePositionInLine: 13.; request ID
        bad name: 7 annotation k8s.v1.cni.cncf.io/networks: "a/b/c" has more than one '/'; an element is [<namespace>/]<network>[@<interface>], elements are joined by ',' (request ID)
        bad address: 7 annotation k8s.v1.cni.cncf.io/networks, element 0: 'ips': failed to parse CIDR/IP address "10.0.0.300"; request ID
        twice: 7 interface name data0 is asked for twice: by network default/one and by network default/one; give one of them another name in the pod's annotation (request ID)
        taken: 4 interface name net1 already exists in network namespace NETNS; no delegate was run; request ID
        broken config: 7 network-attachment-definition default/broken: error parsing configuration: Expected depth to be zero at the end of the…t should be closed. LineNumber: 0 | BytePositionInLine: 29.; request ID
        no type: 7 network-attachment-definition default/typeless: error parsing configuration: a delegate must have the 'type' or 'plugins' field, and this one has neither; request ID
        new version: 1 network default/modern has cniVersion "9.9.9", which is not supported; supported: 0.1.0, 0.2.0, 0.3.0, 0.3.1, 0.4.0, 1.0.0, 1.1.0 (request ID)
        itself: 7 network default/self would run Multus again (multus-shim); name a configuration of another plugin (request ID)
        long: 120 ADD of network default/long, interface net1: plugin long: failed to allocate for range 0: xxxxxxxxxxxxxxxxxxxxxxxxxxxx…xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: operation not permitted; request ID
        no parent: 999 ADD of network default/macvlan, interface net1: plugin macvlan: Link not found; request ID
        pool empty: 999 ADD of network default/small, interface net2: plugin bridge: failed to allocate for range 0: no IP addresses available in range set: 10.30.0.1-10.30.0.2; request ID
        bad subnet: 999 ADD of network default/subnet, interface net1: plugin bridge: invalid CIDR address: 10.40.0.0/99; request ID
        no IPAM: 5 ADD of network default/noipam, interface net1: failed to find plugin "ghost-ipam" in path [ROOT/bin]; request ID
        bad bridge: 999 ADD of network default/badbridge, interface net1: plugin bridge: failed to create bridge "lo": "lo" already exists but is not a bridge; request ID
        silent: 999 ADD of network default/silent, interface net1: plugin silent: netplugin failed with no error message: exit status 3; request ID
        stderr: 999 ADD of network default/stderr, interface net1: plugin stderr: netplugin failed: "modprobe: FATAL: Module xt_comment not found\nin directory /lib/modules": exit status 1; request ID
        garbage: 6 ADD of network default/garbage, interface net1: plugin garbage: failed to unmarshal raw result: 'a' is an invalid start of a value. LineNumber: 0 | BytePositionInLine: 0.; request ID
        crash: 999 ADD of network default/crash, interface net1: plugin crash: netplugin failed with no error message: signal: segmentation fault; request ID
        hang: 11 ADD of network default/hang, interface net1: plugin hang: did not finish ADD within 2 s and was killed; request ID
        long name: 999 ADD of network default/nnnnnnnnnnnnnnnnnn…nnnnnnnnnnnnn, interface net1: plugin crash: netplugin failed with no error message: signal: segmentation fault; request ID
        """";
}
