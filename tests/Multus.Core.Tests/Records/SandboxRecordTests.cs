using System.Collections.Immutable;
using System.Text;
using Multus.Cni;
using Multus.Core.Planning;
using Multus.Core.Pods;
using Multus.Core.Records;

namespace Multus.Core.Tests.Records;

public sealed class SandboxRecordTests
{
    [Fact]
    public void What_was_written_comes_back_as_it_was()
    {
        var plan = RichPlan();

        var read = SandboxRecord.Read(SandboxRecord.Write(plan), Context());

        Assert.Equal(
            (plan.Sandbox, plan.NetNs, plan.Pod, plan.Version),
            (read.Sandbox, read.NetNs, read.Pod, read.Version)
        );
        Assert.Equal(plan.Attachments.Select(Flat), read.Attachments.Select(Flat));
    }

    [Fact]
    public void A_record_knows_whether_it_is_all_of_a_sandbox_or_what_is_left_of_it()
    {
        var plan = RichPlan();

        Assert.False(SandboxRecord.Read(SandboxRecord.Write(plan), Context()).IsLeftover);
        Assert.True(SandboxRecord.Read(SandboxRecord.Write(plan with { IsLeftover = true }), Context()).IsLeftover);
    }

    [Fact]
    public void A_record_knows_the_namespace_from_another_at_the_same_path()
    {
        var plan = RichPlan();

        Assert.Null(SandboxRecord.Read(SandboxRecord.Write(plan), Context()).NetNsIdentity);
        Assert.Equal(
            "4711",
            SandboxRecord.Read(SandboxRecord.Write(plan with { NetNsIdentity = "4711" }), Context()).NetNsIdentity
        );
    }

    [Fact]
    public void A_record_knows_the_inode_of_the_namespace_the_start_of_the_machine_and_how_the_runtime_asks_for_it()
    {
        var plan = RichPlan() with { NetNsInode = 4026532281, Boot = "b7f5", RuntimeIfName = "eth0" };
        plan = plan with { Attachments = plan.Attachments.SetItem(0, plan.Attachments[0] with { Begun = 1 }) };

        var read = SandboxRecord.Read(SandboxRecord.Write(plan), Context());

        Assert.Equal((4026532281UL, "b7f5", "eth0"), (read.NetNsInode, read.Boot, read.RuntimeIfName));
        Assert.Equal(
            plan.Attachments.Select(attachment => attachment.Begun),
            read.Attachments.Select(attachment => attachment.Begun)
        );
    }

    [Fact]
    public void What_an_add_before_has_left_stands_behind_what_is_attached_and_is_the_sandbox_s_own_when_nothing_else_is()
    {
        var rich = RichPlan();
        var plan = rich with { Attachments = rich.Attachments[..1], Stuck = rich.Attachments[1..] };

        var both = SandboxRecord.Read(SandboxRecord.Write(plan), Context());
        var left = SandboxRecord.Read(SandboxRecord.Write(plan with { Attachments = [] }), Context());

        Assert.Equal(
            (1, rich.Attachments.Length - 1, false),
            (both.Attachments.Length, both.Stuck.Length, both.IsLeftover)
        );
        Assert.Equal(
            (rich.Attachments.Length - 1, 0, true),
            (left.Attachments.Length, left.Stuck.Length, left.IsLeftover)
        );
    }

    [Fact]
    public void What_was_read_is_written_again_byte_for_byte()
    {
        var record = SandboxRecord.Write(RichPlan());

        Assert.Equal(
            Encoding.UTF8.GetString(record),
            Encoding.UTF8.GetString(SandboxRecord.Write(SandboxRecord.Read(record, Context())))
        );
    }

    [Theory]
    [InlineData("a,b", "-- -- --")]
    [InlineData("""[{"name":"a","default-route":["10.0.0.1"]},{"name":"b"}]""", "4- -- 4-")]
    [InlineData("""[{"name":"a","default-route":["fd00::1"]},{"name":"b"}]""", "-6 -- -6")]
    [InlineData("""[{"name":"a","default-route":["10.0.0.1"]},{"name":"b","default-route":["fd00::1"]}]""", "46 -6 4-")]
    [InlineData("""[{"name":"a","default-route":["10.0.0.1","fd00::1"]},{"name":"b"}]""", "46 -- 46")]
    [InlineData("""[{"name":"a","default-route":[]},{"name":"b"}]""", "46 -- 46")]
    public void Upstreams_flags_say_from_which_networks_a_default_route_is_taken(string networks, string flags)
    {
        var plan = Samples.Plan(
            Samples.Request(),
            Samples.Pod(networks),
            Samples.Nad("test", "a", Samples.BridgeConf),
            Samples.Nad("test", "b", Samples.MacvlanConf)
        );

        using var record = System.Text.Json.JsonDocument.Parse(SandboxRecord.Write(plan));

        Assert.Equal(
            flags,
            string.Join(
                ' ',
                record
                    .RootElement.EnumerateArray()
                    .Select(element =>
                        $"{(element.GetProperty("IsFilterV4Gateway").GetBoolean() ? '4' : '-')}{(element.GetProperty("IsFilterV6Gateway").GetBoolean() ? '6' : '-')}"
                    )
            )
        );
    }

