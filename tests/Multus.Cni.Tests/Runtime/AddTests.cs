using System.Text;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;

namespace Multus.Cni.Tests.Runtime;

public sealed class AddTests
{
    private readonly Node _node = new();

    [Fact]
    public async Task Edge_256_plugins_run_in_order_each_with_the_result_of_the_one_before()
    {
        _node
            .Plugins.Prints(CniCommand.Add, "a", """{"cniVersion":"1.0.0","interfaces":[{"name":"net1"}]}""")
            .Prints(CniCommand.Add, "b", """{"cniVersion":"1.0.0","interfaces":[{"name":"net1","mtu":9000}]}""")
            .Prints(CniCommand.Add, "c", """{"cniVersion":"1.0.0","ips":[{"address":"10.0.0.5/24"}]}""");

        var result = await _node.AddAsync(Node.Chain());

        Assert.Equal(["ADD a", "ADD b", "ADD c"], _node.Plugins.Order);
        Assert.Null(_node.Plugins.Member(0, "prevResult"));
        Assert.Equal(
            """{"cniVersion":"1.0.0","interfaces":[{"name":"net1"}]}""",
            _node.Plugins.Member(1, "prevResult")
        );
        Assert.Equal(
            """{"cniVersion":"1.0.0","interfaces":[{"mtu":9000,"name":"net1"}]}""",
            _node.Plugins.Member(2, "prevResult")
        );
        Assert.Equal("""{"cniVersion":"1.0.0","ips":[{"address":"10.0.0.5/24"}]}""", Json.Text(result.ToJson()));
    }

    [Fact]
    public async Task Edge_256_the_last_result_is_stored_with_the_whole_configuration()
    {
        var network = Node.Chain();
        _node.Plugins.Prints(CniCommand.Add, "c", """{"ips":[{"address":"10.0.0.5/24"}]}""");

        await _node.AddAsync(network, Node.Attachment("net1", ("mac", "\"m\"")));

        var (name, content) = Assert.Single(_node.Cache.Files);
        Assert.Equal(Node.CacheFile, name);
        Assert.Equal(
            $$$"""{"kind":"cniCacheV1","containerId":"c1","config":"{{{Convert.ToBase64String(network.Bytes.Span)}}}","ifName":"net1","networkName":"blue","netns":"/run/netns/p","cniArgs":[["IgnoreUnknown","1"],["K8S_POD_NAME","p"]],"capabilityArgs":{"mac":"m"},"result":{"cniVersion":"1.0.0","ips":[{"address":"10.0.0.5/24"}]}}""",
            Json.Text(content)
        );
    }

    [Fact]
    public async Task Two_interfaces_of_one_network_are_stored_apart()
    {
        await _node.AddAsync(Node.Conf());
        await _node.AddAsync(Node.Conf(), Node.Attachment("net2"));

        Assert.Equal(["blue-c1-net1", "blue-c1-net2"], _node.Cache.Files.Keys);
    }

    [Fact]
    public async Task A_plugin_may_answer_in_another_version_which_the_next_one_gets_as_it_is()
    {
        _node.Plugins.Prints(CniCommand.Add, "a", """{"cniVersion":"0.2.0","ip4":{"ip":"10.0.0.5/24"}}""");

        await _node.AddAsync(Node.Chain());

        Assert.Equal(
            """{"cniVersion":"0.2.0","ip4":{"ip":"10.0.0.5/24"},"dns":{}}""",
            _node.Plugins.Member(1, "prevResult")
        );
    }

    [Theory]
    [InlineData("a", 1)]
    [InlineData("b", 2)]
    [InlineData("c", 3)]
    public async Task Edge_257_the_first_failure_ends_the_chain_and_stores_nothing(string failing, int calls)
    {
        _node.Plugins.Fails(CniCommand.Add, failing, Node.Banana);

        var error = await Node.ErrorOf(_node.AddAsync(Node.Chain()));

        Assert.Equal(new CniError(113, $"plugin {failing}: banana", "ripe"), error);
        Assert.Equal(calls, _node.Plugins.Calls.Count);
        Assert.DoesNotContain(_node.Plugins.Calls, call => call.Command == CniCommand.Del);
        Assert.Empty(_node.Cache.Files);
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("[]")]
    [InlineData("""{"cniVersion":"7.0.0"}""")]
    public async Task Output_that_is_no_result_is_a_failure_that_names_the_plugin(string stdout)
    {
        _node.Plugins.Prints(CniCommand.Add, "b", stdout);

        var error = await Node.ErrorOf(_node.AddAsync(Node.Chain()));

        Assert.Equal(CniErrorCode.Decode, error.Code);
        Assert.StartsWith("plugin b: ", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, _node.Plugins.Calls.Count);
        Assert.Empty(_node.Cache.Files);
    }

