namespace Multus.Cni.Tests.Runtime;

public sealed class CheckTests
{
    private readonly Node _node = new();

    [Fact]
    public async Task Plugins_run_in_order_all_with_the_stored_result_which_stays()
    {
        await _node.AddAsync(Node.Chain("0.4.0"));
        _node.Plugins.Calls.Clear();

        await _node.CheckAsync(Node.Chain("0.4.0"));

        Assert.Equal(["CHECK a", "CHECK b", "CHECK c"], _node.Plugins.Order);
        Assert.All(
            [0, 1, 2],
            call => Assert.Equal("""{"cniVersion":"0.4.0","dns":{}}""", _node.Plugins.Member(call, "prevResult"))
        );
        Assert.Equal([Node.CacheFile], _node.Cache.Files.Keys);
    }

    [Fact]
    public async Task Edge_249_nothing_of_the_cache_but_the_result_reaches_the_plugin()
    {
        await _node.AddAsync(Node.Conf("0.4.0"));

        await _node.CheckAsync(Node.Conf("0.4.0"));

        Assert.Equal(
            """{"cniVersion":"0.4.0","name":"blue","prevResult":{"cniVersion":"0.4.0","dns":{}},"type":"a"}""",
            _node.Plugins.Stdin(1)
        );
    }

    [Theory]
    [InlineData("0.3.1", "0.3.1")]
    [InlineData("", "0.1.0")]
    public async Task Edge_248_a_version_that_does_not_know_check_is_refused(string version, string shown)
    {
        foreach (var network in new[] { Node.Conf(version), Node.Chain(version) })
        {
            var error = await Node.ErrorOf(_node.CheckAsync(network));

            Assert.Equal(
                new CniError(
                    1,
                    $"configuration version \"{shown}\" of network \"blue\" does not support the CHECK command"
                ),
                error
            );
        }

        Assert.Empty(_node.Plugins.Calls);
    }

    [Fact]
    public async Task Edge_259_a_list_may_switch_check_off()
    {
        _node.Remembers("garbage");

        await _node.CheckAsync(Node.Chain(more: "\"disableCheck\":true,"));

        Assert.Empty(_node.Plugins.Calls);
    }

    [Fact]
    public async Task The_first_complaint_ends_it()
    {
        _node.Plugins.Fails(CniCommand.Check, "b", Node.Banana);

        var error = await Node.ErrorOf(_node.CheckAsync(Node.Chain()));

        Assert.Equal(new CniError(113, "plugin b: banana", "ripe"), error);
        Assert.Equal(["CHECK a", "CHECK b"], _node.Plugins.Order);
    }

    [Fact]
    public async Task Nothing_stored_is_no_error()
    {
        await _node.CheckAsync(Node.Conf());

        Assert.Null(_node.Plugins.Member(0, "prevResult"));
    }

    [Theory]
    [InlineData("garbage", "the stored entry is damaged: ")]
    [InlineData(
        """{"kind":"cniCacheV1","result":{"cniVersion":"0.4567.0"}}""",
        "unsupported CNI result version \"0.4567.0\""
    )]
    [InlineData(
        """{"kind":"cniCacheV1","result":{"cniVersion":"0.4.0","ips":1}}""",
        "failed to unmarshal raw result: ips must be an array"
    )]
    public async Task Edge_250_252_a_stored_result_that_cannot_be_read_is_an_error(string file, string expected)
    {
        _node.Remembers(file);

        var error = await Node.ErrorOf(_node.CheckAsync(Node.Conf()));

        Assert.StartsWith(
            $"failed to get network \"blue\" cached result: {expected}",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(CniErrorCode.Decode, error.Code);
        Assert.Empty(_node.Plugins.Calls);
    }

    [Fact]
    public async Task Edge_251_a_result_of_old_without_anything_around_it_is_converted()
    {
        _node.Remembers(
            """{"cniVersion":"0.3.1","interfaces":[{"name":"net1"}],"ips":[{"version":"4","address":"10.0.0.5/24"}],"dns":{}}"""
        );

        await _node.CheckAsync(Node.Conf("1.1.0"));

        Assert.Equal(
            """{"cniVersion":"1.1.0","interfaces":[{"name":"net1"}],"ips":[{"address":"10.0.0.5/24"}]}""",
            _node.Plugins.Member(0, "prevResult")
        );
    }

    [Fact]
    public async Task A_result_that_the_configurations_version_cannot_say_is_an_error()
    {
        _node.RemembersResult("""{"cniVersion":"1.0.0"}""");

        var error = await Node.ErrorOf(_node.CheckAsync(Node.Conf("1.2.3")));

        Assert.Equal(
            new CniError(
                1,
                "failed to get network \"blue\" cached result: failed to convert cached result to config version: no converter for CNI result version 1.0.0 to 1.2.3"
            ),
            error
        );
    }
}
