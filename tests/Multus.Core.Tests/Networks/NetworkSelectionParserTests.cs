using Multus.Cni;
using Multus.Core.Networks;

namespace Multus.Core.Tests.Networks;

public sealed class NetworkSelectionParserTests
{
    [Theory]
    [InlineData("net1", "pod net1 -")]
    [InlineData("default/net1", "default net1 -")]
    [InlineData("net1@my_interface", "pod net1 my_interface")]
    [InlineData("default/net1@my_interface", "default net1 my_interface")]
    [InlineData("net1 , ns / net2 @ if0", "pod net1 -|ns net2 if0")]
    [InlineData("net1,net2,net1", "pod net1 -|pod net2 -|pod net1 -")]
    [InlineData("/net1", "pod net1 -")]
    [InlineData("net1@", "pod net1 -")]
    [InlineData("net1@exactly15bytes_", "pod net1 exactly15bytes_")]
    [InlineData("null", "pod null -")]
    [InlineData("[]", "")]
    [InlineData("", "")]
    [InlineData("  ", "")]
    [InlineData(null, "")]
    [InlineData(
        """[{"name":"net1"},{"name":"net2","namespace":"other","interface":"north"}]""",
        "pod net1 -|other net2 north"
    )]
    [InlineData("""[{"NAME":"net1","Interface":"north"}]""", "pod net1 north")]
    [InlineData("""[{"name":"net1","interfaceRequest":"south"}]""", "pod net1 south")]
    [InlineData("""[{"name":"net1","interface":"north","interfaceRequest":"south"}]""", "pod net1 north")]
    [InlineData("""[{"name":"net1","namespace":null,"interface":""}]""", "pod net1 -")]
    [InlineData("""[{"name":"net1","ipRequest":"10.0.0.1","macRequest":7,"ipam-claim-reference":"x"}]""", "pod net1 -")]
    [InlineData("""[{"name":"net.v1"}]""", "pod net.v1 -")]
    public void Both_forms_of_the_annotation_give_the_networks_in_its_order(string? annotation, string expected)
    {
        var selections = NetworkSelectionParser.Parse(annotation, "pod");

        Assert.Equal(
            expected,
            string.Join('|', selections.Select(s => $"{s.Namespace} {s.Name} {s.InterfaceRequest ?? "-"}"))
        );
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("""[{{"name":"{0}"}}]""")]
    public void A_networks_name_may_have_253_characters_in_both_forms_and_no_more(string form)
    {
        var (longest, tooLong) = (new string('b', 253), new string('b', 254));

        Assert.Equal(
            longest,
            NetworkSelectionParser
                .Parse(string.Format(null, System.Text.CompositeFormat.Parse(form), longest), "pod")
                .Single()
                .Name
        );
        var error = Assert
            .Throws<CniException>(() =>
                NetworkSelectionParser.Parse(
                    string.Format(null, System.Text.CompositeFormat.Parse(form), tooLong),
                    "pod"
                )
            )
            .Error;
        Assert.Contains("at most 253", error.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a@b/c@d/e@f", "more than one '/'")]
    [InlineData("a/b@c@d", "more than one '@'")]
    [InlineData("root@someIP/root@someOtherIP", "root@someIP")]
    [InlineData("default/net1@myIfc Name", "myIfc Name")]
    [InlineData("default/net1@very_long_interface_name", "very_long_interface_name")]
    [InlineData("net1@sixteen_bytes___", "sixteen_bytes___")]
    [InlineData("net1@a:b", "a:b")]
    [InlineData("net1@..", "..")]
    [InlineData("net1,", "names no network")]
    [InlineData("ns/", "names no network")]
    [InlineData("Bad_Name", "Bad_Name")]
    [InlineData("-net", "-net")]
    [InlineData("net-", "net-")]
    [InlineData("../../etc", "more than one '/'")]
    [InlineData("ns/..", "..")]
    [InlineData("[adsf]", "failed to parse")]
    [InlineData("[] []", "failed to parse")]
    [InlineData("{}", "an object")]
    [InlineData("\"net1\"", "a string")]
    [InlineData("[null]", "null")]
    [InlineData("[\"net1\"]", "a string")]
    [InlineData("[{}]", "'name' is missing")]
    [InlineData("""[{"name":"A_B!"}]""", "A_B!")]
    [InlineData("""[{"name":"../x"}]""", "../x")]
    [InlineData("""[{"name":"a..b"}]""", "a..b")]
    [InlineData("""[{"name":7}]""", "a number")]
    [InlineData("""[{"name":"net1","namespace":"a/b"}]""", "a/b")]
    [InlineData("""[{"name":"net1","interface":"a/b"}]""", "a/b")]
    [InlineData("""[{"name":"net1","ips":"10.0.0.1"}]""", "'ips' is a string")]
    [InlineData("""[{"name":"net1","ips":["10.0.0.1/33"]}]""", "10.0.0.1/33")]
    [InlineData("""[{"name":"net1","ips":[""]}]""", "failed to parse CIDR/IP address")]
    [InlineData("""[{"name":"net1","ips":["010.1.1.1"]}]""", "010.1.1.1")]
    [InlineData("""[{"name":"net1","ips":["1"]}]""", "\"1\"")]
    [InlineData("""[{"name":"net1","ips":["10.1.1.1/"]}]""", "10.1.1.1/")]
    [InlineData("""[{"name":"net1","ips":["10.1.1.1;MAC=x"]}]""", "10.1.1.1;MAC=x")]
    [InlineData("""[{"name":"net1","ips":["fe80::1%eth0"]}]""", "fe80::1%eth0")]
    [InlineData("""[{"name":"net1","ips":["::/129"]}]""", "::/129")]
    [InlineData("""[{"name":"net1","ips":["::1.2.3.04"]}]""", "::1.2.3.04")]
    [InlineData("""[{"name":"net1","mac":"02:00"}]""", "02:00")]
    [InlineData("""[{"name":"net1","mac":"02:00:00:00:00-01"}]""", "02:00:00:00:00-01")]
    [InlineData("""[{"name":"net1","infiniband-guid":"zz"}]""", "zz")]
    [InlineData("""[{"name":"net1","portMappings":[{"hostPort":"80"}]}]""", "'hostPort' is a string")]
    [InlineData("""[{"name":"net1","portMappings":[null]}]""", "portMappings[0]")]
    [InlineData(
        """[{"name":"net1","portMappings":[{"hostPort":65536}]}]""",
        "'hostPort' is a number (65536), must be a whole number from 0 to 65535"
    )]
    [InlineData("""[{"name":"net1","portMappings":[{"containerPort":-1}]}]""", "'containerPort'")]
    [InlineData("""[{"name":"net1","portMappings":[{"hostIP":"localhost"}]}]""", "localhost")]
    [InlineData("""[{"name":"net1","bandwidth":{"egressBurst":-1}}]""", "must be a whole number from 0")]
    [InlineData("""[{"name":"net1","ipam-claim-reference":7}]""", "'ipam-claim-reference' is a number")]
    [InlineData("""[{"name":"net1","portMappings":{}}]""", "'portMappings' is an object")]
    [InlineData("""[{"name":"net1","bandwidth":{"ingressRate":1.5}}]""", "'ingressRate' is a number (1.5)")]
    [InlineData("""[{"name":"net1","cni-args":["a"]}]""", "'cni-args' is an array")]
    [InlineData("""[{"name":"net1","default-route":["bad"]}]""", "bad")]
    [InlineData("""[{"name":"net1"},{"name":"\ud800"}]""", "failed to parse")]
    public void What_cannot_be_meant_is_refused_and_shown(string annotation, string shown)
    {
        var error = Assert.Throws<CniException>(() => NetworkSelectionParser.Parse(annotation, "pod")).Error;

        Assert.Equal(CniErrorCode.InvalidNetworkConfig, error.Code);
        Assert.Contains(shown, error.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a/b/c")]
    [InlineData("net1@a:b")]
    [InlineData("[adsf]")]
    [InlineData("{}")]
    [InlineData("[null]")]
    [InlineData("[{}]")]
    [InlineData("""[{"name":"net1","bandwidth":{"ingressRate":1.5}}]""")]
    public void An_error_names_the_annotation_that_it_is_in(string annotation)
    {
        var error = Assert
            .Throws<CniException>(() =>
                NetworkSelectionParser.Parse(annotation, "pod", NetworkSelectionParser.DefaultNetworkAnnotation)
            )
            .Error;

        Assert.Contains("annotation v1.multus-cni.io/default-network", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("k8s.v1.cni.cncf.io", error.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.9")]
    [InlineData("10.0.0.9/24")]
    [InlineData("0.0.0.0/0")]
    [InlineData("2001:db8::1")]
    [InlineData("2001:db8::1/64")]
    [InlineData("::ffff:1.2.3.4")]
    [InlineData("::ffff:1.2.3.4/120")]
    public void Addresses_are_passed_on_as_they_were_written(string ip)
    {
        var selection = NetworkSelectionParser.Parse($$"""[{"name":"net1","ips":["{{ip}}"]}]""", "pod").Single();

        Assert.Equal(ip, Assert.Single(selection.Ips));
    }

    [Theory]
    [InlineData("02:00:00:00:00:01", "02:00:00:00:00:01")]
    [InlineData("02:00:00:AB:CD:EF", "02:00:00:ab:cd:ef")]
    [InlineData("02-00-00-00-00-0A", "02-00-00-00-00-0a")]
    [InlineData("0200.0000.000F", "0200.0000.000f")]
    [InlineData("02:00:5e:10:00:00:00:01", "02:00:5e:10:00:00:00:01")]
    [InlineData("0200.5e10.0000.0001", "0200.5e10.0000.0001")]
    [InlineData(
        "00:00:00:00:fe:80:00:00:00:00:00:00:02:00:5e:10:00:00:00:01",
        "00:00:00:00:fe:80:00:00:00:00:00:00:02:00:5e:10:00:00:00:01"
    )]
    public void A_hardware_address_may_use_any_notation_and_a_mac_is_passed_on_in_lower_case(string written, string mac)
    {
        var selection = NetworkSelectionParser
            .Parse($$"""[{"name":"net1","mac":"{{written}}","infiniband-guid":"{{written}}"}]""", "pod")
            .Single();

        Assert.Equal((mac, written), (selection.Mac, selection.InfinibandGuid));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData(",\"default-route\":null", null)]
    [InlineData(",\"default-route\":[]", "")]
    [InlineData(",\"default-route\":[\"192.168.2.2\",\"fd00::1\"]", "192.168.2.2 fd00::1")]
    public void An_absent_default_route_differs_from_an_empty_one(string member, string? expected)
    {
        var selection = NetworkSelectionParser.Parse($$"""[{"name":"net1"{{member}}}]""", "pod").Single();

        Assert.Equal(expected, selection.DefaultRoute is { } gateways ? string.Join(' ', gateways) : null);
    }

    [Fact]
    public void An_ipam_claim_may_stand_beside_addresses_for_existing_workloads_have_both()
    {
        var selection = NetworkSelectionParser
            .Parse("""[{"name":"net1","ips":["10.0.0.1"],"ipam-claim-reference":"vm1.blue"}]""", "pod")
            .Single();

        Assert.Equal("vm1.blue", selection.IpamClaimReference);
    }

    [Fact]
    public void Values_for_plugins_keep_their_digits()
    {
        var selection = NetworkSelectionParser
            .Parse(
                """[{"name":"net1","bandwidth":{"ingressRate":9007199254740993},"cni-args":{"n":12345678901234567890}}]""",
                "pod"
            )
            .Single();

        Assert.Equal("""{"ingressRate":9007199254740993}""", selection.Bandwidth?.GetRawText());
        Assert.Equal("""{"n":12345678901234567890}""", selection.CniArgs?.GetRawText());
    }
}
