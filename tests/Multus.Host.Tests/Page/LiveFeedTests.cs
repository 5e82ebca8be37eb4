using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Cni;
using Multus.Engine.Activity;
using Multus.Engine.History;
using Multus.Engine.Ports;
using Multus.Host.Metrics;
using Multus.Host.Page;
using Multus.Host.Tests.Metrics;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;

namespace Multus.Host.Tests.Page;

public sealed class LiveFeedTests : IDisposable
{
    private static readonly NodeFigures Figures = new(null, [], null, [], []);

    private readonly TempFolder _folder = new();
    private readonly CountedTime _time = new();
    private readonly ConcurrentQueue<string> _remembered = new();
    private readonly LastHour _hour;
    private readonly OperationTracker _tracker;
    private readonly EndedOperations _ended;
    private readonly LiveFeed _feed;
    private int _asked;
    private Exception? _crash;

    public LiveFeedTests()
    {
        _hour = new LastHour(_time);
        _tracker = new OperationTracker(_time, _hour);
        _ended = new EndedOperations(entry => _remembered.Enqueue(entry().Request));
        var history = new HistoryFolder(_folder.Path, HistoryLimits.Usual);
        _feed = new LiveFeed(new PageSources(AskAsync, _tracker, _ended, _hour, history), _time, NullLogger.Instance);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task While_nobody_watches_nothing_runs_and_nothing_is_kept()
    {
        _ended.Take(() => Failed("r1"));
        Assert.Equal((0, 0), (_time.PendingTimers, _asked));
        using var gone = new CancellationTokenSource();
        var watcher = new Watcher(_feed, gone.Token);
        await watcher.Sees("event: node");

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watcher.Following);
        await Wait.Until("the loop waits", () => _time.PendingTimers == 1);
        _time.Advance(LiveFeed.Interval);

        await Wait.Until("nothing waits", () => _time.PendingTimers == 0);
        var asked = _asked;
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(asked, _asked);
        Assert.Equal(["r1"], _remembered);
    }

    [Fact]
    public async Task A_watcher_gets_all_there_is_and_then_what_has_changed()
    {
        using var gone = new CancellationTokenSource();
        var watcher = new Watcher(_feed, gone.Token);
        foreach (var topic in (string[])["node", "running", "ended", "failures", "hour"])
            await watcher.Sees($"event: {topic}\n");
        watcher.Forget();

        var sandbox = SandboxId.Parse("c1");
        _tracker.Report(Phases.Begun("r1", sandbox, CniCommand.Add));
        _ended.Take(() => Failed("r0"));
        await Next();

        await watcher.Sees("\"count\":1");
        await watcher.Sees("\"cause\":\"PluginNotFound\"");
        Assert.DoesNotContain("event: node", watcher.Said);
        Assert.Equal(["r0"], _remembered);
        await gone.CancelAsync();
    }

    [Fact]
    public async Task Several_watchers_cost_as_much_as_one_and_whoever_comes_late_gets_all_of_it()
    {
        using var gone = new CancellationTokenSource();
        var first = new Watcher(_feed, gone.Token);
        await first.Sees("event: hour");
        var asked = _asked;

        var second = new Watcher(_feed, gone.Token);

        await second.Sees("event: hour");
        await second.Sees("event: node");
        Assert.Equal(asked, _asked);
        await gone.CancelAsync();
    }

    [Fact]
    public async Task What_ended_before_is_read_off_the_history_with_failures_that_are_older_than_the_last_operations()
    {
        var history = new HistoryFolder(_folder.Path, HistoryLimits.Usual);
        history.Append(EntryCodec.ToLine(Failed("old")));
        for (var i = 0; i < 40; i++)
            history.Append(EntryCodec.ToLine(Entry($"r{i}")));
        using var gone = new CancellationTokenSource();
        var watcher = new Watcher(_feed, gone.Token);

        await watcher.Sees("event: failures\ndata: [{\"request\":\"old\"");
        await watcher.Sees("event: ended\ndata: [{\"request\":\"r10\"");
        await gone.CancelAsync();
    }

    [Fact]
    public async Task A_crash_ends_the_watchers_and_the_next_one_starts_anew()
    {
        _crash = new InvalidOperationException("no such reply");
        var watcher = new Watcher(_feed, CancellationToken.None);

        var said = await Assert.ThrowsAsync<IOException>(() => watcher.Following);

        Assert.Contains("no such reply", said.Message);
        Assert.Equal(0, _time.PendingTimers);
        _crash = null;
        using var gone = new CancellationTokenSource();
        await new Watcher(_feed, gone.Token).Sees("event: node");
        await gone.CancelAsync();
    }

    private Task<NodeFigures> AskAsync(CancellationToken cancel)
    {
        Interlocked.Increment(ref _asked);
        return _crash is { } crash ? Task.FromException<NodeFigures>(crash) : Task.FromResult(Figures);
    }

    // The loop's timer and the watcher's wait.
    private async Task Next()
    {
        await Wait.Until("all wait", () => _time.PendingTimers == 2);
        _time.Advance(LiveFeed.Interval);
    }

    private static OperationEntry Entry(string request) =>
        new(request, "ADD", $"sandbox-{request}", DateTimeOffset.UnixEpoch, 12);

    private static OperationEntry Failed(string request) =>
        Entry(request) with
        {
            Error = new EntryError(CniErrorCode.Io, "failed to find plugin \"x\" in path [/bin]", ""),
        };

    private sealed class Watcher
    {
        private readonly StringBuilder _said = new();

        public Watcher(LiveFeed feed, CancellationToken gone) => Following = feed.FollowAsync(Take, gone);

        public Task Following { get; }

        public string Said
        {
            get
            {
                lock (_said)
                    return _said.ToString();
            }
        }

        public void Forget()
        {
            lock (_said)
                _said.Clear();
        }

        public Task Sees(string text) =>
            Wait.Until(
                $"the watcher sees {text}",
                () => Said.Contains(text, StringComparison.Ordinal),
                () => $"{Following.Exception} {Said}"
            );

        private Task Take(ReadOnlyMemory<byte> events, CancellationToken cancel)
        {
            lock (_said)
                _said.Append(Encoding.UTF8.GetString(events.Span));
            return Task.CompletedTask;
        }
    }
}
