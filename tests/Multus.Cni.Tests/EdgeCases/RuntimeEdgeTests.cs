using Multus.Cni.Configurations;
using Multus.Cni.Results;
using Multus.Cni.Runtime;
using Multus.Cni.Tests.Runtime;

namespace Multus.Cni.Tests.EdgeCases;

/// <summary>
/// Rows of edge-cases.md M that the runtime toward plugins decides. Rows that a test elsewhere shows carry their number
/// there.
/// </summary>
public sealed class RuntimeEdgeTests
{
    private static readonly (string, string)[] ThreeOffered =
    [
        ("mac", "\"m\""),
        ("ips", """["10.0.0.1/24"]"""),
        ("portMappings", """[{"hostPort":1}]"""),
    ];

    private readonly Node _node = new();

    [Fact]
    public async Task Edge_244_of_three_that_are_offered_a_plugin_gets_the_two_that_it_declares()
    {
        await _node.AddAsync(Declaring("""{"mac":true,"portMappings":true}"""), Node.Attachment("net1", ThreeOffered));

        Assert.Equal("""{"mac":"m","portMappings":[{"hostPort":1}]}""", _node.Plugins.Member(0, "runtimeConfig"));
    }

    [Fact]
    public async Task Edge_244_a_plugin_that_declares_none_gets_no_runtimeConfig()
    {
        await _node.AddAsync(Node.Conf(), Node.Attachment("net1", ThreeOffered));

        Assert.Null(_node.Plugins.Member(0, "runtimeConfig"));
    }

    [Theory]
    [InlineData(CniCommand.Add)]
    [InlineData(CniCommand.Check)]
    [InlineData(CniCommand.Del)]
    public async Task Edge_246_what_a_plugin_says_surfaces_behind_its_type(CniCommand command)
    {
        foreach (var network in new[] { Node.Conf(), Node.Chain() })
        {
            _node.Plugins.Fails(command, "a", new CniError(113, "banana"));

            var error = await Node.ErrorOf(Run(command, network));

            Assert.Equal(new CniError(113, "plugin a: banana"), error);
        }
    }

    [Fact]
    public async Task Edge_253_the_first_delete_forgets_the_result_and_the_second_succeeds_all_the_same()
    {
        await _node.AddAsync(Node.Conf());
        Assert.Equal([Node.CacheFile], _node.Cache.Files.Keys);

        await _node.DeleteAsync(Node.Conf());
        Assert.Empty(_node.Cache.Files);

        await _node.DeleteAsync(Node.Conf());
        Assert.Equal(["ADD a", "DEL a", "DEL a"], _node.Plugins.Order);
        Assert.Equal(
            (false, true),
            (_node.Plugins.Member(1, "prevResult") is null, _node.Plugins.Member(2, "prevResult") is null)
        );
    }

    [Theory]
    [InlineData("", CniErrorCode.UnknownContainer)]
    [InlineData("some-%%container-id", CniErrorCode.InvalidEnvironment)]
    [InlineData("-c1", CniErrorCode.InvalidEnvironment)]
    [InlineData("c1/../c2", CniErrorCode.InvalidEnvironment)]
    public void Edge_258_a_bad_container_id_has_a_code_of_its_own(string id, uint code) =>
        Assert.Equal(code, Assert.Throws<CniException>(() => SandboxId.Parse(id)).Error.Code);

    [Theory]
    [InlineData("%%")]
    [InlineData(".blue")]
    [InlineData("")]
    public async Task Edge_258_a_bad_network_name_is_code_7_and_nothing_runs(string name) =>
        await RefusesAdd(7, Node.Chain(name: name), "net1");

    [Theory]
    [InlineData("")]
    [InlineData("1234567890123456")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("net/1")]
    [InlineData("net:1")]
    [InlineData("net 1")]
    [InlineData("net\u20281")]
    public async Task Edge_258_a_bad_interface_name_is_code_4_and_nothing_runs(string ifName) =>
        await RefusesAdd(4, Node.Chain(), ifName);

    [Fact]
    public async Task Edge_265_two_interfaces_of_one_network_have_an_entry_each_with_its_own_name_and_address()
    {
        _node.Plugins.Prints(CniCommand.Add, "a", """{"ips":[{"address":"10.0.0.1/24"}]}""");
        await _node.AddAsync(Node.Conf());
        _node.Plugins.Prints(CniCommand.Add, "a", """{"ips":[{"address":"10.0.0.2/24"}]}""");
        await _node.AddAsync(Node.Conf(), Node.Attachment("net2"));

        Assert.Equal(
            ["blue-c1-net1 net1 10.0.0.1/24", "blue-c1-net2 net2 10.0.0.2/24"],
            _node.Cache.Files.Select(file => $"{file.Key} {NameAndAddress(CachedAttachmentCodec.Read(file.Value))}")
        );
    }

    [Fact]
    public async Task Edge_267_without_a_stored_entry_a_check_and_a_delete_run_without_a_previous_result()
    {
        await _node.CheckAsync(Node.Conf());
        await _node.DeleteAsync(Node.Conf());

        Assert.Equal((null, null), (_node.Plugins.Member(0, "prevResult"), _node.Plugins.Member(1, "prevResult")));
    }

    private static NetworkConfiguration Declaring(string capabilities) =>
        NetworkConfiguration.ParseConf(Json.Bytes($$"""{"type":"a","name":"blue","capabilities":{{capabilities}}}"""));

    private static string NameAndAddress(CachedAttachment entry) =>
        $"{entry.IfName} {Assert.Single(CniResult.Parse(entry.Result, CniVersion.V010).Ips).Address}";

    private Task Run(CniCommand command, NetworkConfiguration network) =>
        command switch
        {
            CniCommand.Add => _node.AddAsync(network),
            CniCommand.Check => _node.CheckAsync(network),
            _ => _node.DeleteAsync(network),
        };

    private async Task RefusesAdd(uint code, NetworkConfiguration network, string ifName)
    {
        Assert.Equal(code, (await Node.ErrorOf(_node.AddAsync(network, Node.Attachment(ifName)))).Code);
        Assert.Empty(_node.Plugins.Calls);
    }
}
