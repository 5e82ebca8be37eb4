using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Actors.Configuration;
using Multus.Actors.Health;
using Multus.Actors.Node;
using Multus.Actors.PendingDeletes;
using Multus.Actors.Tests.Fakes;
using Multus.Cni;
using Multus.Core.Configuration;
using Multus.Core.Pods;
using Multus.Engine.Ports;
using Multus.Engine.Requests;
using Multus.Engine.State;

namespace Multus.Actors.Tests.PendingDeletes;

/// <summary>A disk that does not answer keeps nobody waiting who does not need it.</summary>
public class PendingDeletesDiskTests : TestKit
{
    private readonly FakeFolder _folder = new();
    private readonly TaskCompletionSource _disk = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TestProbe _sandboxes;

    public PendingDeletesDiskTests() => _sandboxes = CreateTestProbe();

    protected override void AfterAll()
    {
        _disk.TrySetResult(); // no thread stays behind
        base.AfterAll();
    }

    [Fact]
    public async Task A_look_that_hangs_lets_the_figures_be_told_and_keeps_the_part_from_being_ready()
    {
        _folder.Disk = _disk.Task;
        var pending = Start();
        var ready = pending.Ask<NodeProtocol.PartReady>(new NodeProtocol.TellWhenReady(), Patience);

        Assert.Equal(0, (await Figures(pending))["open"]);
        Assert.False(ready.IsCompleted);

        _disk.SetResult();
        Assert.Equal("pending-deletes", (await ready).Part);
    }

    [Fact]
    public async Task The_part_is_ready_also_when_its_first_look_has_failed()
    {
        _folder.ListFailure = new IOException("no such device");

        var ready = await Start().Ask<NodeProtocol.PartReady>(new NodeProtocol.TellWhenReady(), Patience);

        Assert.Equal("pending-deletes", ready.Part);
    }

    [Fact]
    public async Task A_read_that_hangs_keeps_no_other_DEL_from_being_carried_out_and_no_look_from_ending()
    {
        _folder.Store("a", () => Hanging(_disk, "c1"));
        _folder.Store("b", () => Request("c2"));
        var pending = Start();

        Assert.Equal("c2", (await NextDelete()).Request.Sandbox.Value);
        Assert.Equal(2, await Scan(pending));
        Assert.Equal(2, (await Figures(pending))["running"]);

        _disk.SetResult();
        Assert.Equal("c1", (await NextDelete()).Request.Sandbox.Value);
    }

    [Fact]
    public async Task Who_asks_for_a_look_while_one_is_under_way_is_answered_by_one_that_began_later()
    {
        var pending = Start();
        await Scan(pending);
        _folder.Disk = _disk.Task;
        var before = _folder.Looks;
        var first = pending.Ask<PendingDeletesProtocol.Reply>(new PendingDeletesProtocol.Scan(), Patience);
        await AwaitAssertAsync(() => Assert.Equal(before + 1, _folder.Looks), Patience);

        _folder.Store("a", () => Request("c1")); // the look under way has passed it
        var later = Enumerable
            .Range(0, 5)
            .Select(_ => pending.Ask<PendingDeletesProtocol.Reply>(new PendingDeletesProtocol.Scan(), Patience))
            .ToList();
        await Figures(pending);
        Assert.Equal(before + 1, _folder.Looks); // one at a time
        _disk.SetResult();

        Assert.Equal(new PendingDeletesProtocol.Reply.Scanned(0), await first);
        Assert.All(
            await Task.WhenAll(later),
            reply => Assert.Equal(new PendingDeletesProtocol.Reply.Scanned(1), reply)
        );
        Assert.Equal(before + 2, _folder.Looks); // and one for all who came meanwhile
    }

