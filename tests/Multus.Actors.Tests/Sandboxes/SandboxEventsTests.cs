using System.Collections.Immutable;
using Multus.Actors.Cluster;
using Multus.Actors.Events;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Core.Networks;
using Multus.Core.Planning;
using Multus.Engine.Ports;
using Multus.Engine.Requests;

namespace Multus.Actors.Tests.Sandboxes;

/// <summary>What an ADD tells the events part.</summary>
public class SandboxEventsTests : SandboxFixture
{
    [Fact]
    public async Task A_sandbox_that_is_attached_is_told_once_for_all_its_interfaces()
    {
        var events = ListenForEvents();
        await Attach(Sandboxes());

        var attached = await events.ExpectMsgAsync<PodEvent.Attached>(Patience);
        Assert.Equal(
            ("pod", "u1", "Add eth0 [] from cluster; Add net1 [] from ns/second; Add net2 [] from ns/third"),
            (attached.Pod.Name, attached.Uid, attached.Message)
        );
        await NothingMore(events);
    }

    [Fact]
    public async Task A_repeated_ADD_that_is_answered_from_the_record_is_no_event()
    {
        var events = ListenForEvents();
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        await events.ExpectMsgAsync<PodEvent.Attached>(Patience);

        Assert.IsType<CniReply.Attached>(await Attach(sandboxes));

        await NothingMore(events);
    }

    [Fact]
    public async Task A_missing_NAD_is_told_with_upstreams_reason()
    {
        var events = ListenForEvents();
        Cluster = question =>
            question is ClusterProtocol.FindNetworks
                ? new ClusterProtocol.NetworksReply.Found(
                    ImmutableDictionary<NetworkKey, NetworkAttachmentDefinition>.Empty
                )
                : AnswerCluster(question);
        Assert.IsType<CniReply.Refused>(await Attach(Sandboxes()));

        var failed = await events.ExpectMsgAsync<PodEvent.Failed>(Patience);
        Assert.Equal(("NoNetworkFound", "u1"), (failed.Reason, failed.Uid));
        Assert.StartsWith(
            "cannot find a network-attachment-definition (second) in namespace (ns)",
            failed.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_plugin_that_fails_is_told_with_its_own_words()
    {
        var events = ListenForEvents();
        Plugins.Fail(CniCommand.Add, "second", "no more addresses");
        await Attach(Sandboxes());

        var failed = await events.ExpectMsgAsync<PodEvent.Failed>(Patience);
        Assert.Equal("AttachFailed", failed.Reason);
        Assert.Contains("no more addresses", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_caller_that_goes_away_is_told_to_nobody()
    {
        var events = ListenForEvents();
        using var abandoned = new CancellationTokenSource();
        Plugins.On(
            CniCommand.Add,
            "second",
            async call =>
            {
                await abandoned.CancelAsync();
                throw new OperationCanceledException(abandoned.Token);
            }
        );

        Assert.IsType<CniReply.Refused>(await Attach(Sandboxes(), abandoned: abandoned.Token));

        await NothingMore(events);
    }

    // What was told before this is received before it.
    /// <summary>As upstream has it for /delegate (wire-and-daemon.md §3.5).</summary>
    [Fact]
    public async Task An_interface_that_is_plugged_in_is_told_once()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        var events = ListenForEvents();
        sandboxes = Sandboxes();
        var plug = new CniRequest.Plug(
            Request() with
            {
                IfName = InterfaceName.Parse("net9"),
            },
            InterfaceRequest.Of(
                NetworkConfiguration.Parse("""{"cniVersion":"1.0.0","name":"extra","type":"third"}"""u8.ToArray()),
                [],
                null,
                null
            ),
            CancellationToken.None
        );

        Assert.IsType<CniReply.Attached>(await sandboxes.Ask<CniReply>(plug, Patience));
        Assert.IsType<CniReply.Attached>(await sandboxes.Ask<CniReply>(plug, Patience)); // is attached already

        var attached = await events.ExpectMsgAsync<PodEvent.Attached>(Patience);
        Assert.Equal(("pod", "u1", "Add net9 [] from extra"), (attached.Pod.Name, attached.Uid, attached.Message));
        await NothingMore(events);
    }

    private static async Task NothingMore(TestProbe events)
    {
        events.Ref.Tell("end");
        await events.ExpectMsgAsync("end", Patience);
    }

    private TestProbe ListenForEvents()
    {
        var probe = CreateTestProbe();
        Events = probe.Ref;
        return probe;
    }
}
