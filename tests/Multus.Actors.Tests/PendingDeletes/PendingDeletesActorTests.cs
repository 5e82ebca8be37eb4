using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Actors.Configuration;
using Multus.Actors.PendingDeletes;
using Multus.Actors.Sandboxes;
using Multus.Actors.Tests.Fakes;
using Multus.Cni;
using Multus.Core.Configuration;
using Multus.Core.Pods;

namespace Multus.Actors.Tests.PendingDeletes;

public class PendingDeletesActorTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FakeFolder _folder = new();
    private readonly TestProbe _sandboxes;

    public PendingDeletesActorTests() => _sandboxes = CreateTestProbe();

    [Fact]
    public async Task What_is_stored_before_the_start_is_carried_out_and_forgotten()
    {
        _folder.Store("a", () => Request("c1"));
        Start();

        Assert.Equal("c1", (await NextDelete()).Request.Sandbox.Value);
        _sandboxes.Reply(new SandboxProtocol.Reply.Done());
        await AwaitAssertAsync(() => Assert.Empty(_folder.Stored), Patience);
    }

    [Fact]
    public async Task What_is_stored_later_is_carried_out_as_soon_as_it_is_there()
    {
        var pending = Start();
        await pending.Ask<PendingDeletesProtocol.Reply>(new PendingDeletesProtocol.Scan(), Patience);

        _folder.Store("a", () => Request("c1"));

        Assert.Equal("c1", (await NextDelete()).Request.Sandbox.Value);
    }

    [Fact]
    public async Task What_fails_stays_stored_and_is_tried_again()
    {
        _folder.Store("a", () => Request("c1"));
        Start();
        await NextDelete();
        _sandboxes.Reply(new SandboxProtocol.Reply.Refused(new CniError(999, "the plugin is broken")));

        await NextDelete();
        Assert.Single(_folder.Stored);
        _sandboxes.Reply(new SandboxProtocol.Reply.Done());
        await AwaitAssertAsync(() => Assert.Empty(_folder.Stored), Patience);
    }

    [Fact]
    public async Task A_delete_that_is_under_way_is_not_sent_a_second_time()
    {
        _folder.Store("a", () => Request("c1"));
        var pending = Start();
        await NextDelete();

        var scanned = await pending.Ask<PendingDeletesProtocol.Reply>(new PendingDeletesProtocol.Scan(), Patience);

        Assert.Equal(1, Assert.IsType<PendingDeletesProtocol.Reply.Scanned>(scanned).Waiting);
        await _sandboxes.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public async Task What_can_never_be_carried_out_is_set_aside_and_the_others_go_on()
    {
        _folder.Store("a", () => throw new PendingDeleteException("no JSON"));
        _folder.Store("b", () => Request("c2"));
        Start();

        Assert.Equal("c2", (await NextDelete()).Request.Sandbox.Value);
        Assert.Equal(["a"], _folder.SetAsides);
    }

    [Fact]
    public async Task What_cannot_be_read_for_now_is_tried_again()
    {
        var reads = 0;
        _folder.Store("a", () => ++reads == 1 ? throw new IOException("disk error") : Request("c1"));
        Start();

        Assert.Equal("c1", (await NextDelete()).Request.Sandbox.Value);
        Assert.Equal(2, reads);
    }

    [Fact]
    public async Task What_somebody_else_took_away_is_not_waited_for()
    {
        _folder.Store("a", () => throw new IOException("disk error"));
        var pending = Start();
        await pending.Ask<PendingDeletesProtocol.Reply>(new PendingDeletesProtocol.Scan(), Patience);
        _folder.Remove("a");

        var scanned = await pending.Ask<PendingDeletesProtocol.Reply>(new PendingDeletesProtocol.Scan(), Patience);
        Assert.Equal(0, Assert.IsType<PendingDeletesProtocol.Reply.Scanned>(scanned).Waiting);
    }

    private IActorRef Start() => Sys.ActorOf(PendingDeletesActor.PropsFor(
        new PendingDeleteSettings(new Backoff(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1)), Patience), _folder, _sandboxes.Ref, NullLogger.Instance));

    private async Task<SandboxProtocol.Detach> NextDelete() => await _sandboxes.ExpectMsgAsync<SandboxProtocol.Detach>(Patience);

    private static SandboxProtocol.SandboxRequest Request(string sandbox) => new(
        "r1", SandboxId.Parse(sandbox), null, InterfaceName.Parse("eth0"), new PodIdentity("ns", "pod", "", ""),
        MultusConfiguration.Parse(Encoding.UTF8.GetBytes("""{"name":"n","clusterNetwork":"/x"}"""), default), ImmutableArray<string>.Empty);
}
