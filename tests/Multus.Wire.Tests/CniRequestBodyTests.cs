namespace Multus.Wire.Tests;

public sealed class CniRequestBodyTests
{
    // spec/wire-and-daemon.md §3.1
    private static readonly string Recorded = """
        {"env":{"CNI_COMMAND":"ADD","CNI_CONTAINERID":"c1","CNI_NETNS":"/var/run/netns/n1","CNI_IFNAME":"eth0",
        "CNI_ARGS":"IgnoreUnknown=1;K8S_POD_NAMESPACE=ns1;K8S_POD_NAME=p1;K8S_POD_UID=u1"},
        "config":"eyJuYW1lIjoibiJ9",
        "interfaceAttributes":{"ips":["10.0.0.9/24"],"mac":"02:00:00:00:00:09","cni-args":{"k":"v"}}}
        """.ReplaceLineEndings("");

    [Fact]
    public void The_recorded_body_of_a_hot_plug_client_is_read()
    {
        var body = CniRequestBody.Parse(Bytes.Of(Recorded));

        Assert.Equal(
            ["CNI_COMMAND", "CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME", "CNI_ARGS"],
            body.Env.Select(v => v.Key)
        );
        Assert.Equal("IgnoreUnknown=1;K8S_POD_NAMESPACE=ns1;K8S_POD_NAME=p1;K8S_POD_UID=u1", body.Variable("CNI_ARGS"));
        Assert.Equal("""{"name":"n"}""", Bytes.Text(body.Config));
        Assert.Equal("10.0.0.9/24", Assert.Single(body.InterfaceAttributes!.Ips));
        Assert.Equal("02:00:00:00:00:09", body.InterfaceAttributes.Mac);
        Assert.Equal("""{"k":"v"}""", body.InterfaceAttributes.CniArgs!.Value.GetRawText());
    }

    [Fact]
    public void What_was_read_is_written_byte_for_byte_the_same()
    {
        Assert.Equal(Recorded, Bytes.Text(CniRequestBody.Parse(Bytes.Of(Recorded)).ToJson()));
    }

    [Fact]
    public void Empty_config_and_attributes_are_left_out()
    {
        Assert.Equal("""{"env":{"A":"1"}}""", Bytes.Text(new CniRequestBody([new("A", "1")], default).ToJson()));
    }

    [Fact]
    public void Attributes_without_addresses_still_carry_cni_args()
    {
        var body = new CniRequestBody([], default, new InterfaceAttributes([], null, null));

        Assert.Equal("""{"env":{},"interfaceAttributes":{"cni-args":null}}""", Bytes.Text(body.ToJson()));
    }

    [Fact]
    public void Characters_are_escaped_as_upstream_escapes_them()
    {
        var body = new CniRequestBody([new("A", "<&>\"\\\n\u2028é+'")], default);

        Assert.Equal("""{"env":{"A":"\u003c\u0026\u003e\"\\\n\u2028é+'"}}""", Bytes.Text(body.ToJson()));
    }

    [Fact]
    public void Members_are_found_whatever_their_case()
    {
        var body = CniRequestBody.Parse(
            Bytes.Of("""{"ENV":{"a":"1"},"Config":"e30=","InterfaceAttributes":{"IPS":["x"]}}""")
        );

        Assert.Equal("1", body.Variable("a"));
        Assert.Equal("{}", Bytes.Text(body.Config));
        Assert.Equal("x", Assert.Single(body.InterfaceAttributes!.Ips));
    }

    [Fact]
    public void Names_of_variables_are_told_apart_by_case()
    {
        var body = CniRequestBody.Parse(Bytes.Of("""{"env":{"a":"1","A":"2"}}"""));

        Assert.Equal(("1", "2"), (body.Variable("a"), body.Variable("A")));
    }

    [Fact]
    public void The_last_of_several_variables_of_a_name_wins()
    {
        var body = CniRequestBody.Parse(Bytes.Of("""{"env":{"a":"1","b":"2","a":"3"}}"""));

        Assert.Equal(["a=3", "b=2"], body.Env.Select(v => $"{v.Key}={v.Value}"));
    }

