using Microsoft.Extensions.Logging.Abstractions;
using Multus.Actors.Delegates;
using Multus.Actors.Tests.Fakes;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Linux.Processes;
using static Multus.Actors.Delegates.DelegatesProtocol;

namespace Multus.Actors.Tests.Delegates;

public class DelegatesActorTests : TestKit
{
    private readonly FakeProcesses _processes = new();

    [Fact]
    public async Task A_run_is_answered_with_what_the_plugin_printed()
    {
        var delegates = Delegates(slots: 1);
        var reply = Run(delegates, "bridge", CniCommand.Add);

        _processes.Next().Exit("""{"a":1}""");

        var succeeded = Assert.IsType<PluginOutput.Succeeded>(Assert.IsType<Reply.Ran>(await reply).Output);
        Assert.Equal("""{"a":1}"""u8.ToArray(), succeeded.Stdout.ToArray());
    }

    [Fact]
    public async Task A_process_starts_only_when_a_slot_is_free()
    {
        var delegates = Delegates(slots: 1);
        var first = Run(delegates, "bridge", CniCommand.Add);
        var second = Run(delegates, "macvlan", CniCommand.Add);
        var running = _processes.Next();
        await MailboxDrained(delegates);

        Assert.False(_processes.HasMore);
        running.Exit();
        await first;
        _processes.Next().Exit();
        await second;
    }

    [Fact]
    public async Task A_delete_runs_while_adds_hold_every_other_slot()
    {
        var delegates = Delegates(slots: 1);
        var add = Run(delegates, "bridge", CniCommand.Add);
        var running = _processes.Next();
        var delete = Run(delegates, "bridge", CniCommand.Del);

        _processes.Next().Exit();

        Assert.IsType<Reply.Ran>(await delete);
        running.Exit();
        await add;
    }

    [Fact]
    public async Task A_run_that_was_given_up_while_it_waited_never_starts()
    {
        var delegates = Delegates(slots: 1);
        var first = Run(delegates, "bridge", CniCommand.Add);
        var running = _processes.Next();
        using var cancel = new CancellationTokenSource();
        var second = Run(delegates, "bridge", CniCommand.Add, cancel.Token);
        await cancel.CancelAsync();

        running.Exit();

        Assert.IsType<Reply.NotStarted>(await second);
        await first;
        Assert.False(_processes.HasMore);
    }

    [Fact]
    public async Task A_run_that_was_given_up_is_answered_although_no_slot_gets_free()
    {
        var delegates = Delegates(slots: 1);
        _ = Run(delegates, "bridge", CniCommand.Add);
        _processes.Next();
        using var cancel = new CancellationTokenSource();
        var second = Run(delegates, "bridge", CniCommand.Add, cancel.Token);

        await cancel.CancelAsync();

        Assert.IsType<Reply.NotStarted>(await second);
    }

    [Theory]
    [InlineData(
        ProcessEnd.DeadlinePassed,
        0,
        CniErrorCode.TryAgainLater,
        "did not finish ADD within 60 s and was killed"
    )]
    [InlineData(ProcessEnd.Cancelled, 0, CniErrorCode.TryAgainLater, "the request was given up")]
    [InlineData(ProcessEnd.OutputTooLarge, 0, CniErrorCode.Decode, "printed more than 1024 bytes")]
    [InlineData(ProcessEnd.NotStarted, 2, CniErrorCode.Io, "could not be started")]
    [InlineData(ProcessEnd.NotStarted, 11, CniErrorCode.TryAgainLater, "could not be started")] // EAGAIN: no more processes
    [InlineData(ProcessEnd.NotStarted, 24, CniErrorCode.TryAgainLater, "could not be started")] // EMFILE: no more descriptors
    public async Task Every_end_of_a_process_becomes_an_error_that_says_what_happened(
        ProcessEnd end,
        int code,
        uint cniCode,
        string text
    )
    {
        var reply = Run(Delegates(slots: 1), "bridge", CniCommand.Add);

        _processes.Next().End(end, code);

        var failed = Assert.IsType<PluginOutput.Failed>(Assert.IsType<Reply.Ran>(await reply).Output);
        Assert.Equal(cniCode, failed.Error.Code);
        Assert.Contains(text, failed.Error.Message);
    }

