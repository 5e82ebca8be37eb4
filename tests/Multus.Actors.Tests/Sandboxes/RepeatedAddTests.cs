using System.Collections.Immutable;
using Multus.Actors.Annotations;
using Multus.Actors.Cluster;
using Multus.Actors.Netlink;
using Multus.Actors.Tests.Fakes;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Core.Networks;
using Multus.Engine.Requests;

namespace Multus.Actors.Tests.Sandboxes;

/// <summary>ADDs of a sandbox that an earlier ADD or DEL has left something of.</summary>
public class RepeatedAddTests : SandboxFixture
{
    [Fact]
    public async Task An_add_that_is_repeated_answers_as_the_first_time_and_runs_nothing()
    {
        var sandboxes = Sandboxes();
        var first = Assert.IsType<CniReply.Attached>(await Attach(sandboxes));
        Plugins.Calls.Clear();

        var second = Assert.IsType<CniReply.Attached>(await Attach(sandboxes));

        Assert.Equal(first.Result.ToJson(), second.Result.ToJson());
        Assert.Empty(Plugins.Calls);
    }

    [Fact]
    public async Task An_add_that_is_repeated_succeeds_although_nobody_can_be_asked_about_its_pod()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Plugins.Calls.Clear();
        Cluster = question =>
            question is ClusterProtocol.FindPod
                ? new ClusterProtocol.PodReply.Failed(
                    new CniError(CniErrorCode.TryAgainLater, "the API server is away")
                )
                : null;

        Assert.IsType<CniReply.Attached>(await Attach(sandboxes));
        Assert.Empty(Plugins.Calls);
    }

    [Fact]
    public async Task An_add_after_one_that_was_cut_off_undoes_that_one_first()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        File.Delete(Path.Combine(CniDir, "results", "third-c1-net2")); // as if the daemon had died before the last delegate ended
        Plugins.Calls.Clear();

        Assert.IsType<CniReply.Attached>(await Attach(sandboxes));

        Assert.Equal(
            [
                "DEL third net2",
                "DEL second net1",
                "DEL cluster eth0",
                "ADD cluster eth0",
                "ADD second net1",
                "ADD third net2",
            ],
            Plugins.Calls
        );
    }

    [Fact]
    public async Task What_a_roll_back_left_is_never_taken_for_an_attached_sandbox()
    {
        Plugins.Fail(CniCommand.Add, "third", "broken");
        Plugins.Fail(CniCommand.Del, "cluster", "broken too");
        var sandboxes = Sandboxes();
        Assert.IsType<CniReply.Refused>(await Attach(sandboxes));
        Plugins.Succeed(CniCommand.Add, "third");
        Plugins.Succeed(CniCommand.Del, "cluster");
        Plugins.Calls.Clear();

        Assert.IsType<CniReply.Attached>(await Attach(sandboxes));

        Assert.Equal(["DEL cluster eth0", "ADD cluster eth0", "ADD second net1", "ADD third net2"], Plugins.Calls);
    }

    [Fact]
    public async Task An_add_after_a_stored_delete_does_what_that_was_about_and_begins_anew()
    {
        var request = Request();
        var stored = FakeFolder.NameOf(request.Sandbox, request.IfName);
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        PendingDeletes.Store(stored, () => request);
        Plugins.Calls.Clear();

        Assert.IsType<CniReply.Attached>(await Attach(sandboxes));
        Assert.IsType<CniReply.Done>(await sandboxes.Ask<CniReply>(new CniRequest.Detach(request, stored), Patience));

        Assert.Equal(
            [
                "DEL third net2",
                "DEL second net1",
                "DEL cluster eth0",
                "ADD cluster eth0",
                "ADD second net1",
                "ADD third net2",
            ],
            Plugins.Calls
        );
        Assert.Contains("c1", Kept);
    }

    [Fact]
    public async Task An_add_that_is_given_up_is_undone_and_may_be_tried_again()
    {
        Plugins.On(CniCommand.Add, "second", _ => throw new OperationCanceledException());

        var refused = Assert.IsType<CniReply.Refused>(await Attach(Sandboxes()));

        Assert.Equal(CniErrorCode.TryAgainLater, refused.Error.Code);
        Assert.Equal(["ADD cluster eth0", "ADD second net1", "DEL second net1", "DEL cluster eth0"], Plugins.Calls);
        Assert.Empty(Kept);
    }
}
