using Multus.Cni;
using Multus.Core.Networks;
using Multus.Core.Planning;

namespace Multus.Core.Tests.EdgeCases;

/// <summary>Rows of edge-cases.md D: the networks annotation.</summary>
public sealed class AnnotationEdgeTests
{
    private static readonly NetworkAttachmentDefinition[] Three =
    [
        Samples.Nad("test", "net1", """{"type":"one"}"""),
        Samples.Nad("test", "net2", """{"type":"two"}"""),
        Samples.Nad("test", "net3", """{"type":"three"}"""),
    ];

    [Fact]
    public void Edge_050_exactly_the_named_networks_come_in_their_order_and_no_other_is_looked_up()
    {
        var pod = Samples.Pod("net1,net2");

        Assert.Equal(
            ["test/net1", "test/net2"],
            AttachmentPlanner.Demand(Samples.Configuration(), pod).Definitions.Select(key => key.ToString())
        );
        Assert.Equal(
            ["eth0 cluster cluster", "net1 test/net1 net1", "net2 test/net2 net2"],
            Samples.Attached(Samples.Plan(Samples.Request(), pod, Three))
        );
    }

    [Fact]
    public void Edge_051_an_element_may_name_another_namespace_for_itself_alone()
    {
        var plan = Samples.Plan(
            Samples.Request(),
            Samples.Pod("""[{"name":"net1"},{"name":"net2","namespace":"other"}]"""),
            [.. Three, Samples.Nad("other", "net2", """{"type":"far"}""")]
        );

        Assert.Equal(
            ["test/net1 one", "other/net2 far"],
            plan.Attachments.Skip(1).Select(a => $"{a.DisplayName} {a.Configuration.Types}")
        );
    }

    [Fact]
    public void Edge_052_the_keys_ipRequest_and_macRequest_mean_nothing()
    {
        var selection = Single("""[{"name":"net1","ipRequest":["10.0.0.1"],"macRequest":"02:00:00:00:00:01"}]""");

        Assert.True(selection is { Ips.IsEmpty: true, Mac: null });
    }

    [Theory]
    [InlineData("[adsfasdfadsf")]
    [InlineData("[adsf]")]
    [InlineData("""[{"name":"net1"}] x""")]
    public void Edge_053_an_annotation_that_is_not_json_is_an_error(string annotation) =>
        Refused("failed to parse annotation k8s.v1.cni.cncf.io/networks in JSON format", annotation);

    [Fact]
    public void Edge_054_a_default_route_between_two_plain_elements_is_read_and_changes_no_order()
    {
        var selections = Parse("""[{"name":"net1"},{"name":"net2","default-route":["192.168.2.2"]},{"name":"net3"}]""");

        Assert.Equal(
            ["net1 none", "net2 192.168.2.2", "net3 none"],
            selections.Select(s => $"{s.Name} {(s.DefaultRoute is { } gateways ? string.Join(' ', gateways) : "none")}")
        );
    }

    [Fact]
    public void Edge_055_two_slashes_in_one_element_are_an_error() => Refused("more than one '/'", "a@b/c@d/e@f");

    [Fact]
    public void Edge_056_two_at_signs_behind_the_slash_are_an_error() =>
        Refused("more than one '@' after the namespace", "a@b/c@d@e");

    [Fact]
    public void Edge_057_an_at_sign_in_the_namespace_is_an_error() =>
        Refused("names the namespace \"root@someIP\"", "root@someIP/root@someOtherIP");

    [Fact]
    public void Edge_058_a_blank_inside_an_interface_name_is_an_error() =>
        Refused("\"myIfc Name\", which must be", "default/net1@myIfc Name");

    [Fact]
    public void Edge_059_an_interface_name_that_is_too_long_is_an_error() =>
        Refused("\"very_long_interface_name\", which must be 1 to 15 bytes", "default/net1@very_long_interface_name");

    [Theory]
    [InlineData("net1", "test net1 -")]
    [InlineData("default/net1", "default net1 -")]
    [InlineData("net1@my_interface", "test net1 my_interface")]
    [InlineData("default/net1@my_interface", "default net1 my_interface")]
    public void Edge_060_an_underscore_is_fine_in_an_interface_name(string annotation, string expected) =>
        Assert.Equal(expected, Line(Single(annotation)));

    [Fact]
    public void Edge_061_an_interface_name_may_have_15_bytes_and_no_more()
    {
        Assert.Equal("123456789012345", Single("net1@123456789012345").InterfaceRequest);
        Refused("1234567890123456", "net1@1234567890123456");
        Refused("1 to 15 bytes", "net1@12345678901234é"); // 15 characters, 16 bytes
    }

    [Fact]
    public void Edge_062_blanks_around_every_part_are_no_matter() =>
        Assert.Equal(["test net1 -", "ns net2 if0"], Parse("net1 , ns / net2 @ if0").Select(Line));

    // Upstream's parser lets it pass and the lookup of a network without a name fails: an error either way, here before
    // anything is looked up.
    [Theory]
    [InlineData("net1,")]
    [InlineData("ns/")]
    [InlineData(",")]
    public void Edge_063_an_element_without_a_name_is_refused_at_once_where_upstream_looks_it_up(string annotation) =>
        Refused("names no network", annotation);

    [Fact]
    public void Edge_064_nothing_behind_the_at_sign_asks_for_no_interface_name() =>
        Assert.Equal("test net1 -", Line(Single("net1@")));

