using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Core.Configuration;
using Multus.Engine.Requests;
using Multus.Engine.State;
using Multus.Wire;

namespace Multus.Engine.Tests.Requests;

public class RequestMappingTests
{
    private const string Config =
        """{"cniVersion":"0.4.0","name":"multus-cni-network","type":"multus-shim","clusterNetwork":"/request","binDir":"/request/bin"}""";

    [Fact]
    public void An_add_carries_all_that_its_variables_say()
    {
        var attach = Assert.IsType<CniRequest.Attach>(Map(Config, Variables("ADD")));

        Assert.Equal("c1", attach.Request.Sandbox.Value);
        Assert.Equal("/run/netns/n1", attach.Request.NetNs);
        Assert.Equal("eth0", attach.Request.IfName.Value);
        Assert.Equal(
            ("ns1", "p1", "u1"),
            (attach.Request.Pod.Namespace, attach.Request.Pod.Name, attach.Request.Pod.Uid)
        );
    }

    [Fact]
    public void What_the_arguments_say_beside_the_pod_goes_along_in_its_order()
    {
        IEnumerable<KeyValuePair<string, string>> variables =
        [
            .. Variables("ADD").Where(v => v.Key != "CNI_ARGS"),
            new(
                "CNI_ARGS",
                "IgnoreUnknown=1;K8S_POD_NAMESPACE=ns1;K8S_POD_NAME=p1;IP=10.244.0.77;K8S_POD_UID=u1;NERDCTL_CNI_DHCP_HOSTNAME=q"
            ),
        ];

        var attach = Assert.IsType<CniRequest.Attach>(Map(Config, variables));

        Assert.Equal("IP=10.244.0.77;NERDCTL_CNI_DHCP_HOSTNAME=q", CniArgs.Format(attach.Request.ClusterArgs));
    }

    [Fact]
    public void The_daemon_s_keys_win_over_the_request_s()
    {
        var attach = Assert.IsType<CniRequest.Attach>(
            Map(Config, Variables("ADD"), """{"manifestDir":"/m","clusterNetwork":"/daemon"}""")
        );

        Assert.Equal("/daemon", attach.Request.Configuration.ClusterNetwork);
        Assert.Equal("/request/bin", attach.Request.Configuration.BinDir);
    }

    [Fact]
    public void Plugins_are_looked_for_in_binDir_and_then_where_the_runtime_says()
    {
        var attach = Assert.IsType<CniRequest.Attach>(
            Map(Config, [.. Variables("ADD"), new("CNI_PATH", "/opt/a:/request/bin:relative::/opt/b")])
        );

        Assert.Equal(["/request/bin", "/opt/a", "/opt/b"], attach.Request.PluginPath.Take(3));
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("True", true)]
    [InlineData("0", false)]
    [InlineData("", false)]
    public void The_node_s_own_namespace_is_meant_only_where_a_variable_says_so(string value, bool expected)
    {
        var attach = Assert.IsType<CniRequest.Attach>(
            Map(Config, [.. Variables("ADD"), new("CNI_NETNS_OVERRIDE", value)])
        );

        Assert.Equal(expected, attach.Request.MayBeOwnNamespace);
    }

    public static TheoryData<string, string> WrongVariables =>
        new()
        {
            { "CNI_CONTAINERID", "pending" },
            { "CNI_CONTAINERID", "networks" },
            { "CNI_CONTAINERID", "results" },
            { "CNI_CONTAINERID", "status" },
            { "CNI_CONTAINERID", new string('c', 253) },
            { "CNI_ARGS", "K8S_POD_NAMESPACE=ns1;K8S_POD_NAME=a=b" },
            { "CNI_ARGS", "a" },
            { "CNI_NETNS", "/run/netns/a\0b" },
        };

    [Theory]
    [MemberData(nameof(WrongVariables))]
    public void A_name_that_no_file_can_have_and_a_variable_that_no_plugin_can_get_are_refused_with_code_4_and_a_DEL_is_never_stored(
        string name,
        string value
    )
    {
        var add = Assert.Throws<CniException>(() =>
            Map(Config, [.. Variables("ADD").Where(v => v.Key != name), new(name, value)])
        );
        var delete = Assert.Throws<WrongRequestException>(() =>
            Map(Config, [.. Variables("DEL").Where(v => v.Key != name), new(name, value)])
        );

        Assert.Equal(
            (CniErrorCode.InvalidEnvironment, CniErrorCode.InvalidEnvironment),
            (add.Error.Code, delete.Error.Code)
        );
    }

    [Fact]
    public void The_names_of_our_own_folders_are_no_container_IDs() =>
        Assert.Equal(
            new[] { "results", Multus.Wire.PendingDelete.FolderName, "status", "networks" }.Order(
                StringComparer.Ordinal
            ),
            SandboxId.Reserved.Order(StringComparer.Ordinal)
        );