    [Fact]
    public async Task A_deeply_nested_output_is_a_failure_and_no_crash()
    {
        _node.Plugins.Answers(
            CniCommand.Add,
            "a",
            () =>
                new PluginOutput.Succeeded(
                    Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 100_000)))
                )
        );

        Assert.Equal(CniErrorCode.Decode, (await Node.ErrorOf(_node.AddAsync(Node.Conf()))).Code);
    }

    [Fact]
    public async Task A_binary_that_is_not_there_fails_like_a_plugin()
    {
        _node.Plugins.IsNotFound(CniCommand.Add, "b");

        Assert.Equal(
            new CniError(CniErrorCode.Io, "plugin b: failed to find plugin \"b\" in path [/bin]"),
            await Node.ErrorOf(_node.AddAsync(Node.Chain()))
        );
    }

    [Fact]
    public async Task A_result_that_cannot_be_stored_fails_the_add_after_all_plugins_ran()
    {
        _node.Cache.StoreFailure = new CniException(CniErrorCode.Io, "disk full");

        var error = await Node.ErrorOf(_node.AddAsync(Node.Chain()));

        Assert.Equal(new CniError(CniErrorCode.Io, "failed to set network \"blue\" cached result: disk full"), error);
        Assert.Equal(3, _node.Plugins.Calls.Count);
    }

    [Theory]
    [InlineData("", "net1", "missing network name:", 7u)]
    [InlineData("b/lue", "net1", "invalid characters found in network name", 7u)]
    [InlineData("blue", "", "interface name is empty", 4u)]
    [InlineData("blue", "sixteen_bytes_oh", "interface name is too long", 4u)]
    [InlineData("blue", "..", "interface name is . or ..", 4u)]
    [InlineData("blue", "a:b", "interface name contains / or : or whitespace characters", 4u)]
    public async Task A_broken_rule_is_said_before_anything_runs(string name, string ifName, string message, uint code)
    {
        var error = await Node.ErrorOf(_node.AddAsync(Node.Conf(name: name), Node.Attachment(ifName)));

        Assert.Equal((code, message), (error.Code, error.Message));
        Assert.Empty(_node.Plugins.Calls);
    }

    [Fact]
    public async Task The_container_id_is_checked_before_the_names()
    {
        var error = await Node.ErrorOf(
            _node.AddAsync(Node.Conf(name: "b/lue"), Node.Attachment("..") with { Sandbox = default })
        );

        Assert.Equal(new CniError(CniErrorCode.UnknownContainer, "missing containerID"), error);
    }

    [Fact]
    public async Task A_list_without_plugins_makes_nothing()
    {
        var error = await Node.ErrorOf(
            _node.AddAsync(NetworkConfiguration.ParseList(Json.Bytes("""{"name":"blue"}""")))
        );

        Assert.Equal(
            new CniError(CniErrorCode.InvalidNetworkConfig, "no plugin configs found for network \"blue\""),
            error
        );
    }

    [Fact]
    public async Task A_cancelled_add_goes_no_further()
    {
        using var stopping = new CancellationTokenSource();
        _node.Plugins.Answers(
            CniCommand.Add,
            "a",
            () =>
            {
                stopping.Cancel();
                return new PluginOutput.Succeeded(Json.Bytes("{}"));
            }
        );

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _node.Runtime.AddAsync(Node.Chain(), Node.Attachment(), stopping.Token)
        );

        Assert.Equal(["ADD a"], _node.Plugins.Order);
        Assert.Empty(_node.Cache.Files);
    }

    [Fact]
    public async Task How_far_an_add_has_come_is_told_and_what_never_ran_does_not_count()
    {
        var failed = new ChainProgress();
        _node.Plugins.Fails(CniCommand.Add, "b", Node.Banana);
        await Node.ErrorOf(_node.Runtime.AddAsync(Node.Chain(), Node.Attachment(), default, failed));

        var notStarted = new ChainProgress();
        _node.Plugins.Answers(CniCommand.Add, "b", () => new PluginOutput.Failed(Node.Banana) { HasRun = false });
        await Node.ErrorOf(_node.Runtime.AddAsync(Node.Chain(), Node.Attachment(), default, notStarted));

        var notFound = new ChainProgress();
        _node.Plugins.IsNotFound(CniCommand.Add, "a");
        await Node.ErrorOf(_node.Runtime.AddAsync(Node.Chain(), Node.Attachment(), default, notFound));

        Assert.Equal((2, 1, 0), (failed.Begun, notStarted.Begun, notFound.Begun));
    }

    [Fact]
    public async Task A_network_whose_cache_file_could_not_exist_is_refused_before_any_plugin_runs()
    {
        var longest = 255 - "-c1-net1".Length;
        await _node.AddAsync(Node.Conf(name: new string('n', longest)));
        _node.Plugins.Calls.Clear();

        var error = await Node.ErrorOf(_node.AddAsync(Node.Conf(name: new string('n', longest + 1))));

        Assert.Equal(CniErrorCode.InvalidNetworkConfig, error.Code);
        Assert.Contains($"too long: {longest + 1} bytes, at most {longest}", error.Message, StringComparison.Ordinal);
        Assert.Empty(_node.Plugins.Calls);
    }
}