    [Fact]
    public void Our_record_needs_nothing_of_the_caller()
    {
        var plan = RichPlan();
        var bare = new RecordContext(SandboxId.Parse("c1"), null, "", PodIdentity.None, []);

        Assert.Equal(
            plan.Attachments.Select(Flat),
            SandboxRecord.Read(SandboxRecord.Write(plan), bare).Attachments.Select(Flat)
        );
    }

    [Fact]
    public void Plugins_that_have_moved_since_are_found_behind_the_folders_of_the_record()
    {
        var read = SandboxRecord.Read(
            SandboxRecord.Write(RichPlan()),
            Context() with
            {
                PluginPath = ["/usr/lib/cni", "/new/bin"],
            }
        );

        Assert.Equal(
            ["/opt/cni/bin", "/usr/lib/cni", "/new/bin"],
            read.Attachments[0].Parameters.PluginPath.AsEnumerable()
        );
    }

    [Fact]
    public void The_file_has_upstreams_keys_in_upstreams_order_and_ours_behind_them()
    {
        var pod = Samples.Pod(
            """[{"name":"n","interface":"north","ips":["10.0.0.9/24"],"mac":"02:00:00:00:00:09","deviceID":"0000:03:02.0"}]"""
        );
        var plan = Samples.Plan(
            Samples.Request(),
            pod,
            Samples.Nad(
                "test",
                "n",
                """{"cniVersion":"0.3.1","name":"n","type":"bridge","bridge":"b<r>0","ipam":{"type":"host-local","subnet":"10.0.0.0/24"}}"""
            )
        );

        var expected = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Records", "record.golden.json"))
            .TrimEnd();

        Assert.Equal(expected, Encoding.UTF8.GetString(SandboxRecord.Write(plan)));
    }

    [Fact]
    public void A_record_that_was_cut_off_anywhere_is_refused()
    {
        var record = SandboxRecord.Write(RichPlan());

        for (var length = 0; length < record.Length; length++)
            Assert.Throws<RecordFormatException>(() => SandboxRecord.Read(record.AsMemory(0, length), Context()));
    }