    [Theory]
    [InlineData("IgnoreUnknown=perhaps")]
    [InlineData("IP=nowhere")]
    [InlineData("UNKNOWN=1")]
    public void A_delete_asks_of_its_arguments_only_who_the_pod_was(string more)
    {
        var detach = Assert.IsType<CniRequest.Detach>(
            Map(
                Config,
                [
                    .. Variables("DEL").Where(v => v.Key != "CNI_ARGS"),
                    new("CNI_ARGS", $"{more};K8S_POD_NAMESPACE=ns1;K8S_POD_NAME=p1"),
                ]
            )
        );

        Assert.Equal("p1", detach.Request.Pod.Name);
    }

    [Fact]
    public void A_delete_without_namespace_is_a_delete()
    {
        var detach = Assert.IsType<CniRequest.Detach>(Map(Config, Variables("DEL").Where(v => v.Key != "CNI_NETNS")));

        Assert.Null(detach.Request.NetNs);
    }

    [Fact]
    public void Status_needs_no_variable_but_its_verb() =>
        Assert.IsType<CniRequest.GetStatus>(Map(Config, [new("CNI_COMMAND", "STATUS")]));

    [Theory]
    [InlineData("ADD")]
    [InlineData("CHECK")]
    [InlineData("STATUS")]
    [InlineData("GC")]
    public void A_request_of_Multus_own_delegate_is_refused(string verb)
    {
        var refused = Assert.Throws<CniException>(() =>
            Map(Config, [.. Variables(verb), new(Delegation.MarkerVariable, "1.2:/cni")])
        );

        Assert.Equal(CniErrorCode.InvalidNetworkConfig, refused.Error.Code);
        Assert.Equal(
            $"{verb} comes from a delegate of Multus: a network must not delegate to Multus again, under any name",
            refused.Error.Message
        );
    }

    [Fact]
    public void A_delete_of_Multus_own_delegate_is_done_for_nothing_was_attached() =>
        Assert.IsType<CniRequest.DeleteOfDelegate>(
            Map(Config, [.. Variables("DEL"), new(Delegation.MarkerVariable, "1.2:/cni")])
        );

    [Fact]
    public void A_collection_carries_the_runtime_s_list()
    {
        var listed = Config.Replace(
            "{\"cniVersion\":\"0.4.0\"",
            """{"cniVersion":"1.1.0","cni.dev/valid-attachments":[{"containerID":"c1","ifname":"eth0"}]""",
            StringComparison.Ordinal
        );

        var collect = Assert.IsType<CniRequest.CollectGarbage>(Map(listed, [new("CNI_COMMAND", "GC")]));

        Assert.Equal(new ValidAttachment("c1", "eth0"), Assert.Single(collect.Valid));
    }

    [Theory]
    [InlineData("")]
    [InlineData(""", "cni.dev/valid-attachments":null""")]
    [InlineData(""", "cni.dev/valid-attachments":[{"containerID":"c1"}]""")]
    public void A_collection_without_a_whole_list_is_refused_for_everything_would_be_garbage(string list)
    {
        var refused = Assert.Throws<CniException>(() => Map(Config[..^1] + list + "}", [new("CNI_COMMAND", "GC")]));

        Assert.Contains("cni.dev/valid-attachments", refused.Error.Message);
    }

    [Theory]
    [InlineData("CNI_COMMAND", CniErrorCode.InvalidEnvironment, "missing CNI_COMMAND")]
    [InlineData("CNI_CONTAINERID", CniErrorCode.InvalidEnvironment, "missing CNI_CONTAINERID")]
    public void A_missing_variable_is_named(string missing, uint code, string text)
    {
        var refused = Assert.Throws<CniException>(() => Map(Config, Variables("ADD").Where(v => v.Key != missing)));

        Assert.Equal(code, refused.Error.Code);
        Assert.Contains(text, refused.Error.Message);
    }

    [Theory]
    [InlineData("FOO")]
    [InlineData("VERSION")]
    public void A_verb_that_the_daemon_does_not_do_is_named(string verb) =>
        Assert.Contains(
            $"unknown cmd type: {verb}",
            Assert.Throws<CniException>(() => Map(Config, Variables(verb))).Error.Message
        );

    [Theory]
    [InlineData("")]
    [InlineData("{bad")]
    [InlineData("null")]
    public void A_body_that_is_no_request_is_refused_with_the_decode_code(string body)
    {
        var refused = Assert.Throws<CniException>(() => RequestMapping.Parse(Encoding.UTF8.GetBytes(body)));

        Assert.Equal(CniErrorCode.Decode, refused.Error.Code);
    }

    [Fact]
    public void A_configuration_that_is_null_is_refused() =>
        Assert.Throws<CniException>(() => Map("null", Variables("ADD")));

