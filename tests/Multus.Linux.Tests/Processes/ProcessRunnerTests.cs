using System.Globalization;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Multus.Linux.Processes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;

namespace Multus.Linux.Tests.Processes;

/// <summary>What a process gets, and what comes back of it.</summary>
public sealed class ProcessRunnerTests : IDisposable
{
    private static readonly TimeSpan KernelTick = TimeSpan.FromMilliseconds(10); // USER_HZ is 100 on every Linux

    private readonly ProcessRunner _runner = new(TimeProvider.System);
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _runner.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(255)]
    public async Task The_exit_status_is_reported(int status)
    {
        var result = await Run(Specs.Shell($"exit {status}"));

        Assert.Equal((ProcessEnd.Exited, status), (result.End, result.Code));
        Assert.Equal($"exit status {status}", result.Description);
        Assert.Equal(status == 0, result.IsSuccess);
    }

    [Theory]
    [InlineData(6, "signal: aborted")]
    [InlineData(9, "signal: killed")]
    [InlineData(11, "signal: segmentation fault")]
    [InlineData(13, "signal: broken pipe")]
    [InlineData(15, "signal: terminated")]
    [InlineData(40, "signal: signal 40")]
    public async Task A_signal_is_reported_by_number_and_name(int signal, string description)
    {
        var result = await Run(Specs.Shell($"ulimit -c 0; kill -{signal} $$"));

        Assert.Equal((ProcessEnd.Signaled, signal, description), (result.End, result.Code, result.Description));
    }

    [Fact]
    public async Task Stdout_and_stderr_come_back_apart()
    {
        var result = await Run(Specs.Shell("printf out; printf err >&2; printf more; exit 4"));

        Assert.Equal(("outmore", "err", 4), (result.Out(), result.Err(), result.Code));
    }

    [Fact]
    public async Task Arguments_arrive_as_they_are_and_in_their_order()
    {
        var spec = Specs.Of("/bin/sh") with { Arguments = ["-c", "printf '%s|' \"$@\"", "sh", "a b", "", "$x é"] };

        Assert.Equal("a b||$x é|", (await Run(spec)).Out());
    }

    [Fact]
    public async Task An_argument_with_a_zero_byte_is_refused_rather_than_cut_off()
    {
        var result = await Run(Specs.Of("/bin/sh") with { Arguments = ["-c", "exit 0\0; exit 1"] });

        Assert.Equal(ProcessEnd.NotStarted, result.End);
        Assert.Contains("an argument contains a zero byte", result.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stdin_larger_than_a_pipe_arrives_whole()
    {
        var text = string.Concat(Enumerable.Range(0, 100_000).Select(i => i.ToString(CultureInfo.InvariantCulture)));

        var result = await Run(Specs.Of("/bin/cat", text));

        Assert.Equal(text, result.Out());
    }

    [Fact]
    public async Task A_process_that_never_reads_its_large_stdin_is_no_error()
    {
        var result = await Run(Specs.Of("/bin/true", new string('x', 1 << 20)));

        Assert.True(result.IsSuccess, result.Description);
    }

    [Fact]
    public async Task A_process_that_closes_its_output_and_runs_on_is_waited_for()
    {
        var result = await Run(Specs.Shell("printf done; exec >&- 2>&-; sleep 0.1; exit 7"));

        Assert.Equal(("done", 7), (result.Out(), result.Code));
    }

    [Fact]
    public async Task The_environment_is_exactly_the_given_one_in_its_order()
    {
        var spec = Specs.Of("/usr/bin/env") with
        {
            Environment = [new("Z", "1"), new("CNI_ARGS", "A=b;C=d=e"), new("A", ""), new("UMLAUT", "ü")],
        };

        var result = await Run(spec);

        Assert.Equal("Z=1\nCNI_ARGS=A=b;C=d=e\nA=\nUMLAUT=ü\n", result.Out());
    }

    [Fact]
    public async Task The_only_argument_is_the_path()
    {
        var script = Executable("args", "#!/bin/sh\necho $# $0\n");

        Assert.Equal($"0 {script}\n", (await Run(Specs.Of(script))).Out());
    }

    [Fact]
    public async Task It_leads_a_process_group_of_its_own()
    {
        var result = await Run(Specs.Shell("IFS= read -r stat </proc/$$/stat; set -- ${stat##*) }; echo $$ $3"));

        var ids = result.Out().Trim().Split(' ');
        Assert.Equal(ids[0], ids[1]);
    }

    [Fact]
    public async Task It_blocks_and_ignores_no_signal()
    {
        var result = await Run(
            Specs.Of(Executable("signals", "#!/bin/sh\nexec grep -E '^Sig(Blk|Ign)' /proc/self/status\n"))
        );

        Assert.Equal("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n", result.Out());
    }

    [Fact]
    public async Task It_inherits_no_descriptor_even_one_that_is_not_close_on_exec()
    {
        var ends = InheritablePipe();
        try
        {
            var result = await Run(Specs.Of(Executable("fds", "#!/bin/sh\nexec ls /proc/self/fd\n")));

            Assert.Equal("0\n1\n2\n3\n", result.Out()); // 3 is the folder that ls reads
        }
        finally
        {
            foreach (var end in ends)
                Native.Descriptor.CloseNumber(end);
        }
    }

    [Fact]
    public async Task Processor_time_is_what_the_kernel_has_counted()
    {
        var result = await Run(
            Specs.Shell(
                """
                used=0
                while [ $used -lt 2 ]; do
                    IFS= read -r stat </proc/$$/stat
                    set -- ${stat##*) }
                    used=$((${12} + ${13}))
                done
                echo $used
                """
            )
        );

        Assert.True(result.IsSuccess, $"{result.Description}: {result.Err()}");
        var ticks = int.Parse(result.Out(), CultureInfo.InvariantCulture);
        Assert.True(result.Cpu >= ticks * KernelTick, $"{result.Cpu} is less than {ticks} ticks");
    }

    [Fact]
    public async Task Wall_time_is_what_the_clock_shows_from_the_start_to_the_end()
    {
        var time = new FakeTimeProvider();
        using var runner = new ProcessRunner(time);
        var (go, started) = (_folder["go"], _folder["started"]);
        var run = runner.RunAsync(Specs.Shell($": >{started}; until [ -e {go} ]; do sleep 0.01; done"), default);
        await Wait.Until("it runs", () => File.Exists(started));

        time.Advance(TimeSpan.FromSeconds(30));
        _folder.File("go", "");

        var result = await run;
        Assert.True(result.IsSuccess, $"{result.Description}: {result.Err()}");
        Assert.Equal(TimeSpan.FromSeconds(30), result.Wall);
    }

    [Fact]
    public async Task A_missing_file_is_not_started_and_named()
    {
        var result = await Run(Specs.Of(_folder["nowhere"]));

        Assert.Equal((ProcessEnd.NotStarted, 2), (result.End, result.Code));
        Assert.Equal(
            $"cannot start {_folder["nowhere"]}: No such file or directory (ENOENT); install it, or correct the path",
            result.Description
        );
    }

    [Fact]
    public async Task A_missing_interpreter_is_told_from_a_missing_file()
    {
        var result = await Run(Specs.Of(Executable("script", "#!/nowhere/sh\n")));

        Assert.Equal((ProcessEnd.NotStarted, 2), (result.End, result.Code));
        Assert.Contains("the interpreter or loader that it names is not", result.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_without_execute_permission_is_not_started()
    {
        var result = await Run(Specs.Of(_folder.File("plain", "#!/bin/sh\n")));

        Assert.Equal((ProcessEnd.NotStarted, 13), (result.End, result.Code));
        Assert.Contains("execute permission", result.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_program_is_not_started()
    {
        var result = await Run(Specs.Of(Executable("noise", "\u0001\u0002\u0003")));

        Assert.Equal((ProcessEnd.NotStarted, 8), (result.End, result.Code));
        Assert.Contains("no program for this machine", result.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A", "x\0y")]
    [InlineData("A=B", "x")]
    [InlineData("", "x")]
    public async Task An_environment_that_would_be_cut_or_misread_is_refused(string key, string value)
    {
        var result = await Run(Specs.Of("/bin/true") with { Environment = [new(key, value)] });

        Assert.Equal((ProcessEnd.NotStarted, 22), (result.End, result.Code));
        Assert.Contains("environment variable", result.Description, StringComparison.Ordinal);
    }

    private static unsafe int[] InheritablePipe()
    {
        var ends = stackalloc int[2];
        Assert.Equal(0, ProcessCalls.Pipe(ends, flags: 0));
        return [ends[0], ends[1]];
    }

    private string Executable(string name, string content)
    {
        var path = _folder.File(name, content);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private Task<ProcessResult> Run(ProcessSpec spec) => _runner.RunAsync(spec, CancellationToken.None);
}
