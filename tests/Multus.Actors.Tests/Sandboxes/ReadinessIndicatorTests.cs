using Multus.Actors.Node;
using Multus.Cni;
using Multus.Engine.Requests;
using Multus.TestSupport;

namespace Multus.Actors.Tests.Sandboxes;

/// <summary>
/// Who waits for the file by which the cluster network says that it works, how long, and who never does
/// (wire-and-daemon.md §8).
/// </summary>
public class ReadinessIndicatorTests : SandboxFixture
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(5);
    private readonly CountedTime _time = new();

    public ReadinessIndicatorTests()
    {
        ExtraKeys = $",\"readinessindicatorfile\":\"{Temp["ready"]}\"";
        Time = _time;
    }

    [Fact]
    public async Task An_add_waits_until_the_file_is_there_and_then_goes_on()
    {
        var attaching = Attach(Sandboxes(addTimeout: LongEnough));
        await Pass(seconds: 3);
        await Waiting();
        Assert.Empty(Plugins.Calls);

        Temp.File("ready", "");
        await Pass(seconds: 1);

        Assert.IsType<CniReply.Attached>(await attaching);
        Assert.Equal("ADD cluster eth0", Plugins.Calls.First());
    }

    [Fact]
    public async Task An_add_waits_45_seconds_and_then_asks_to_try_again_later()
    {
        var attaching = Attach(Sandboxes(addTimeout: LongEnough));
        await Pass(seconds: 44);
        await Waiting();
        Assert.False(attaching.IsCompleted);

        await Pass(seconds: 1);

        var refused = Assert.IsType<CniReply.Refused>(await attaching);
        Assert.Equal(CniErrorCode.TryAgainLater, refused.Error.Code);
        Assert.Contains(
            $"readinessindicatorfile {Temp["ready"]} is still missing after 45 s",
            refused.Error.Message,
            StringComparison.Ordinal
        );
        Assert.Empty(Plugins.Calls);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task A_status_does_not_wait_and_names_the_missing_file()
    {
        var refused = Assert.IsType<CniReply.Refused>(await Status(Sandboxes(addTimeout: LongEnough)));

        Assert.Equal(CniErrorCode.PluginNotAvailable, refused.Error.Code);
        Assert.Contains(
            $"readinessindicatorfile {Temp["ready"]} is missing",
            refused.Error.Message,
            StringComparison.Ordinal
        );
        Assert.Empty(Plugins.Calls);
    }

    [Fact]
    public async Task Nobody_waits_for_a_file_that_is_there()
    {
        Temp.Folder("ready"); // any kind of file counts
        var sandboxes = Sandboxes();

        Assert.IsType<CniReply.Attached>(await Attach(sandboxes));
        Assert.IsType<CniReply.Done>(await Status(sandboxes));
    }

    [Fact]
    public async Task Edge_011_nobody_waits_when_no_file_is_configured()
    {
        ExtraKeys = "";
        var sandboxes = Sandboxes();

        Assert.IsType<CniReply.Attached>(await Attach(sandboxes));
        Assert.IsType<CniReply.Done>(await Status(sandboxes));
    }

    [Fact]
    public async Task Check_and_delete_and_the_repetition_of_an_add_never_wait()
    {
        var ready = Temp.File("ready", "");
        var sandboxes = Sandboxes();
        Assert.IsType<CniReply.Attached>(await Attach(sandboxes));
        File.Delete(ready);

        Assert.IsType<CniReply.Attached>(await Attach(sandboxes));
        Assert.IsType<CniReply.Done>(await Check(sandboxes));
        Assert.IsType<CniReply.Done>(await Detach(sandboxes));
    }

    [Fact]
    public async Task An_add_whose_caller_goes_away_stops_waiting()
    {
        using var caller = new CancellationTokenSource();
        var attaching = Attach(Sandboxes(addTimeout: LongEnough), abandoned: caller.Token);
        await Waiting();

        await caller.CancelAsync();

        Assert.Contains(
            "was given up",
            Assert.IsType<CniReply.Refused>(await attaching).Error.Message,
            StringComparison.Ordinal
        );
        Assert.Empty(Plugins.Calls);
    }

    [Fact]
    public async Task While_one_sandbox_waits_another_is_deleted()
    {
        var ready = Temp.File("ready", "");
        var sandboxes = Sandboxes(addTimeout: LongEnough);
        Assert.IsType<CniReply.Attached>(await Attach(sandboxes, "c2"));
        File.Delete(ready);
        var attaching = Attach(sandboxes);
        await Waiting();

        Assert.IsType<CniReply.Done>(await Detach(sandboxes, "c2"));
        Assert.False(attaching.IsCompleted);
    }

    [Fact]
    public async Task An_add_that_waits_holds_no_place_among_those_that_attach()
    {
        var sandboxes = Sandboxes(maxAttaching: 1, addTimeout: LongEnough);
        var attaching = Attach(sandboxes);
        await Waiting();

        ExtraKeys = "";
        Assert.IsType<CniReply.Attached>(await Attach(sandboxes, "c2"));
        Assert.False(attaching.IsCompleted);
    }

    [Fact]
    public async Task A_delete_of_a_sandbox_whose_add_waits_ends_the_waiting()
    {
        var sandboxes = Sandboxes(addTimeout: LongEnough);
        var attaching = Attach(sandboxes);
        await Waiting();

        Assert.IsType<CniReply.Done>(await Detach(sandboxes));

        Assert.Contains(
            "deleted before its ADD began",
            Assert.IsType<CniReply.Refused>(await attaching).Error.Message,
            StringComparison.Ordinal
        );
        await Eventually.Holds(() => _time.PendingTimers == 0, "nobody waits any more");
        Assert.Empty(Plugins.Calls);
    }

    [Fact]
    public async Task An_add_that_waits_does_not_hold_up_the_daemon_s_stop()
    {
        var sandboxes = Sandboxes(addTimeout: LongEnough);
        var attaching = Attach(sandboxes);
        await Waiting();

        await sandboxes.Ask<NodeProtocol.Idle>(new NodeProtocol.TellWhenIdle(), Patience);

        Assert.Equal(CniErrorCode.TryAgainLater, Assert.IsType<CniReply.Refused>(await attaching).Error.Code);
    }

    [Fact]
    public async Task What_is_half_attached_is_undone_at_once_and_then_it_is_to_be_tried_again_later()
    {
        var ready = Temp.File("ready", "");
        var sandboxes = Sandboxes();
        Assert.IsType<CniReply.Attached>(await Attach(sandboxes));
        File.Delete(Path.Combine(CniDir, "results", "third-c1-net2"));
        File.Delete(ready);

        Assert.Equal(CniErrorCode.TryAgainLater, Assert.IsType<CniReply.Refused>(await Attach(sandboxes)).Error.Code);
        Assert.Empty(Kept);
    }

    /// <summary>One timer: the pause between two looks at the file.</summary>
    private Task Waiting() => Eventually.Holds(() => _time.PendingTimers == 1, "the ADD waits for the file");

    private async Task Pass(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            await Waiting();
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
