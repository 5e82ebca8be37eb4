using System.Text;
using Multus.Actors.Events;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Results;
using Multus.Cni.Runtime;
using Multus.Core.Planning;
using Multus.Core.Pods;
using Multus.Engine.Ports;

namespace Multus.Actors.Tests.Events;

public class EventTextsTests
{
    private static readonly SandboxId Sandbox = SandboxId.Parse("c1");
    private static readonly PodIdentity Pod = new("ns", "pod", "", "u1");

    [Theory]
    [InlineData(
        "ns/a",
        """{"cniVersion":"1.0.0","interfaces":[{"name":"net1"}],"ips":[{"address":"10.0.0.2/24"},{"address":"fd00::2/64"}]}""",
        "Add net1 [10.0.0.2/24 fd00::2/64] from ns/a"
    )]
    [InlineData("", """{"cniVersion":"1.0.0","ips":[{"address":"10.0.0.2/24"}]}""", "Add net1 [10.0.0.2/24]")]
    [InlineData("ns/a", """{"cniVersion":"1.0.0","interfaces":[{"name":"net1"}]}""", "Add net1 [] from ns/a")]
    [InlineData("ns/a", """{"cniVersion":"0.2.0","ip4":{"ip":"10.0.0.2/24"}}""", "Add net1 [10.0.0.2/24] from ns/a")]
    [InlineData("ns/a", """{"cniVersion":"1.0.0"}""", null)]
    public void An_interface_is_said_in_upstreams_words(string displayName, string result, string? expected) =>
        Assert.Equal(expected, EventTexts.Added([Attachment("net1", displayName)], [Result(result)]));

    [Fact]
    public void Edge_122_all_interfaces_of_a_sandbox_are_one_message_in_the_order_of_the_plan() =>
        Assert.Equal(
            "Add eth0 [10.0.0.2/24] from cluster; Add net2 [10.0.0.2/24] from ns/b",
            EventTexts.Added(
                [Attachment("eth0", "cluster"), Attachment("net1", "ns/a"), Attachment("net2", "ns/b")],
                [Result(OneAddress), Result("""{"cniVersion":"1.0.0"}"""), Result(OneAddress)]
            )
        );

    [Theory]
    [InlineData(20)]
    [InlineData(21)]
    [InlineData(22)]
    [InlineData(25)]
    [InlineData(100)]
    public void What_does_not_fit_is_counted(int networks)
    {
        var attachments = Enumerable
            .Range(0, networks)
            .Select(i => Attachment($"net{i:000}", "ns/a-network"))
            .ToArray();

        var message = EventTexts.Added(attachments, [.. attachments.Select(_ => Result(OneAddress))])!;

        Assert.InRange(message.Length, 1, EventTexts.MaxMessage);
        var parts = message.Split("; ");
        var said = parts.Count(part => part.StartsWith("Add net", StringComparison.Ordinal));
        Assert.Equal(said == networks ? parts[^1] : $"{networks - said} more", parts[^1]);
    }

    [Fact]
    public void One_interface_with_more_addresses_than_fit_loses_some()
    {
        var ips = string.Join(',', Enumerable.Range(0, 200).Select(i => $$"""{"address":"10.0.0.{{i}}/24"}"""));

        Assert.InRange(
            EventTexts
                .Added([Attachment("net1", "ns/a")], [Result($$"""{"cniVersion":"1.0.0","ips":[{{ips}}]}""")])!
                .Length,
            900,
            EventTexts.MaxMessage
        );
    }

    [Fact]
    public void A_missing_NAD_has_upstreams_reason_and_words()
    {
        var failed = EventTexts.Failure(
            Pod,
            "u1",
            Sandbox,
            new CniError(7, "cannot find a network-attachment-definition (a) in namespace (ns)", "request r1")
        )!;

        Assert.Equal(
            ("NoNetworkFound", "cannot find a network-attachment-definition (a) in namespace (ns): not found"),
            (failed.Reason, failed.Message)
        );
    }

    [Fact]
    public void Tries_with_other_sandboxes_and_requests_are_the_same_failure()
    {
        var first = EventTexts.Failure(
            Pod,
            "u1",
            Sandbox,
            new CniError(11, "ADD of sandbox c1 did not finish", "request r1")
        )!;
        var second = EventTexts.Failure(
            Pod,
            "u1",
            SandboxId.Parse("c2"),
            new CniError(11, "ADD of sandbox c2 did not finish", "request r2")
        )!;

        Assert.Equal("AttachFailed", first.Reason);
        Assert.StartsWith("ADD of sandbox c1 did not finish; request r1. ", first.Message, StringComparison.Ordinal);
        Assert.EndsWith($" More: multusctl explain {Pod.Key}", first.Message, StringComparison.Ordinal);
        Assert.Equal(first.Key, second.Key);
    }

    [Fact]
    public void Failures_that_differ_only_in_their_details_are_different()
    {
        var first = EventTexts.Failure(Pod, "u1", Sandbox, new CniError(100, "failed", "no bridge (request r1)"))!;
        var again = EventTexts.Failure(Pod, "u1", Sandbox, new CniError(100, "failed", "no bridge (request r2)"))!;
        var other = EventTexts.Failure(Pod, "u1", Sandbox, new CniError(100, "failed", "no address (request r3)"))!;

        Assert.Equal(first.Key, again.Key);
        Assert.NotEqual(first.Key, other.Key);
    }

    [Fact]
    public void A_pod_that_is_gone_gets_no_event() =>
        Assert.Null(EventTexts.Failure(Pod, "u1", Sandbox, new CniError(CniErrorCode.UnknownContainer, "replaced")));

    [Fact]
    public void A_sandbox_outside_Kubernetes_gets_no_event() =>
        Assert.Null(EventTexts.Failure(PodIdentity.None, "", Sandbox, new CniError(7, "no")));

    private const string OneAddress = """{"cniVersion":"1.0.0","ips":[{"address":"10.0.0.2/24"}]}""";

    private static CniResult Result(string json) => CniResult.Parse(Encoding.UTF8.GetBytes(json), CniVersion.Latest);

    private static PlannedAttachment Attachment(string ifName, string displayName)
    {
        var parameters = new AttachmentParameters(Sandbox, "/run/netns/x", ifName, [], default, []);
        return new PlannedAttachment(
            0,
            displayName,
            false,
            NetworkConfiguration.Parse("""{"cniVersion":"1.0.0","name":"a","type":"t"}"""u8.ToArray()),
            parameters,
            parameters,
            null
        );
    }
}
