using System.Net;
using System.Text.Json;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.Wire;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Attaching;

/// <summary>Interfaces that come and go while the pod runs, as a dynamic networks controller asks for them.</summary>
public sealed class HotPlugTests(ITestOutputHelper output) : NodeTest(output)
{
    private const string Subnet = "10.60.0.0/24";

    [PluginFact("bridge", "host-local")]
    public async Task An_interface_is_plugged_in_checked_and_unplugged_while_the_pod_runs()
    {
        var pod = Node.Pod();
        await Node.StartDaemon();
        Node.Bridge("extra0");
        (await Node.Add(pod)).Succeeded();
        var before = Node.Remains(pod);
        var network = Node.Networks.Bridge("extra", "extra0", Subnet);

        var (status, body) = await Delegate("ADD", pod, network);

        Assert.Equal(HttpStatusCode.OK, status);
        using var answer = JsonDocument.Parse(body);
        Assert.Equal("1.1.0", answer.RootElement.GetProperty("Result").GetProperty("cniVersion").GetString());
        Assert.Equal(["eth0", "net5"], pod.Links());
        Assert.Equal(
            ["eth0", "net5"],
            Node.Status(pod).EnumerateArray().Select(entry => entry.GetProperty("interface").GetString())
        ); // a folder has no other writer
        Assert.Equal(
            pod.Addresses("net5"),
            answer
                .RootElement.GetProperty("Result")
                .GetProperty("ips")
                .EnumerateArray()
                .Select(ip => ip.GetProperty("address").GetString()!)
        );
        Assert.Equal((HttpStatusCode.OK, ""), await Delegate("CHECK", pod, network));

        Assert.Equal((HttpStatusCode.OK, ""), await Delegate("DEL", pod, network));
        Assert.Equal(before, Node.Remains(pod));
    }

    [PluginFact("bridge", "host-local")]
    public async Task What_is_still_plugged_in_goes_with_the_pod_even_if_the_daemon_was_killed_in_between()
    {
        var pod = Node.Pod();
        var before = Node.Remains(pod);
        var daemon = await Node.StartDaemon();
        (await Node.Add(pod)).Succeeded();
        Assert.Equal(
            HttpStatusCode.OK,
            (await Delegate("ADD", pod, Node.Networks.Bridge("extra", "extra0", Subnet))).Status
        );
        await daemon.Kill();
        await Node.StartDaemon();

        (await Node.Del(pod)).Succeeded();

        Assert.Equal(before, Node.Remains(pod));
    }

    [PluginFact("bridge", "host-local", "static")]
    public async Task The_asked_for_address_and_mac_are_the_interface_s()
    {
        var pod = Node.Pod();
        await Node.StartDaemon();
        Node.Ip("link", "add", "parent0", "type", "bridge");
        Node.Ip("link", "set", "dev", "parent0", "up");
        (await Node.Add(pod)).Succeeded();

        var attributes = new InterfaceAttributes(["10.60.0.77/24"], "02:00:00:00:00:77", null);
        Assert.Equal(
            HttpStatusCode.OK,
            (await Delegate("ADD", pod, Networks.MacVlanWithAskedAddresses("extra", "parent0"), attributes)).Status
        );

        Assert.Equal(["10.60.0.77/24"], pod.Addresses("net5"));
        Assert.Equal("02:00:00:00:00:77", pod.Mac("net5"));
        Node.Ip("link", "del", "parent0");
    }

    [RootFact]
    public async Task A_plugin_s_refusal_is_an_error_object_with_its_code()
    {
        Node.Steered("sick").On("ADD", does => does.Fails(113, "no room on the switch"));
        var pod = Node.Pod();
        await Node.StartDaemon();
        (await Node.Add(pod)).Succeeded();
        var before = Node.Remains(pod);

        var (status, body) = await Delegate("ADD", pod, Networks.Steered("extra", "sick"));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        using var error = JsonDocument.Parse(body);
        Assert.Equal(113, error.RootElement.GetProperty("code").GetInt32());
        Assert.Contains(
            "no room on the switch",
            error.RootElement.GetProperty("msg").GetString(),
            StringComparison.Ordinal
        );
        Assert.Equal(before, Node.Remains(pod));
    }

    private async Task<(HttpStatusCode Status, string Body)> Delegate(
        string verb,
        TestPod pod,
        string config,
        InterfaceAttributes? attributes = null
    )
    {
        var body = new CniRequestBody(
            [
                new("CNI_COMMAND", verb),
                new("CNI_CONTAINERID", pod.Sandbox),
                new("CNI_NETNS", pod.NetNs),
                new("CNI_IFNAME", "net5"),
                new("CNI_ARGS", $"K8S_POD_NAMESPACE={pod.Namespace};K8S_POD_NAME={pod.Name};K8S_POD_UID={pod.Uid}"),
            ],
            System.Text.Encoding.UTF8.GetBytes(config),
            attributes
        );
        using var content = new ByteArrayContent(body.ToJson());
        using var answer = await Node.Client.Send(HttpMethod.Post, WirePaths.Delegate, content);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