    [Theory]
    [InlineData("Bad_Name")]
    [InlineData("-net")]
    [InlineData("net.1")]
    public void Edge_065_a_name_that_no_object_in_a_list_can_have_is_an_error(string name) =>
        Refused($"names the network \"{name}\"", name);

    [Fact]
    public void Edge_066_an_empty_array_asks_for_nothing_and_the_pod_has_its_cluster_network() =>
        Assert.Equal(
            ["eth0 cluster cluster"],
            Samples.Attached(Samples.Plan(Samples.Request(), Samples.Pod("[]"), Three))
        );

    [Theory]
    [InlineData("{}", "is an object, must be an array")]
    [InlineData("\"net1\"", "is a string, must be an array")]
    public void Edge_067_another_document_than_an_array_is_an_error(string annotation, string shown) =>
        Refused(shown, annotation);

    [Theory]
    [InlineData("[null]", "element 0 is null")]
    [InlineData("""[{"name":"net1"},null]""", "element 1 is null")]
    public void Edge_068_an_element_that_is_null_is_a_clean_error_where_upstream_crashes(
        string annotation,
        string shown
    ) => Refused(shown, annotation);

    [Fact]
    public void Edge_069_the_text_null_is_a_network_of_that_name() => Assert.Equal("test null -", Line(Single("null")));

    [Theory]
    [InlineData("""[{"name":"net1","ips":"10.0.0.1"}]""", "'ips' is a string")]
    [InlineData("""[{"name":"net1","portMappings":[{"hostPort":"80"}]}]""", "'hostPort' is a string")]
    [InlineData(
        """[{"name":"net1","bandwidth":{"ingressRate":0.5}}]""",
        "'ingressRate' is a number (0.5), must be a whole number"
    )]
    public void Edge_070_a_value_of_another_type_is_an_error_that_names_it(string annotation, string shown) =>
        Refused(shown, annotation);

    [Theory]
    [InlineData("10.0.0.1/33")]
    [InlineData("")]
    [InlineData("010.1.1.1")]
    public void Edge_071_an_address_that_is_none_is_an_error_that_shows_it(string ip) =>
        Refused($"failed to parse CIDR/IP address \"{ip}\"", $$"""[{"name":"net1","ips":["{{ip}}"]}]""");

    [Theory]
    [InlineData("02-00-00-00-00-01")]
    [InlineData("0200.0000.0001")]
    public void Edge_072_unusual_spellings_of_addresses_are_passed_on_as_they_are(string mac)
    {
        var pod = Samples.Pod($$"""[{"name":"net1","ips":["::ffff:1.2.3.4"],"mac":"{{mac}}"}]""");

        var attachment = Samples.Plan(Samples.Request(), pod, Three).Attachments[1];

        Assert.EndsWith(
            $";MAC={mac};IP=::ffff:1.2.3.4",
            Samples.Args(attachment.AddParameters.Args),
            StringComparison.Ordinal
        );
        Assert.Equal($"ips=[\"::ffff:1.2.3.4\"] mac=\"{mac}\"", Samples.Capabilities(attachment));
    }

    [Fact]
    public void Edge_073_an_infiniband_guid_has_eight_bytes()
    {
        Assert.Equal(
            "24:8a:07:03:00:8d:ae:2e",
            Single("""[{"name":"net1","infiniband-guid":"24:8a:07:03:00:8d:ae:2e"}]""").InfinibandGuid
        );
        Refused("'infiniband-guid' is \"zz\"", """[{"name":"net1","infiniband-guid":"zz"}]""");
    }

    [Fact]
    public void Edge_074_interfaceRequest_alone_is_the_interface_name() =>
        Assert.Equal("test net1 if0", Line(Single("""[{"name":"net1","interfaceRequest":"if0"}]""")));

    [Fact]
    public void Edge_075_a_default_route_that_is_no_address_is_an_error_and_null_is_as_if_it_were_absent()
    {
        Refused("'default-route' has \"bad\"", """[{"name":"net1","default-route":["bad"]}]""");
        Assert.Null(Single("""[{"name":"net1","default-route":null}]""").DefaultRoute);
    }

    // Upstream takes any name here and asks the API server for it, path-like ones too.
    [Theory]
    [InlineData("A_B!")]
    [InlineData("../secrets")]
    public void Edge_076_a_name_that_no_object_can_have_is_refused_in_json_too_where_upstream_looks_it_up(
        string name
    ) => Refused($"'name' is \"{name}\"", $$"""[{"name":"{{name}}"}]""");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    public void Edge_077_without_an_annotation_or_with_an_empty_one_there_is_nothing_to_add(string? annotation) =>
        Assert.Equal(
            ["eth0 cluster cluster"],
            Samples.Attached(Samples.Plan(Samples.Request(), Samples.Pod(annotation), Three))
        );

    private static System.Collections.Immutable.ImmutableArray<NetworkSelection> Parse(string annotation) =>
        NetworkSelectionParser.Parse(annotation, "test");

    private static NetworkSelection Single(string annotation) => Assert.Single(Parse(annotation));

    private static string Line(NetworkSelection s) => $"{s.Namespace} {s.Name} {s.InterfaceRequest ?? "-"}";

    private static void Refused(string shown, string annotation)
    {
        var error = Assert
            .Throws<CniException>(() => AttachmentPlanner.Demand(Samples.Configuration(), Samples.Pod(annotation)))
            .Error;

        Assert.Equal(CniErrorCode.InvalidNetworkConfig, error.Code);
        Assert.Contains(shown, error.Text, StringComparison.Ordinal);
    }
}
