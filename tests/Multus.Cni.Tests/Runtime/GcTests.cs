using System.Collections.Immutable;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;

namespace Multus.Cni.Tests.Runtime;

public sealed class GcTests
{
    private static readonly ImmutableArray<ValidAttachment> Valid = [new("c1", "net1"), new("c2", "net2")];

    private readonly Node _node = new();

    [Fact]
    public async Task Plugins_get_name_version_and_the_list_under_both_keys()
    {
        await CollectAsync(Node.Conf("1.1.0"));

        const string list = """[{"containerID":"c1","ifname":"net1"},{"containerID":"c2","ifname":"net2"}]""";
        Assert.Equal(
            $$"""{"cni.dev/attachments":{{list}},"cni.dev/valid-attachments":{{list}},"cniVersion":"1.1.0","name":"blue","type":"a"}""",
            _node.Plugins.Stdin(0)
        );
        Assert.Equal(
            ["CNI_COMMAND=GC", "CNI_CONTAINERID=", "CNI_NETNS=", "CNI_ARGS=", "CNI_IFNAME=", "CNI_PATH=/opt/cni/bin"],
            _node.Plugins.Calls[0].Environment.Select(variable => $"{variable.Key}={variable.Value}")
        );
    }

    [Fact]
    public async Task Edge_138_an_empty_list_is_said_as_an_empty_list()
    {
        await _node.Runtime.GcAsync(Node.Conf("1.1.0"), [], ["/bin"], default);

        Assert.Equal("[]", _node.Plugins.Member(0, "cni.dev/valid-attachments"));
    }

    [Fact]
    public async Task All_plugins_are_asked_in_order_also_after_one_that_fails_and_every_failure_is_told()
    {
        _node
            .Plugins.Fails(CniCommand.Gc, "a", new CniError(121, "no store"))
            .Fails(CniCommand.Gc, "c", new CniError(122, "no disk"));

        var error = await Node.ErrorOf(CollectAsync(Node.Chain("1.1.0")));

        Assert.Equal(["GC a", "GC b", "GC c"], _node.Plugins.Order);
        Assert.Equal(121u, error.Code);
        Assert.Contains("no store", error.Message);
        Assert.Contains("no disk", error.Message);
    }

    [Fact]
    public async Task Below_1_1_0_there_is_nothing_to_ask()
    {
        await CollectAsync(Node.Chain("1.0.0"));

        Assert.Empty(_node.Plugins.Calls);
    }

    [Fact]
    public async Task Edge_261_a_network_that_says_disableGC_is_not_asked()
    {
        await CollectAsync(Node.Chain("1.1.0", more: "\"disableGC\":true,"));

        Assert.Empty(_node.Plugins.Calls);
    }

    [Theory]
    [InlineData("""{"cni.dev/valid-attachments":[{"containerID":"c1","ifname":"eth0"}]}""", "c1/eth0")]
    [InlineData("""{"cni.dev/attachments":[{"containerID":"c1","ifname":"eth0"}]}""", "c1/eth0")]
    [InlineData(
        """{"cni.dev/attachments":[{"containerID":"c1","ifname":"eth0"}],"cni.dev/valid-attachments":[{"containerID":"c2","ifname":"eth0"},{"containerID":"c1","ifname":"eth0"}]}""",
        "c2/eth0 c1/eth0"
    )]
    [InlineData("""{"cni.dev/valid-attachments":[]}""", "")]
    [InlineData("""{"cni.dev/valid-attachments":null}""", null)]
    [InlineData("{}", null)]
    public void What_either_key_lists_is_valid_and_no_list_is_not_an_empty_list(string config, string? expected)
    {
        var list = ValidAttachment.ReadList(Json.Bytes(config));

        Assert.Equal(
            expected,
            list is { } found ? string.Join(' ', found.Select(a => $"{a.ContainerId}/{a.IfName}")) : null
        );
    }

    [Theory]
    [InlineData("""{"cni.dev/valid-attachments":{}}""", CniErrorCode.Decode)]
    [InlineData("""{"cni.dev/valid-attachments":[1]}""", CniErrorCode.Decode)]
    [InlineData("""{"cni.dev/valid-attachments":[{"containerID":7}]}""", CniErrorCode.Decode)]
    [InlineData("""{"cni.dev/valid-attachments":[{"containerID":"c1"}]}""", CniErrorCode.InvalidNetworkConfig)]
    [InlineData("""{"cni.dev/valid-attachments":[{"ifname":"eth0"}]}""", CniErrorCode.InvalidNetworkConfig)]
    [InlineData("[]", CniErrorCode.Decode)]
    public void A_list_that_cannot_be_read_whole_is_an_error(string config, uint code) =>
        Assert.Equal(code, Assert.Throws<CniException>(() => ValidAttachment.ReadList(Json.Bytes(config))).Error.Code);

    private Task CollectAsync(NetworkConfiguration network) =>
        _node.Runtime.GcAsync(network, Valid, ["/opt/cni/bin"], default);
}
