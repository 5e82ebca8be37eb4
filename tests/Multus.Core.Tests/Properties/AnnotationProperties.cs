using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Multus.Cni;
using Multus.Core.Networks;
using Multus.Core.Planning;
using Multus.Core.Records;
using Multus.Core.Tests.Records;
using Multus.TestSupport;

namespace Multus.Core.Tests.Properties;

/// <summary>
/// Whatever a pod's author writes into the networks annotation is refused in one way, or can be attached as it says and
/// comes back from the record.
/// </summary>
public sealed class AnnotationProperties
{
    private const string Good = """
        [{"name":"net1","namespace":"ns1","ips":["10.0.0.9/24","fd00::9"],"mac":"02:00:00:00:00:09","interface":"north","infiniband-guid":"02:00:5e:10:00:00:00:01",
        "portMappings":[{"hostPort":80,"containerPort":8080,"protocol":"tcp","hostIP":"10.0.0.1"}],"bandwidth":{"ingressRate":1,"egressBurst":2},"deviceID":"0000:03:02.0","cni-args":{"a":{"b":[1]}},"default-route":["10.0.0.1"]}]
        """;

    private static readonly Regex Label = new("^[a-z0-9]([-a-z0-9]*[a-z0-9])?\\z", RegexOptions.CultureInvariant);
    private static readonly Regex HardwareAddress = new(
        "^(([0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5,19})|([0-9a-fA-F]{4}([.][0-9a-fA-F]{4}){2,9}))\\z",
        RegexOptions.CultureInvariant
    );

    [Fact]
    public void Any_elements_are_refused_or_can_be_attached() =>
        PropertyRule.Holds(Elements(), IsRefusedOrAttachable, 4_000);

    [Fact]
    public void Any_damage_to_a_good_annotation_is_refused_or_leaves_what_can_be_attached() =>
        PropertyRule.Holds(HostileJson.Damaged(Good).Select(Encoding.UTF8.GetString), IsRefusedOrAttachable, 4_000);

    [Fact]
    public void Some_of_the_elements_are_good_ones()
    {
        // Without this the rule above might hold because nothing is ever accepted.
        var accepted = 0;
        PropertyRule.Holds(Elements(), annotation => (accepted += Accepted(annotation) is null ? 0 : 1) >= 0, 4_000);

        Assert.InRange(accepted, 200, 3_800);
    }

    private static bool IsRefusedOrAttachable(string annotation) =>
        Accepted(annotation) is not { } selections || selections.All(IsAttachable);

    private static NetworkSelection[]? Accepted(string annotation)
    {
        try
        {
            return [.. NetworkSelectionParser.Parse(annotation, "test")];
        }
        catch (CniException e)
        {
            Assert.Equal(CniErrorCode.InvalidNetworkConfig, e.Error.Code);
            Assert.DoesNotContain('\n', e.Error.Text);
            Assert.Contains(NetworkSelectionParser.NetworksAnnotation, e.Error.Text, StringComparison.Ordinal);
            return null;
        }
    }

    private static bool IsAttachable(NetworkSelection s) =>
        Label.IsMatch(s.Namespace)
        && s.Name.Split('.').All(Label.IsMatch)
        && (s.InterfaceRequest is null || InterfaceName.TryParse(s.InterfaceRequest, out _))
        && s.Ips.All(IsAddress)
        && (s.Mac is null || HardwareAddress.IsMatch(s.Mac))
        && (s.InfinibandGuid is null || HardwareAddress.IsMatch(s.InfinibandGuid))
        && (s.DefaultRoute ?? []).All(gateway => !gateway.Contains('/', StringComparison.Ordinal) && IsAddress(gateway))
        && (
            s.PortMappings is not { } mappings
            || mappings.EnumerateArray().All(mapping => AreIntegers(mapping, "hostPort", "containerPort"))
        )
        && (
            s.Bandwidth is not { } bandwidth
            || AreIntegers(bandwidth, "ingressRate", "ingressBurst", "egressRate", "egressBurst")
        )
        && (s.CniArgs is not { } args || args.ValueKind == JsonValueKind.Object)
        && SurvivesItsRecord(s);

    private static bool IsAddress(string text)
    {
        var parts = text.Split('/');
        return parts.Length <= 2
            && IPAddress.TryParse(parts[0], out var address)
            && !parts[0].Contains('%', StringComparison.Ordinal)
            && (parts[0].Contains(':', StringComparison.Ordinal) || address.ToString() == parts[0]) // one spelling only: no octal, no missing octets
            && (
                parts.Length == 1
                || (
                    int.TryParse(parts[1], out var length)
                    && length <= (parts[0].Contains(':', StringComparison.Ordinal) ? 128 : 32)
                )
            );
    }

    private static bool AreIntegers(JsonElement o, params string[] names) =>
        o.ValueKind == JsonValueKind.Object
        && names.All(name =>
            !CniJson.TryGetIgnoringCase(o, name, out var value)
            || value.ValueKind == JsonValueKind.Null
            || value.TryGetInt64(out _)
        );