    [Fact]
    public void Any_damage_to_a_record_is_refused_or_harmless()
    {
        var record = SandboxRecord.Write(RichPlan());
        var random = new Random(1);
        for (var run = 0; run < 3_000; run++)
        {
            var damaged = record.ToArray();
            for (var i = random.Next(1, 4); i > 0; i--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            RequireRefusedOrRead(damaged);
        }
    }

    [Theory]
    [InlineData("", "damaged")]
    [InlineData("garbage", "damaged")]
    [InlineData("null", "null")]
    [InlineData("{}", "an object")]
    [InlineData("[null]", "delegate 0 is null")]
    [InlineData("[[]]", "delegate 0 is an array")]
    [InlineData("[{}]", "configuration is not known")]
    [InlineData("[{\"Attachment\":{}}]", "formatVersion")]
    [InlineData("[{\"Attachment\":{\"formatVersion\":2}}]", "format version 2")]
    [InlineData("[{\"Attachment\":7}]", "'Attachment' is a number")]
    [InlineData("[{\"Attachment\":{\"formatVersion\":1,\"containerID\":\"c2\"}}]", "that of sandbox c2")]
    [InlineData(
        "[{\"Attachment\":{\"formatVersion\":1,\"containerID\":\"c1\",\"ifName\":\"eth0\",\"cniVersion\":\"1.0.0\"}}]",
        "'Bytes' is missing"
    )]
    public void What_is_no_record_is_refused_with_the_reason(string json, string shown)
    {
        var refused = Assert.Throws<RecordFormatException>(() => SandboxRecord.Read(Samples.Bytes(json), Context()));

        Assert.Contains("sandbox c1", refused.Message, StringComparison.Ordinal);
        Assert.Contains(shown, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_array_is_an_empty_plan()
    {
        var plan = SandboxRecord.Read("[]"u8.ToArray(), Context());

        Assert.Empty(plan.Attachments);
        Assert.Equal((SandboxId.Parse("c1"), "/var/run/netns/n1"), (plan.Sandbox, plan.NetNs));
    }

    internal static RecordContext Context() =>
        new(
            SandboxId.Parse("c1"),
            "/var/run/netns/n1",
            "eth0",
            new PodIdentity("test", "samplepod", "", "u1"),
            Samples.PluginPath
        );

    internal static string Flat(PlannedAttachment a) =>
        string.Join(
            '\n',
            a.Index,
            a.DisplayName,
            a.IsMaster,
            a.Configuration.IsList,
            Encoding.UTF8.GetString(a.Configuration.Bytes.Span),
            a.Configuration.Types,
            a.Parameters.Sandbox,
            a.Parameters.NetNs,
            a.Parameters.IfName,
            Samples.Args(a.Parameters.Args),
            Samples.Args(a.AddParameters.Args),
            Samples.Capabilities(a),
            Samples.Capabilities(a with { Parameters = a.AddParameters }),
            string.Join(':', a.Parameters.PluginPath),
            Flat(a.Selection)
        );

    private static string Flat(Core.Networks.NetworkSelection? s) =>
        s is null
            ? "-"
            : string.Join(
                '|',
                s.Namespace,
                s.Name,
                s.InterfaceRequest,
                string.Join(',', s.Ips),
                s.Mac,
                s.InfinibandGuid,
                s.Bandwidth?.GetRawText(),
                s.PortMappings?.GetRawText(),
                s.DeviceId,
                s.CniArgs?.GetRawText(),
                s.DefaultRoute is { } gateways ? string.Join(',', gateways) : "none"
            );

    private static AttachmentPlan RichPlan()
    {
        var pod = Samples.Pod(
            """
            [{"name":"macvlan-conf"},{"name":"chain","interface":"north","ips":["10.0.0.9/24","fd00::9"],"mac":"02:00:00:00:00:09","infiniband-guid":"02:00:5e:10:00:00:00:01",
            "bandwidth":{ "ingressRate": 9007199254740993 },"portMappings":[{"hostPort":80,"containerPort":8080}],"deviceID":"0000:03:02.0","cni-args":{"k":"ü<>&"}}]
            """
        );
        var c = Samples.Configuration(
            ""","runtimeConfig":{"portMappings":[{"hostPort":1}],"dns":{"servers":["10.0.0.10"]}}"""
        );
        return Samples.Plan(
            Samples.Request(c),
            pod,
            Samples.Nad("test", "macvlan-conf", Samples.MacvlanConf),
            Samples.Nad(
                "test",
                "chain",
                """{"name":"c","disableCheck":true,"plugins":[{"type":"a","n":12345678901234567890},{"type":"b","capabilities":{"mac":true},"dns":{"nameservers":["1.1.1.1"]}}]}"""
            )
        );
    }

    /// <summary>
    /// Every value of a record in turn replaced by one of another type: typed damage that bytes rarely hit.
    /// </summary>
    [Theory]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("[[7]]")]
    [InlineData("\"\"")]
    public void A_value_of_another_type_anywhere_is_refused_or_harmless(string other)
    {
        var record = Samples.Json(Encoding.UTF8.GetString(SandboxRecord.Write(RichPlan())));
        var count = 0;
        Rewrite(record, -1, other, ref count);
        for (var target = 0; target < count; target++)
        {
            var seen = 0;
            RequireRefusedOrRead(Samples.Bytes(Rewrite(record, target, other, ref seen)));
        }
    }

    private static string Rewrite(System.Text.Json.JsonElement value, int target, string other, ref int seen)
    {
        if (seen++ == target)
            return other;
        var parts = new List<string>();
        switch (value.ValueKind)
        {
            case System.Text.Json.JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                    parts.Add(Rewrite(item, target, other, ref seen));
                return $"[{string.Join(',', parts)}]";
            case System.Text.Json.JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                    parts.Add($"\"{member.Name}\":{Rewrite(member.Value, target, other, ref seen)}");
                return $"{{{string.Join(',', parts)}}}";
            default:
                return value.GetRawText();
        }
    }

    private static void RequireRefusedOrRead(byte[] damaged)
    {
        try
        {
            Assert.NotNull(SandboxRecord.Read(damaged, Context()));
        }
        catch (RecordFormatException)
        {
            // refused, which is as good
        }
    }
}
