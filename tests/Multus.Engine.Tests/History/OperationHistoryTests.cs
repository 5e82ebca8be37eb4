using System.Collections.Immutable;
using System.Text;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Results;
using Multus.Cni.Runtime;
using Multus.Core;
using Multus.Core.Planning;
using Multus.Engine.History;
using Multus.Engine.Ports;
using Multus.Engine.Requests;
using Multus.TestSupport;

namespace Multus.Engine.Tests.History;

public sealed class OperationHistoryTests
{
    private static readonly SandboxId Sandbox = SandboxId.Parse("c1");

    private readonly CountedTime _time = new();
    private readonly List<OperationEntry> _taken = [];
    private readonly OperationHistory _history;

    public OperationHistoryTests() => _history = new OperationHistory(entry => _taken.Add(entry()), _time);

    [Fact]
    public void An_ADD_that_failed_is_remembered_with_its_plan_its_plugins_and_its_times()
    {
        var cluster = Network(0, "cluster", "eth0");
        var blue = Network(1, "shop/blue", "net1");
        var bridge = new PluginRun("bridge", CniCommand.Add, "cluster", "eth0");
        var macvlan = new PluginRun("macvlan", CniCommand.Add, "blue", "net1");
        var failure = new CniError(999, "no such device", "eth7");
        Begin();
        After(2, new OperationPhase.Planned("r1", Sandbox, [cluster, blue]));
        After(1, new OperationPhase.PluginStarted("r1", Sandbox, bridge));
        After(5, new OperationPhase.PluginEnded("r1", Sandbox, bridge, null, ""));
        After(0, new OperationPhase.Attached("r1", Sandbox, cluster, ResultOf("eth0", "10.1.0.4/24")));
        After(1, new OperationPhase.PluginStarted("r1", Sandbox, macvlan));
        After(3, new OperationPhase.PluginEnded("r1", Sandbox, macvlan, failure, "master eth7 is not there"));
        After(4, new OperationPhase.Done("r1", Sandbox, failure));

        var entry = Assert.Single(_taken);

        Assert.Equal(("r1", "ADD", "c1", 16), (entry.Request, entry.Verb, entry.Sandbox, entry.Milliseconds));
        Assert.Equal(("shop", "web", "u1"), (entry.PodNamespace, entry.PodName, entry.PodUid));
        Assert.Equal(new EntryError(999, "no such device", "eth7"), entry.Error);
        Assert.Equal("planning 0 2, attaching 2 14", string.Join(", ", entry.Steps.Select(Of)));
        Assert.Equal(["eth0", "net1"], entry.Networks.Select(network => network.IfName));
        Assert.Equal((true, "10.1.0.4/24", "02:00:00:00:00:01"), Of(entry.Networks[0]));
        Assert.Equal((false, "", ""), Of(entry.Networks[1]));
        Assert.Equal([0, 1], entry.Networks.Select(network => network.Wave));
        Assert.Equal("NetworkAttachmentDefinition shop/blue", entry.Networks[1].Origin);
        Assert.Equal(StableHash.Of(blue.Origin!.Content.Span), entry.Networks[1].Hash);
        Assert.Equal((3, 5), (entry.Plugins[0].At, entry.Plugins[0].Milliseconds));
        Assert.Equal("master eth7 is not there", entry.Plugins[1].Stderr);
        Assert.Equal(999u, entry.Plugins[1].Error!.Code);
    }

    [Fact]
    public void What_is_remembered_is_the_same_when_it_was_written_and_read()
    {
        Begin();
        After(1, new OperationPhase.Planned("r1", Sandbox, [Network(0, "cluster", "eth0")]));
        After(1, new OperationPhase.RoutesChanged("r1", Sandbox, ["default via 10.1.0.1 dev eth0"], []));
        After(1, new OperationPhase.Done("r1", Sandbox, new CniError(7, "no \"x\"\nin\u0001it")));
        var entry = Assert.Single(_taken);

        var line = Encoding.UTF8.GetString(EntryCodec.ToLine(entry));
        var read = EntryCodec.FromLine(line.TrimEnd('\n'))!;

        Assert.Equal(1, line.Count(letter => letter == '\n'));
        Assert.Equal(EntryCodec.ToLine(entry), EntryCodec.ToLine(read));
        Assert.Equal("no \"x\"\nin\u0001it", read.Error!.Message);
        Assert.Equal("default via 10.1.0.1 dev eth0", Assert.Single(read.RoutesRemoved));
    }

    [Theory]
    [InlineData("")]
    [InlineData("""{"request":"r1","verb":"ADD","san""")]
    [InlineData("[]")]
    [InlineData("null")]
    public void A_line_that_is_none_is_no_entry(string line) => Assert.Null(EntryCodec.FromLine(line));

    [Fact]
    public void A_request_that_was_refused_is_remembered_too()
    {
        var attach = new CniRequest.Attach(Requested.By("r2", "c2"), CancellationToken.None);

        _history.NoteRefusal(attach, new CniError(11, "the cluster network is not ready"));

        var entry = Assert.Single(_taken);
        Assert.Equal(("ADD", "c2", true, 11u), (entry.Verb, entry.Sandbox, entry.Refused, entry.Error!.Code));
    }

    [Fact]
    public void A_CHECK_is_remembered_only_when_it_fails()
    {
        Begin(CniCommand.Check);
        After(1, new OperationPhase.Done("r1", Sandbox, null));
        Assert.Empty(_taken);

        Begin(CniCommand.Check);
        After(1, new OperationPhase.Done("r1", Sandbox, new CniError(999, "eth0 is gone")));

        Assert.Equal("CHECK", Assert.Single(_taken).Verb);
    }

    private static string Of(EntryStep step) => $"{step.Name} {step.At} {step.Milliseconds}";

    private static (bool, string, string) Of(EntryNetwork network) =>
        (network.Attached, string.Join(' ', network.Addresses), network.Mac);

    private static CniResult ResultOf(string ifName, string address) =>
        CniResult.Parse(
            Encoding.UTF8.GetBytes(
                $$"""
                {"cniVersion":"1.0.0","interfaces":[{"name":"{{ifName}}","mac":"02:00:00:00:00:01","sandbox":"/x"}],
                 "ips":[{"address":"{{address}}","interface":0}]}
                """
            ),
            CniVersion.V100
        );

    private static PlannedAttachment Network(int index, string name, string ifName)
    {
        var text = Encoding.UTF8.GetBytes($$"""{"cniVersion":"1.0.0","name":"n{{index}}","type":"bridge"}""");
        var parameters = new AttachmentParameters(Sandbox, "/x", ifName, [], [], ["/opt/cni/bin"]);
        return new PlannedAttachment(
            index,
            name,
            index == 0,
            NetworkConfiguration.Parse(text),
            parameters,
            parameters,
            null
        )
        {
            Origin = NetworkOrigin.OfDefinition(name, text),
        };
    }

    private void Begin(CniCommand verb = CniCommand.Add) =>
        _history.Report(new OperationPhase.Begun("r1", Sandbox, verb, Requested.By("r1", "c1")));

    private void After(int milliseconds, OperationPhase phase)
    {
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        _history.Report(phase);
    }
}