    /// <summary>
    /// Planned, put on record and read again it is what it was, and what goes to plugins on ADD as well.
    /// </summary>
    private static bool SurvivesItsRecord(NetworkSelection s)
    {
        var pod = Samples.Pod(JsonOf(s));
        AttachmentPlan plan;
        try
        {
            plan = Samples.Plan(Samples.Request(), pod, Samples.Nad(s.Namespace, s.Name, Samples.BridgeConf));
        }
        catch (CniException e)
        {
            return e.Error.Code == CniErrorCode.InvalidNetworkConfig; // eth0 asked for, or a default route that cannot be taken over
        }

        var read = SandboxRecord.Read(SandboxRecord.Write(plan), SandboxRecordTests.Context());
        return plan
            .Attachments.Select(SandboxRecordTests.Flat)
            .SequenceEqual(read.Attachments.Select(SandboxRecordTests.Flat));
    }

    /// <summary>The selection as an annotation of its own.</summary>
    private static string JsonOf(NetworkSelection s) =>
        Encoding.UTF8.GetString(
            CniJson.Write(writer =>
            {
                writer.WriteStartArray();
                writer.WriteStartObject();
                writer.WriteString("name", s.Name);
                writer.WriteString("namespace", s.Namespace);
                foreach (
                    var (name, text) in new[]
                    {
                        ("interface", s.InterfaceRequest),
                        ("mac", s.Mac),
                        ("infiniband-guid", s.InfinibandGuid),
                        ("deviceID", s.DeviceId),
                    }
                )
                {
                    if (text is not null)
                        writer.WriteString(name, text);
                }

                foreach (
                    var (name, value) in new[]
                    {
                        ("portMappings", s.PortMappings),
                        ("bandwidth", s.Bandwidth),
                        ("cni-args", s.CniArgs),
                    }
                )
                {
                    if (value is not { } given)
                        continue;
                    writer.WritePropertyName(name);
                    given.WriteTo(writer);
                }

                foreach (var (name, texts) in new[] { ("ips", s.Ips), ("default-route", s.DefaultRoute ?? []) })
                {
                    writer.WriteStartArray(name);
                    foreach (var text in texts)
                        writer.WriteStringValue(text);
                    writer.WriteEndArray();
                }

                writer.WriteEndObject();
                writer.WriteEndArray();
            })
        );

    private static Gen<string> Elements() =>
        from count in Gen.Choose(1, 3)
        from elements in Element().ArrayOf(count)
        select $"[{string.Join(',', elements)}]";

    private static Gen<string> Element() =>
        from count in Gen.Choose(0, 4)
        from members in Member().ArrayOf(count)
        select $"{{\"name\":\"net1\"{string.Concat(members.Select(member => $",{member}"))}}}";

    private static Gen<string> Member() =>
        Gen.OneOf(
            Text("name", "net2", "net.v1", "../x", "A", "", "a\\u0000b"),
            Text("namespace", "ns1", "default", "a.b", "a/b", ""),
            Text(
                "interface",
                "north",
                "eth0",
                "net1",
                "a:b",
                "..",
                "sixteen_bytes_oh",
                "é",
                "\\ud83d\\ude00",
                "a\\tb",
                "a b"
            ),
            Text("interfaceRequest", "south", "a/b", ""),
            Texts(
                "ips",
                "10.0.0.9/24",
                "10.0.0.9",
                "fd00::9/64",
                "::ffff:1.2.3.4",
                "10.0.0.1/33",
                "010.1.1.1",
                "1",
                "0x7f.1",
                "fe80::1%eth0",
                "[::1]",
                "::1/129",
                "10.0.0.1/",
                "10.0.0.1/+8",
                "10.0.0.1/8 ",
                ";MAC=x"
            ),
            Text(
                "mac",
                "02:00:00:00:00:01",
                "02-00-00-00-00-01",
                "0200.0000.0001",
                "02:00",
                "zz",
                "02:00:00:00:00-01",
                "02:00:00:00:00:01;IP=1"
            ),
            Text("infiniband-guid", "02:00:5e:10:00:00:00:01", "zz"),
            Text("deviceID", "0000:03:02.0", "../..", "\\u0000", "<&>"),
            Texts("default-route", "10.0.0.1", "fd00::1", "10.0.0.1/24", "bad", ""),
            Any(
                "portMappings",
                "[]",
                "[{}]",
                "[{\"hostPort\":80,\"containerPort\":1e2}]",
                "[{\"hostPort\":80,\"extra\":[1]}]",
                "[{\"HOSTPORT\":\"80\"}]",
                "[null]",
                "{}",
                "[{\"protocol\":7}]"
            ),
            Any(
                "bandwidth",
                "{}",
                "{\"ingressRate\":9007199254740993}",
                "{\"ingressRate\":1.0}",
                "{\"INGRESSRATE\":\"1\"}",
                "{\"ingressRate\":null}",
                "[]"
            ),
            Any("cni-args", "{}", "{\"n\":12345678901234567890,\"n\":1}", "{\"\":{}}", "[]", "\"x\"", "null"),
            Any("ipam-claim-reference", "7"),
            Any("IPS", "[\"10.0.0.7\"]"),
            Any("ips", "null", "\"10.0.0.1\""),
            Any("default-route", "null", "[]", "{}")
        );

    private static Gen<string> Text(string key, params string[] texts) =>
        Gen.Elements(texts).Select(text => $"\"{key}\":\"{text}\"");

    private static Gen<string> Texts(string key, params string[] texts) =>
        from count in Gen.Choose(1, 2)
        from some in Gen.Elements(texts).ArrayOf(count)
        select $"\"{key}\":[{string.Join(',', some.Select(text => $"\"{text}\""))}]";

    private static Gen<string> Any(string key, params string[] values) =>
        Gen.Elements(values).Select(value => $"\"{key}\":{value}");
}