    [Fact]
    public async Task A_plugin_s_own_error_is_passed_on_with_its_code()
    {
        var reply = Run(Delegates(slots: 1), "bridge", CniCommand.Add);

        _processes.Next().End(ProcessEnd.Exited, 1, """{"code":101,"msg":"no addresses left"}""");

        var failed = Assert.IsType<PluginOutput.Failed>(Assert.IsType<Reply.Ran>(await reply).Output);
        Assert.Equal((101u, "no addresses left"), (failed.Error.Code, failed.Error.Message));
    }

    [Fact]
    public async Task A_runner_that_fails_gives_an_error_and_its_slot_back()
    {
        var delegates = Delegates(slots: 1);
        var first = Run(delegates, "bridge", CniCommand.Add);
        _processes.Next().Crash(new InvalidOperationException("the runner is broken"));

        var failed = Assert.IsType<PluginOutput.Failed>(Assert.IsType<Reply.Ran>(await first).Output);
        Assert.Contains("the runner is broken", failed.Error.Message);
        var second = Run(delegates, "bridge", CniCommand.Add);
        _processes.Next().Exit();
        Assert.IsType<Reply.Ran>(await second);
    }

    [Fact]
    public async Task Edge_279_a_plugin_sees_the_call_s_variables_and_none_of_the_daemon_s_cni_variables()
    {
        var reply = Run(Delegates(slots: 1), "bridge", CniCommand.Add);
        var process = _processes.Next();

        Assert.Equal(
            ["CNI_COMMAND=ADD"],
            process
                .Spec.Environment.Where(v => v.Key.StartsWith("CNI_", StringComparison.Ordinal))
                .Select(v => $"{v.Key}={v.Value}")
        );
        Assert.Contains(process.Spec.Environment, v => v.Key == "PATH");
        process.Exit();
        await reply;
    }

    [Fact]
    public async Task When_it_stops_every_run_is_answered_and_every_process_told_to_end()
    {
        var delegates = Delegates(slots: 1);
        var running = Run(delegates, "bridge", CniCommand.Add);
        var process = _processes.Next();
        var waiting = Run(delegates, "bridge", CniCommand.Add);
        await MailboxDrained(delegates);

        Sys.Stop(delegates);

        Assert.IsType<Reply.NotStarted>(await waiting);
        Assert.IsType<PluginOutput.Failed>(Assert.IsType<Reply.Ran>(await running).Output);
        await AwaitConditionAsync(() => Task.FromResult(process.Cancel.IsCancellationRequested), Patience);
    }

    private IActorRef Delegates(int slots) =>
        Sys.ActorOf(
            DelegatesActor.PropsFor(
                new DelegateSettings(slots, slots, TimeSpan.FromSeconds(60), 1024, 1024),
                _processes,
                NullLogger.Instance
            )
        );

    private static Task<Reply> Run(
        IActorRef delegates,
        string type,
        CniCommand command,
        CancellationToken cancel = default
    )
    {
        var call = new PluginCall(type, command, "net", "{}"u8.ToArray(), [new("CNI_COMMAND", command.ToWire())], []);
        return delegates.Ask<Reply>(new Run(call, $"/plugins/{type}", cancel), Patience, CancellationToken.None);
    }

    /// <summary>
    /// Identify is answered after everything sent before it: a barrier, where a sleep would be a guess.
    /// </summary>
    private static Task<ActorIdentity> MailboxDrained(IActorRef actor) =>
        actor.Ask<ActorIdentity>(new Identify(null), Patience);
}
