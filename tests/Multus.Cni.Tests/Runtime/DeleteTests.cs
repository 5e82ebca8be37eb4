namespace Multus.Cni.Tests.Runtime;

public sealed class DeleteTests
{
    private readonly Node _node = new();

    [Fact]
    public async Task Edge_260_plugins_run_in_reverse_order_all_with_the_stored_result_which_is_then_forgotten()
    {
        await _node.AddAsync(Node.Chain());
        _node.Plugins.Calls.Clear();

        await _node.DeleteAsync(Node.Chain());

        Assert.Equal(["DEL c", "DEL b", "DEL a"], _node.Plugins.Order);
        Assert.All(
            [0, 1, 2],
            call => Assert.Equal("""{"cniVersion":"1.0.0"}""", _node.Plugins.Member(call, "prevResult"))
        );
        Assert.Empty(_node.Cache.Files);
    }

    [Fact]
    public async Task Deleting_again_runs_the_plugin_without_a_previous_result()
    {
        await _node.AddAsync(Node.Conf());
        await _node.DeleteAsync(Node.Conf());

        await _node.DeleteAsync(Node.Conf());

        Assert.Equal(["ADD a", "DEL a", "DEL a"], _node.Plugins.Order);
        Assert.NotNull(_node.Plugins.Member(1, "prevResult"));
        Assert.Null(_node.Plugins.Member(2, "prevResult"));
    }

    [Theory]
    [InlineData("0.3.1", null)]
    [InlineData("0.4.0", """{"cniVersion":"0.4.0","interfaces":[{"name":"net1"}],"dns":{}}""")]
    [InlineData("1.1.0", """{"cniVersion":"1.1.0","interfaces":[{"name":"net1"}]}""")]
    public async Task Edge_254_the_previous_result_is_handed_over_from_0_4_0_on_in_the_version_of_the_configuration(
        string version,
        string? expected
    )
    {
        _node.RemembersResult("""{"cniVersion":"0.3.1","interfaces":[{"name":"net1"}],"dns":{}}""");

        await _node.DeleteAsync(Node.Conf(version));

        Assert.Equal(expected, _node.Plugins.Member(0, "prevResult"));
        Assert.Empty(_node.Cache.Files);
    }

    [Fact]
    public async Task A_failing_plugin_does_not_keep_the_others_from_cleaning_up()
    {
        await _node.AddAsync(Node.Chain());
        _node.Plugins.Calls.Clear();
        _node.Plugins.Fails(CniCommand.Del, "b", Node.Banana);

        var error = await Node.ErrorOf(_node.DeleteAsync(Node.Chain()));

        Assert.Equal(new CniError(113, "plugin b: banana", "ripe"), error);
        Assert.Equal(["DEL c", "DEL b", "DEL a"], _node.Plugins.Order);
        Assert.Equal([Node.CacheFile], _node.Cache.Files.Keys);
    }

    [Fact]
    public async Task All_failures_are_reported_under_the_code_of_the_first()
    {
        _node
            .Plugins.Fails(CniCommand.Del, "c", Node.Banana)
            .IsNotFound(CniCommand.Del, "b")
            .Fails(CniCommand.Del, "a", new CniError(5, "full\nof lines", "more"));

        var error = await Node.ErrorOf(_node.DeleteAsync(Node.Chain()));

        Assert.Equal((113u, "ripe"), (error.Code, error.Details));
        Assert.Equal(
            "plugin c: banana; "
                + "plugin b: failed to find plugin \"b\" in path [/bin]; "
                + "plugin a: full; of lines; more",
            error.Message
        );
    }

