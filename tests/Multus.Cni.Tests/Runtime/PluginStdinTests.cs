using Multus.Cni.Configurations;

namespace Multus.Cni.Tests.Runtime;

/// <summary>What plugins read and what is in their environment, byte for byte (cni-runtime.md §6, §7).</summary>
public sealed class PluginStdinTests
{
    private readonly Node _node = new();

    [Fact]
    public async Task A_chain_hands_name_version_previous_result_and_accepted_capabilities_on()
    {
        var network = NetworkConfiguration.ParseList(
            Json.Bytes(
                """
                {"cniVersion":"0.4.0","name":"blue","plugins":[
                  {"type":"bridge","name":"other","cniVersion":"9.9.9","bridge":"br7","ipam":{"type":"host-local","subnet":"10.9.0.0/24"}},
                  {"type":"portmap","capabilities":{"portMappings":true}}]}
                """
            )
        );
        _node.Plugins.Prints(CniCommand.Add, "bridge", """{"ips":[{"version":"4","address":"10.9.0.2/24"}]}""");

        await _node.AddAsync(
            network,
            Node.Attachment(
                "net1",
                ("portMappings", """[{"hostPort":8080,"containerPort":80,"protocol":"tcp"}]"""),
                ("mac", "\"m\"")
            )
        );

        Assert.Equal(
            """{"bridge":"br7","cniVersion":"0.4.0","ipam":{"subnet":"10.9.0.0/24","type":"host-local"},"name":"blue","type":"bridge"}""",
            _node.Plugins.Stdin(0)
        );
        Assert.Equal(
            """{"capabilities":{"portMappings":true},"cniVersion":"0.4.0","name":"blue","prevResult":{"cniVersion":"0.4.0","ips":[{"version":"4","address":"10.9.0.2/24"}],"dns":{}},"runtimeConfig":{"portMappings":[{"containerPort":80,"hostPort":8080,"protocol":"tcp"}]},"type":"portmap"}""",
            _node.Plugins.Stdin(1)
        );
    }

    [Theory]
    [InlineData("""{"mac":true,"ips":true}""", """{"ips":["10.0.0.1/24"],"mac":"m"}""")]
    [InlineData("""{"mac":true,"ips":false}""", """{"mac":"m"}""")]
    [InlineData("""{"mac":true,"bandwidth":true}""", """{"mac":"m"}""")]
    [InlineData("""{"bandwidth":true}""", """{"old":1}""")]
    [InlineData("""{"ips":false}""", """{"old":1}""")]
    [InlineData("{}", """{"old":1}""")]
    public async Task Runtime_config_is_replaced_by_what_is_declared_and_offered_or_left_alone(
        string declared,
        string expected
    )
    {
        var network = NetworkConfiguration.ParseConf(
            Json.Bytes($$$"""{"type":"a","name":"blue","capabilities":{{{declared}}},"runtimeConfig":{"old":1}}""")
        );

        await _node.AddAsync(
            network,
            Node.Attachment("net1", ("mac", "\"m\""), ("ips", """["10.0.0.1/24"]"""), ("portMappings", "[]"))
        );

        Assert.Equal(expected, _node.Plugins.Member(0, "runtimeConfig"));
    }

    [Fact]
    public async Task No_runtime_config_appears_where_nothing_matches()
    {
        var network = NetworkConfiguration.ParseConf(
            Json.Bytes("""{"type":"a","name":"blue","capabilities":{"mac":true}}""")
        );

        await _node.AddAsync(network);

        Assert.Null(_node.Plugins.Member(0, "runtimeConfig"));
    }

    [Fact]
    public async Task An_empty_version_is_handed_on_as_it_is()
    {
        await _node.AddAsync(NetworkConfiguration.ParseConf(Json.Bytes("""{"type":"a","name":"blue"}""")));

        Assert.Equal("""{"cniVersion":"","name":"blue","type":"a"}""", _node.Plugins.Stdin(0));
    }

    [Fact]
    public async Task Own_members_pass_through_with_all_their_digits()
    {
        await _node.AddAsync(
            NetworkConfiguration.ParseConf(
                Json.Bytes("""{"type":"a","name":"blue","x":{"b":12345678901234567890,"a":1.10},"s":"<&>"}""")
            )
        );

        Assert.Equal(
            """{"cniVersion":"","name":"blue","s":"\u003c\u0026\u003e","type":"a","x":{"a":1.10,"b":12345678901234567890}}""",
            _node.Plugins.Stdin(0)
        );
    }

    [Fact]
    public async Task The_environment_has_the_six_variables_in_one_order()
    {
        await _node.AddAsync(Node.Conf());

        var call = Assert.Single(_node.Plugins.Calls);
        Assert.Equal(
            [
                new("CNI_COMMAND", "ADD"),
                new("CNI_CONTAINERID", "c1"),
                new("CNI_NETNS", "/run/netns/p"),
                new("CNI_ARGS", "IgnoreUnknown=1;K8S_POD_NAME=p"),
                new("CNI_IFNAME", "net1"),
                new("CNI_PATH", "/opt/cni/bin:/usr/lib/cni"),
            ],
            call.Environment.AsEnumerable()
        );
        Assert.Equal(("a", CniCommand.Add, "blue"), (call.PluginType, call.Command, call.Network));
        Assert.Equal(["/opt/cni/bin", "/usr/lib/cni"], call.PluginPath.AsEnumerable());
    }

    [Fact]
    public async Task Status_has_the_variables_of_an_attachment_but_empty()
    {
        await _node.StatusAsync(Node.Conf("1.1.0"));

        Assert.Equal(
            [
                new("CNI_COMMAND", "STATUS"),
                new("CNI_CONTAINERID", ""),
                new("CNI_NETNS", ""),
                new("CNI_ARGS", ""),
                new("CNI_IFNAME", ""),
                new("CNI_PATH", "/opt/cni/bin"),
            ],
            Assert.Single(_node.Plugins.Calls).Environment.AsEnumerable()
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Check_and_delete_send_the_same_plugin_objects_as_add(bool isList)
    {
        const string plugin =
            """{"type":"a","ipam":{"type":"host-local","ranges":[[{"subnet":"10.0.0.0/24"}]],"n":12345678901234567890},"own":{"deep":[1,{"x":null}]}}""";
        var network = NetworkConfiguration
            .Parse(Json.Bytes(isList ? $$"""{"plugins":[{{plugin}}]}""" : plugin))
            .WithDefaultName("blue")
            .WithDefaultVersion(CniVersion.V040);

        await _node.AddAsync(network);
        await _node.CheckAsync(NetworkConfiguration.Parse(network.Bytes));
        await _node.DeleteAsync(NetworkConfiguration.Parse(network.Bytes));

        var added = _node.Plugins.Stdin(0);
        Assert.Equal(["ADD a", "CHECK a", "DEL a"], _node.Plugins.Order);
        Assert.Equal(_node.Plugins.Stdin(1), _node.Plugins.Stdin(2));
        Assert.Equal(
            added,
            _node
                .Plugins.Stdin(2)
                .Replace(""","prevResult":{"cniVersion":"0.4.0","dns":{}}""", "", StringComparison.Ordinal)
        );
    }
}