    [Fact]
    public void A_variable_that_was_not_sent_differs_from_an_empty_one()
    {
        var body = CniRequestBody.Parse(Bytes.Of("""{"env":{"CNI_NETNS":"","CNI_ARGS":null}}"""));

        Assert.Equal(
            ("", "", null),
            (body.Variable("CNI_NETNS"), body.Variable("CNI_ARGS"), body.Variable("CNI_IFNAME"))
        );
    }

    [Fact]
    public void Unknown_members_are_ignored_and_null_is_absent()
    {
        var body = CniRequestBody.Parse(
            Bytes.Of("""{"new":[{}],"env":null,"config":null,"interfaceAttributes":null}""")
        );

        Assert.Empty(body.Env);
        Assert.True(body.Config.IsEmpty);
        Assert.Null(body.InterfaceAttributes);
    }

    [Theory]
    [InlineData("", "the request")]
    [InlineData("{bad", "the request")]
    [InlineData("null", "the request is null")]
    [InlineData("[]", "the request is an array")]
    [InlineData("{} {}", "the request")]
    [InlineData("""{"env":[]}""", "\"env\" is an array")]
    [InlineData("""{"env":{"A":1}}""", "\"env.A\" is a number")]
    [InlineData("""{"env":{"A":"\ud800"}}""", "the request")]
    [InlineData("""{"config":{}}""", "\"config\" is an object")]
    [InlineData("""{"config":"***"}""", "\"config\" is not base64")]
    [InlineData("""{"interfaceAttributes":"x"}""", "\"interfaceAttributes\" is a string")]
    [InlineData("""{"interfaceAttributes":{"ips":"x"}}""", "\"interfaceAttributes.ips\" is a string")]
    [InlineData("""{"interfaceAttributes":{"ips":[true]}}""", "\"interfaceAttributes.ips[]\" is a boolean")]
    [InlineData("""{"interfaceAttributes":{"mac":7}}""", "\"interfaceAttributes.mac\" is a number")]
    [InlineData("""{"interfaceAttributes":{"cni-args":[]}}""", "\"interfaceAttributes.cni-args\" is an array")]
    public void What_is_wrong_is_named(string json, string expected)
    {
        var wrong = Assert.Throws<WireFormatException>(() => CniRequestBody.Parse(Bytes.Of(json)));

        Assert.StartsWith(expected, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_body_cut_off_anywhere_is_refused()
    {
        var whole = Bytes.Of(Recorded);
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<WireFormatException>(() => CniRequestBody.Parse(whole[..length]));
    }

    [Fact]
    public void A_body_with_any_byte_overwritten_is_read_or_refused_but_never_crashes()
    {
        var whole = Bytes.Of(Recorded).ToArray();
        var refused = 0;
        for (var at = 0; at < whole.Length; at++)
        {
            foreach (var other in "\0\"{[\\\u007f"u8.ToArray().Append((byte)0xff))
            {
                var damaged = (byte[])whole.Clone();
                damaged[at] = other;
                if (Record.Exception(() => CniRequestBody.Parse(damaged)) is { } error)
                {
                    Assert.IsType<WireFormatException>(error);
                    refused++;
                }
            }
        }

        Assert.True(refused > whole.Length); // most bytes cannot be any of the seven
    }

    [Fact]
    public void Nesting_without_end_is_refused()
    {
        var bomb = "{\"interfaceAttributes\":" + string.Concat(Enumerable.Repeat("{\"cni-args\":", 10_000));

        Assert.Throws<WireFormatException>(() => CniRequestBody.Parse(Bytes.Of(bomb)));
    }

    [Fact]
    public void A_body_above_the_limit_is_refused_before_it_is_parsed()
    {
        var wrong = Assert.Throws<WireFormatException>(() =>
            CniRequestBody.Parse(new byte[WireLimits.MaxRequestBytes + 1])
        );

        Assert.Contains("at most", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cni_args_outlive_the_bytes_they_were_read_from()
    {
        var bytes = Bytes.Of(Recorded).ToArray();
        var body = CniRequestBody.Parse(bytes);
        Array.Clear(bytes);

        Assert.Equal("v", body.InterfaceAttributes!.CniArgs!.Value.GetProperty("k").GetString());
    }
}
