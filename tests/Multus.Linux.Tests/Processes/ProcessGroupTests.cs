using Multus.Linux.Native;
using Multus.Linux.Processes;
using Multus.TestSupport;

namespace Multus.Linux.Tests.Processes;

/// <summary>Killing what a process has started, also when the process itself has ended meanwhile.</summary>
public sealed class ProcessGroupTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_group_whose_leader_has_ended_and_been_reaped_is_killed_and_counts()
    {
        var (leader, child) = await StartAndReap();

        Assert.Equal(0, ProcessSignals.KillGroup(leader.Pid, leader.PidDescriptor));

        await Eventually.Holds(() => !Proc.IsAlive(child), "the leader's child is gone");
        Close(leader);
    }

    [Fact]
    public void A_process_without_anybody_in_its_group_is_said_to_be_gone_once_it_has_been_reaped()
    {
        var leader = Start("exit 0");
        Assert.True(ProcessSignals.IsThere(leader.PidDescriptor)); // ended or not: nobody has reaped it
        Reap(leader);

        Assert.False(ProcessSignals.IsThere(leader.PidDescriptor));
        Assert.Equal(Errno.ESRCH, ProcessSignals.KillGroup(leader.Pid, leader.PidDescriptor));
        Close(leader);
    }

    [Fact]
    public async Task An_older_kernel_s_group_is_killed_by_number_while_its_leader_has_that_number()
    {
        var leader = Start($"/bin/sleep 600 </dev/null >/dev/null 2>&1 & echo $! >'{_folder["child"]}'; wait");
        var child = await Child();

        Assert.Equal(0, ProcessSignals.KillGroupByNumber(leader.Pid, leader.PidDescriptor));

        Reap(leader);
        await Eventually.Holds(() => !Proc.IsAlive(child), "the leader's child is gone");
        Close(leader);
    }

    /// <summary>Its number may by then be another group's.</summary>
    [Fact]
    public async Task An_older_kernel_s_group_is_left_alone_once_its_leader_has_been_reaped()
    {
        var (leader, child) = await StartAndReap();

        Assert.Equal(Errno.ESRCH, ProcessSignals.KillGroupByNumber(leader.Pid, leader.PidDescriptor));

        Assert.True(Proc.IsAlive(child));
        Assert.Equal(0, ProcessSignals.KillGroup(leader.Pid, leader.PidDescriptor));
        Close(leader);
    }

    private async Task<(StartedProcess Leader, int Child)> StartAndReap()
    {
        var leader = Start($"/bin/sleep 600 </dev/null >/dev/null 2>&1 & echo $! >'{_folder["child"]}'");
        Reap(leader);
        return (leader, await Child());
    }

    private async Task<int> Child()
    {
        await Eventually.Holds(
            () => File.Exists(_folder["child"]) && File.ReadAllText(_folder["child"]).EndsWith('\n'),
            "the leader has written its child's number"
        );
        return Proc.Number((await File.ReadAllTextAsync(_folder["child"])).TrimEnd());
    }

    private static void Reap(StartedProcess process) =>
        Assert.Equal(process.Pid, ProcessCalls.Wait(process.Pid, out _, 0, out _));

    private static StartedProcess Start(string script)
    {
        Assert.Equal(0, ProcessStarter.Start(Specs.Of("/bin/sh") with { Arguments = ["-c", script] }, out var started));
        return started;
    }

    private static void Close(StartedProcess process)
    {
        foreach (var descriptor in new[] { process.Stdin, process.Stdout, process.Stderr, process.PidDescriptor })
            Descriptor.CloseNumber(descriptor);
    }
}