    [Fact]
    public async Task A_retry_after_a_failure_has_the_same_input()
    {
        await _node.AddAsync(Node.Conf());
        _node.Plugins.Fails(CniCommand.Del, "a", Node.Banana);
        await Node.ErrorOf(_node.DeleteAsync(Node.Conf()));
        _node.Plugins.Prints(CniCommand.Del, "a", "");

        await _node.DeleteAsync(Node.Conf());

        Assert.Equal(_node.Plugins.Stdin(1), _node.Plugins.Stdin(2));
        Assert.Empty(_node.Cache.Files);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"kind":"cniCacheV1","result":7}""")]
    [InlineData("""{"kind":"cniCacheV1","result":{"cniVersion":"0.4567.0"}}""")]
    [InlineData("""{"kind":"cniCacheV1","result":{"cniVersion":"1.0.0","ips":"x"}}""")]
    public async Task Edge_255_a_damaged_entry_does_not_keep_a_conf_or_a_list_from_being_deleted(string file)
    {
        foreach (var network in new[] { Node.Conf(), Node.Chain() })
        {
            _node.Remembers(file);
            _node.Plugins.Calls.Clear();

            await _node.DeleteAsync(network);

            Assert.Equal(network.Plugins.Length, _node.Plugins.Calls.Count);
            Assert.Null(_node.Plugins.Member(0, "prevResult"));
            Assert.Empty(_node.Cache.Files);
        }
    }

    [Fact]
    public async Task An_entry_that_cannot_be_said_in_the_configurations_version_is_done_without()
    {
        _node.RemembersResult("""{"cniVersion":"1.0.0"}""");

        await _node.DeleteAsync(Node.Conf("1.2.3"));

        Assert.Null(_node.Plugins.Member(0, "prevResult"));
    }

    [Fact]
    public async Task A_result_that_cannot_be_read_never_fails_a_delete()
    {
        _node.Cache.LoadFailure = new CniException(CniErrorCode.Io, "input/output error");

        await _node.DeleteAsync(Node.Conf());

        Assert.Null(_node.Plugins.Member(0, "prevResult"));
    }

    [Fact]
    public async Task A_name_that_no_file_can_have_is_deleted_without_touching_the_cache()
    {
        _node.Cache.LoadFailure = _node.Cache.RemoveFailure = new CniException(CniErrorCode.Io, "File name too long");

        await _node.DeleteAsync(Node.Conf(name: new string('n', 250)));

        Assert.Equal(["DEL a"], _node.Plugins.Order);
    }

    [Fact]
    public async Task Of_a_chain_whose_add_has_failed_only_those_are_deleted_that_were_run()
    {
        await _node.Runtime.DeleteAsync(Node.Chain(), Node.Attachment(), default, begun: 2);

        Assert.Equal(["DEL b", "DEL a"], _node.Plugins.Order);
    }

    [Fact]
    public async Task Those_of_a_chain_that_fail_are_told_by_their_place()
    {
        _node.Plugins.Fails(CniCommand.Del, "b", Node.Banana);
        var failed = new List<int>();

        await Node.ErrorOf(_node.Runtime.DeleteAsync(Node.Chain(), Node.Attachment(), default, failed: failed));

        Assert.Equal([1], failed);
        Assert.Equal(["DEL c", "DEL b", "DEL a"], _node.Plugins.Order);
    }

    [Fact]
    public async Task A_result_that_cannot_be_forgotten_is_an_error()
    {
        _node.Cache.RemoveFailure = new CniException(CniErrorCode.Io, "read-only");

        Assert.Equal(
            new CniError(CniErrorCode.Io, "failed to remove network \"blue\" cached result: read-only"),
            await Node.ErrorOf(_node.DeleteAsync(Node.Conf()))
        );
    }

    [Theory]
    [InlineData("0.3.1")]
    [InlineData("0.4.0")]
    public async Task An_empty_name_is_deleted(string version)
    {
        await _node.DeleteAsync(Node.Conf(version, name: ""));

        Assert.Equal(["DEL a"], _node.Plugins.Order);
    }

    [Theory]
    [InlineData("../../etc", "net1")]
    [InlineData("a b", "net1")]
    [InlineData("blue", "../net1")]
    [InlineData("blue", "")]
    public async Task A_name_that_add_refuses_is_deleted_without_touching_the_cache(string name, string ifName)
    {
        _node.Cache.LoadFailure = _node.Cache.RemoveFailure = new CniException(CniErrorCode.Internal, "touched");

        await _node.DeleteAsync(Node.Conf(name: name), Node.Attachment(ifName));

        Assert.Equal(["DEL a"], _node.Plugins.Order);
    }

    [Fact]
    public async Task A_namespace_that_is_gone_is_an_empty_variable()
    {
        await _node.DeleteAsync(Node.Conf(), Node.Attachment() with { NetNs = null });

        Assert.Equal("", Assert.Single(_node.Plugins.Calls).Environment[2].Value);
    }
}