    [Fact]
    public async Task Whether_a_DEL_is_stored_anew_is_looked_up_without_keeping_anybody_waiting()
    {
        _folder.Store("a", () => Request("c1"));
        var pending = Start();
        await NextDelete();
        _folder.Disk = _disk.Task;
        _sandboxes.Reply(new CniReply.Done()); // and it is in the folder all the same

        await AwaitAssertAsync(async () => Assert.Equal(1, (await Figures(pending))["done"]), Patience);

        _disk.SetResult();
        Assert.Equal("c1", (await NextDelete()).Request.Sandbox.Value);
    }

    [Fact]
    public async Task What_is_taken_away_while_it_is_read_is_not_carried_out_and_frees_its_place()
    {
        _folder.Store("a", () => Hanging(_disk, "c1"));
        var pending = Start(maxAtOnce: 1);
        await Scan(pending);
        _folder.Remove("a");
        _folder.Store("b", () => Request("c2"));
        Assert.Equal(1, await Scan(pending));

        _disk.SetResult();

        Assert.Equal("c2", (await NextDelete()).Request.Sandbox.Value);
        var figures = await Figures(pending);
        Assert.Equal((1, 1, 0), (figures["open"], figures["running"], figures["failed_attempts"]));
    }

    [Fact]
    public async Task A_watch_that_is_there_only_after_the_stop_ends_at_once()
    {
        _folder.Disk = _disk.Task;
        var pending = Start();
        await Figures(pending);
        Watch(pending);
        Sys.Stop(pending);
        await ExpectTerminatedAsync(pending, Patience);
        Assert.Equal(0, _folder.WatchesEnded);

        _disk.SetResult();

        await AwaitAssertAsync(() => Assert.Equal((1, false), (_folder.WatchesEnded, _folder.IsWatched)), Patience);
    }

    [Fact]
    public async Task What_is_read_only_after_the_stop_is_left_for_the_next_daemon()
    {
        _folder.Store("a", () => Hanging(_disk, "c1"));
        var pending = Start();
        await AwaitAssertAsync(async () => Assert.Equal(1, (await Figures(pending))["running"]), Patience);
        Watch(pending);
        Sys.Stop(pending);
        await ExpectTerminatedAsync(pending, Patience);

        _disk.SetResult();
        await _read.Task.WaitAsync(Patience);

        await _sandboxes.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));
        Assert.Single(_folder.Stored);
    }

    private SandboxRequest Hanging(TaskCompletionSource disk, string sandbox)
    {
        disk.Task.Wait();
        _read.TrySetResult();
        return Request(sandbox);
    }

    private static async Task<int> Scan(IActorRef pending) =>
        Assert
            .IsType<PendingDeletesProtocol.Reply.Scanned>(
                await pending.Ask<PendingDeletesProtocol.Reply>(new PendingDeletesProtocol.Scan(), Patience)
            )
            .Waiting;

    private static async Task<Dictionary<string, long>> Figures(IActorRef pending) =>
        (await pending.Ask<HealthProtocol.Figures>(new HealthProtocol.Report(), Patience)).Values.ToDictionary();

    private Task<CniRequest.Detach> NextDelete() => _sandboxes.ExpectMsgAsync<CniRequest.Detach>(Patience).AsTask();

    private IActorRef Start(int maxAtOnce = 10)
    {
        var wait = TimeSpan.FromMilliseconds(1);
        var settings = new PendingDeleteSettings(new Backoff(wait, wait), Patience) { MaxAtOnce = maxAtOnce };
        return Sys.ActorOf(
            PendingDeletesActor.PropsFor(settings, _folder, _sandboxes.Ref, TimeProvider.System, NullLogger.Instance)
        );
    }

    private static SandboxRequest Request(string sandbox) =>
        new(
            "r1",
            SandboxId.Parse(sandbox),
            null,
            InterfaceName.Parse("eth0"),
            new PodIdentity("ns", "pod", "", ""),
            MultusConfiguration.Parse(Encoding.UTF8.GetBytes("""{"name":"n","clusterNetwork":"/x"}"""), default),
            ImmutableArray<string>.Empty
        );
}