    [Fact]
    public void A_hot_plug_takes_its_settings_from_the_daemon_and_its_network_from_the_body()
    {
        var body = new CniRequestBody(
            [.. Variables("ADD")],
            """{"cniVersion":"0.4.0","name":"extra","type":"bridge"}"""u8.ToArray(),
            new InterfaceAttributes(["10.0.0.9/24"], "02:00:00:00:00:09", null)
        );
        var plug = Assert.IsType<CniRequest.Plug>(
            new InterfaceRequestMapping(
                Mapping("""{"manifestDir":"/m","binDir":"/daemon/bin","cniDir":"/daemon/cni"}""")
            ).Map(body, CancellationToken.None)
        );

        Assert.Equal("/daemon/bin", plug.Request.Configuration.BinDir);
        Assert.Equal("/daemon/cni", plug.Request.Configuration.CniDir);
        Assert.Equal(("extra", "0.4.0"), (plug.Interface.Network.Name, plug.Interface.Network.CniVersionText));
        Assert.Equal("10.0.0.9/24", Assert.Single(plug.Interface.Ips));
        Assert.Equal("02:00:00:00:00:09", plug.Interface.Mac);
    }

    [Theory]
    [InlineData("DEL", typeof(CniRequest.Unplug))]
    [InlineData("CHECK", typeof(CniRequest.CheckInterface))]
    [InlineData("STATUS", typeof(CniRequest.GetNetworkStatus))]
    public void The_other_verbs_of_a_hot_plug_take_a_list_as_well(string verb, Type command) =>
        Assert.IsType(
            command,
            MapDelegate(
                """{"cniVersion":"1.0.0","name":"extra","plugins":[{"type":"bridge"},{"type":"tuning"}]}""",
                Variables(verb)
            )
        );

    [Theory]
    [InlineData("GC")]
    [InlineData("VERSION")]
    [InlineData("FOO")]
    public void A_verb_that_no_hot_plug_has_is_named(string verb) =>
        Assert.Contains(
            $"unknown cmd type: {verb}",
            Assert.Throws<CniException>(() => MapDelegate("""{"type":"bridge"}""", Variables(verb))).Error.Message
        );

    [Theory]
    [InlineData("", "config")]
    [InlineData("{}", "type")]
    [InlineData("""{"type":7}""", "type")]
    public void A_hot_plug_whose_configuration_is_none_is_refused(string config, string named) =>
        Assert.Contains(named, Assert.Throws<CniException>(() => MapDelegate(config, Variables("ADD"))).Error.Message);

    [Fact]
    public void A_hot_plug_without_a_pod_is_refused() =>
        Assert.Contains(
            "K8S_POD_NAME",
            Assert
                .Throws<CniException>(() =>
                    MapDelegate(
                        """{"name":"extra","type":"bridge"}""",
                        Variables("ADD").Where(v => v.Key != "CNI_ARGS")
                    )
                )
                .Error.Message
        );

    [Fact]
    public void Only_a_delete_can_be_stored()
    {
        var stored = new CniRequestBody([.. Variables("ADD")], Encoding.UTF8.GetBytes(Config)).ToJson();

        Assert.Throws<CniException>(() => StoredDeleteBody.Parse(stored));
    }

    private static CniRequest Map(
        string config,
        IEnumerable<KeyValuePair<string, string>> variables,
        string daemon = """{"manifestDir":"/m"}"""
    ) => Mapping(daemon).Map(Body(config, variables), CancellationToken.None);

    private static CniRequest MapDelegate(string config, IEnumerable<KeyValuePair<string, string>> variables) =>
        new InterfaceRequestMapping(Mapping("""{"manifestDir":"/m"}""")).Map(
            Body(config, variables),
            CancellationToken.None
        );

    // Over the wire and back, as it comes.
    private static CniRequestBody Body(string config, IEnumerable<KeyValuePair<string, string>> variables) =>
        CniRequestBody.Parse(new CniRequestBody([.. variables], Encoding.UTF8.GetBytes(config)).ToJson());

    private static RequestMapping Mapping(string daemon) =>
        new(ConfigurationOverlay.Parse(Encoding.UTF8.GetBytes(daemon)), "/var/lib/cni/multus", NullLogger.Instance);

    private static KeyValuePair<string, string>[] Variables(string verb) =>
        [
            new("CNI_COMMAND", verb),
            new("CNI_CONTAINERID", "c1"),
            new("CNI_NETNS", "/run/netns/n1"),
            new("CNI_IFNAME", "eth0"),
            new("CNI_ARGS", "IgnoreUnknown=1;K8S_POD_NAMESPACE=ns1;K8S_POD_NAME=p1;K8S_POD_UID=u1"),
        ];
}
