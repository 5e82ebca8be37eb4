using System.Net;
using System.Text;
using Multus.Actors.Netlink;
using Multus.Cni;
using Multus.Cni.Results;
using Multus.Cni.Runtime;
using Multus.Engine.Requests;
using Multus.Linux.Netlink;

namespace Multus.Actors.Tests.Sandboxes;

/// <summary>
/// Caller, Multus and delegate each speak a version of their own: all 343 combinations work, from ADD to DEL.
/// </summary>
public class VersionMatrixTests : SandboxFixture
{
    private const string Address = "10.1.2.3/24";

    private static readonly NetlinkProtocol.Reply.Snapshot Attached = new(
        new NamespaceView(
            [new LinkInfo(2, "eth0", null, 1500, null)],
            [new AddressInfo(2, IPAddress.Parse("10.1.2.3"), 24)],
            []
        )
    );

    private readonly List<PluginCall> _calls = [];

    public static TheoryData<string, string> MultusAndDelegate
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var multus in CniVersion.Supported)
            {
                foreach (var plugin in CniVersion.Supported)
                    data.Add(multus.ToString(), plugin.ToString());
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(MultusAndDelegate))]
    public async Task Every_caller_gets_the_delegate_s_address_in_its_own_version(string multus, string plugin)
    {
        Temp.File("cluster.conf", $$"""{"cniVersion":"{{plugin}}","name":"cluster","type":"cluster"}""");
        ExtraKeys = $",\"cniVersion\":\"{multus}\"";
        Cluster = ClusterOf([]);
        Netlink = question => question is NetlinkProtocol.Inspect ? Attached : new NetlinkProtocol.Reply.Ok(); // CHECK looks for the address
        foreach (var command in new[] { CniCommand.Add, CniCommand.Check, CniCommand.Del })
            Plugins.On(
                command,
                "cluster",
                call => Task.FromResult<PluginOutput>(new PluginOutput.Succeeded(Answer(call, plugin)))
            );
        var sandboxes = Sandboxes();

        var attached = Assert.IsType<CniReply.Attached>(await Attach(sandboxes));

        foreach (var caller in CniVersion.Supported)
        {
            // As it travels: 1.1.0 on the wire, the caller's version from the shim.
            var seen = CniResult.Parse(
                CniResult
                    .Parse(attached.Result.ConvertTo(CniVersion.V110).ToJson(), CniVersion.V110)
                    .ConvertTo(caller)
                    .ToJson(),
                caller
            );
            Assert.Equal(caller, seen.Version);
            Assert.Contains(Address, Encoding.UTF8.GetString(seen.ToJson()), StringComparison.Ordinal);
        }

        Assert.IsType<CniReply.Done>(await Check(sandboxes));
        Assert.IsType<CniReply.Done>(await Detach(sandboxes));
        AssertSpoken(CniVersion.Parse(plugin));
    }

    // CHECK and the previous result came with 0.4.0; the delegate is always spoken to in its own version.
    private void AssertSpoken(CniVersion plugin)
    {
        var hasCheck = plugin >= CniVersion.V040;
        Assert.Equal(
            hasCheck ? [CniCommand.Add, CniCommand.Check, CniCommand.Del] : [CniCommand.Add, CniCommand.Del],
            _calls.Select(call => call.Command)
        );
        foreach (var call in _calls)
        {
            var stdin = CniJson.Parse(call.Stdin);
            Assert.Equal(plugin.ToString(), stdin.GetProperty("cniVersion").GetString());
            Assert.Equal(
                hasCheck && call.Command != CniCommand.Add,
                stdin.TryGetProperty("prevResult", out var previous)
            );
            if (previous.ValueKind == System.Text.Json.JsonValueKind.Object)
                Assert.Equal(plugin.ToString(), previous.GetProperty("cniVersion").GetString());
        }
    }

    private byte[] Answer(PluginCall call, string version)
    {
        _calls.Add(call);
        if (call.Command != CniCommand.Add)
            return [];

        var newest = CniResult.Parse(
            Encoding.UTF8.GetBytes(
                $$"""{"cniVersion":"1.1.0","interfaces":[{"name":"eth0"}],"ips":[{"address":"{{Address}}","interface":0}]}"""
            ),
            CniVersion.V110
        );
        return newest.ConvertTo(CniVersion.Parse(version)).ToJson();
    }
}
