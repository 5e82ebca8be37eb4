using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Multus.Cni;
using Multus.Linux.Processes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;

namespace Multus.Linux.Tests.Processes;

/// <summary>
/// Real processes that say which daemon started them: one that is gone, one that runs, one of another folder.
/// </summary>
public sealed class OrphanedDelegatesTests : IDisposable
{
    private const string Endless = "/bin/sleep 600 & echo $! > \"$PIDS/child\"; echo $$ > \"$PIDS/parent\"; wait";

    private readonly TempFolder _folder = new();
    private readonly ProcessRunner _runner = new(TimeProvider.System);
    private readonly CancellationTokenSource _end = new();

    public void Dispose()
    {
        _end.Cancel();
        _runner.Dispose();
        _folder.Dispose();
        _end.Dispose();
    }

    [Fact]
    public async Task A_delegate_of_a_daemon_that_is_gone_is_killed_with_its_children()
    {
        var (run, pids) = await Start("orphan", Dead());

        var outcome = await Kill();

        Assert.True(outcome.AllGone);
        Assert.Equal([pids.Parent], outcome.Killed.Select(orphan => orphan.Pid));
        Assert.Equal("signal: killed", (await run).Description);
        Assert.False(Proc.IsAlive(pids.Child));
    }

    [Fact]
    public async Task A_delegate_of_a_daemon_that_runs_is_not_touched()
    {
        var (_, pids) = await Start("busy", DelegationMarker.OfThisProcess(_folder.Path));

        Assert.Empty((await Kill()).Killed);

        Assert.True(Proc.IsAlive(pids.Parent));
        Assert.True(Proc.IsAlive(pids.Child));
    }

    [Fact]
    public async Task A_delegate_of_a_daemon_with_another_folder_is_not_touched()
    {
        var (_, pids) = await Start("foreign", Dead() with { CniDir = _folder["other"] });

        Assert.Empty((await Kill()).Killed);

        Assert.True(Proc.IsAlive(pids.Parent));
    }

    [Fact]
    public async Task What_a_delegate_has_started_in_a_session_of_its_own_stays()
    {
        const string leaves =
            "/usr/bin/setsid /bin/sh -c 'echo $$ > \"$PIDS/child\"; echo $$ > \"$PIDS/parent\"; exec /bin/sleep 600' & wait";
        var (_, pids) = await Start("daemonized", Dead(), leaves);

        var outcome = await Kill();

        Assert.Single(outcome.Killed); // the delegate itself
        Assert.True(Proc.IsAlive(pids.Child));
        ProcessTool.Try("kill", "-9", pids.Child.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_delegate_that_finishes_in_time_is_not_killed()
    {
        const string ends = "echo $$ > \"$PIDS/child\"; echo $$ > \"$PIDS/parent\"; exec /bin/sleep 0.2";
        await Start("ending", Dead(), ends);

        var outcome = await OrphanedDelegates.EndAsync(
            _folder.Path + "/",
            Wait.Patience,
            Wait.Patience,
            TimeProvider.System
        );

        Assert.Empty(outcome.Killed);
        Assert.True(outcome.AllGone);
    }

    [Fact]
    public async Task What_a_delegate_that_finishes_leaves_in_its_group_is_killed_once_the_grace_is_over()
    {
        var time = new FakeTimeProvider();
        var go = _folder["go"];
        var leaves =
            $"/bin/sleep 600 </dev/null >/dev/null 2>&1 & echo $! > \"$PIDS/child\"; echo $$ > \"$PIDS/parent\"; until [ -e '{go}' ]; do /bin/sleep 0.01; done";
        var (run, pids) = await Start("leaving", Dead(), leaves);

        var ending = OrphanedDelegates.EndAsync(_folder.Path, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), time); // has seen the delegate when it returns
        await File.WriteAllTextAsync(go, "");
        await run;
        Assert.True(Proc.IsAlive(pids.Child));
        await Eventually.Holds(
            () =>
            {
                time.Advance(TimeSpan.FromMilliseconds(500));
                return ending.IsCompleted || !Proc.IsAlive(pids.Child);
            },
            "it has been killed"
        );
        await Eventually.Holds(
            () =>
            {
                time.Advance(TimeSpan.FromMilliseconds(10));
                return ending.IsCompleted;
            },
            "its end has been seen"
        );

        Assert.Equal((true, pids.Parent), ((await ending).AllGone, Assert.Single((await ending).Killed).Pid));
    }

    [Theory]
    [InlineData("12.345:/var/lib/cni/multus", 12, 345ul, "/var/lib/cni/multus")]
    [InlineData("1.0:/a:b.c", 1, 0ul, "/a:b.c")]
    public void A_marker_reads_as_it_was_written(string value, int pid, ulong ticks, string cniDir)
    {
        var marker = DelegationMarker.TryParse(value);

        Assert.Equal(new DelegationMarker(pid, ticks, cniDir), marker);
        Assert.Equal(value, marker!.Value);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("12:/a")]
    [InlineData("12.x:/a")]
    [InlineData("-1.2:/a")]
    [InlineData(".:")]
    public void What_is_no_marker_is_none(string? value) => Assert.Null(DelegationMarker.TryParse(value));

    [Fact]
    public async Task Marked_processes_carry_one_marker_instead_of_another()
    {
        var marker = DelegationMarker.OfThisProcess(_folder.Path);
        var spec = Specs.Of("/usr/bin/env") with
        {
            Environment = [new("A", "1"), new(Delegation.MarkerVariable, "7.7:/old"), new("B", "2")],
        };

        var result = await new MarkedProcesses(_runner, marker).RunAsync(spec, CancellationToken.None);

        Assert.Equal($"{Delegation.MarkerVariable}={marker.Value}\nA=1\nB=2\n", result.Out());
    }

    private Task<OrphanedDelegates.Outcome> Kill() =>
        OrphanedDelegates.EndAsync(_folder.Path + "/", TimeSpan.Zero, Wait.Patience, TimeProvider.System);

    // The same process id, but started at another time: a daemon that is gone and whose id was given out again.
    private DelegationMarker Dead() => new(Environment.ProcessId, 1, _folder.Path);

    private async Task<(Task<ProcessResult> Run, (int Parent, int Child) Pids)> Start(
        string name,
        DelegationMarker marker,
        string script = Endless
    )
    {
        var pids = _folder.Folder(name);
        var spec = Specs.Shell(script);
        var run = new MarkedProcesses(_runner, marker).RunAsync(
            spec with
            {
                Environment = spec.Environment.Add(new("PIDS", pids)),
            },
            _end.Token
        );
        await Eventually.Holds(
            () =>
                File.Exists(Path.Combine(pids, "parent"))
                && File.ReadAllText(Path.Combine(pids, "parent")).EndsWith('\n'),
            $"{name} runs"
        );
        return (run, (Read("parent"), Read("child")));

        int Read(string file) => Proc.Number(File.ReadAllText(Path.Combine(pids, file)).TrimEnd());
    }
}
