using Multus.Actors.Delegates;
using Multus.Actors.Tests.Fakes;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Linux.Plugins;
using Multus.Linux.Processes;
using Multus.TestSupport;

namespace Multus.Actors.Tests.EdgeCases;

/// <summary>Rows of edge-cases.md M that the CNI runtime over the delegates actor and real files shows.</summary>
public class DelegateEdgeTests : TestKit
{
    private readonly FakeProcesses _processes = new();
    private readonly MemoryLog _log = new();
    private readonly TempFolder _temp = new();

    // VERSION of a delegate, the row's fourth verb, is never asked for here.
    [Theory]
    [InlineData(CniCommand.Add)]
    [InlineData(CniCommand.Check)]
    [InlineData(CniCommand.Del)]
    public async Task Edge_245_a_binary_that_is_nowhere_is_named_with_the_path_by_every_verb(CniCommand command)
    {
        foreach (
            var config in new[]
            {
                """{"cniVersion":"1.0.0","name":"n","type":"ghost"}""",
                """{"cniVersion":"1.0.0","name":"n","plugins":[{"type":"ghost"}]}""",
            }
        )
        {
            var error = (await Assert.ThrowsAsync<CniException>(() => Run(command, config))).Error;

            Assert.Contains(
                $"failed to find plugin \"ghost\" in path [{_temp.Path}]",
                error.Message,
                StringComparison.Ordinal
            );
        }

        Assert.False(_processes.HasMore);
    }

    // As root no folder is read-only; a file in its place cannot be written into by anybody.
    [Fact]
    public async Task Edge_247_a_result_that_cannot_be_stored_fails_the_add()
    {
        _temp.File("in-the-way", "");
        _temp.File("bridge", "");

        var adding = Run(
            CniCommand.Add,
            """{"cniVersion":"1.0.0","name":"n","type":"bridge"}""",
            resultsFolder: _temp["in-the-way"]
        );
        _processes.Next().Exit();

        var error = (await Assert.ThrowsAsync<CniException>(() => adding)).Error;
        Assert.Equal(CniErrorCode.Io, error.Code);
        Assert.StartsWith("failed to set network \"n\" cached result: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Edge_264_a_plugin_that_is_killed_at_its_deadline_is_said_to_be_where_upstream_has_no_message()
    {
        _temp.File("bridge", "");
        var adding = Run(CniCommand.Add, """{"cniVersion":"1.0.0","name":"n","type":"bridge"}""");
        var process = _processes.Next();
        Assert.Equal(TimeSpan.FromSeconds(60), process.Spec.Deadline);

        process.End(ProcessEnd.DeadlinePassed, 0);

        var error = (await Assert.ThrowsAsync<CniException>(() => adding)).Error;
        Assert.Equal(
            (CniErrorCode.TryAgainLater, true),
            (
                error.Code,
                error.Message.EndsWith(
                    "plugin bridge: did not finish ADD within 60 s and was killed",
                    StringComparison.Ordinal
                )
            )
        );
    }

    [Fact]
    public async Task Edge_277_what_a_plugin_that_succeeds_writes_to_stderr_is_in_the_log()
    {
        _temp.File("bridge", "");
        var deleting = Run(CniCommand.Del, """{"cniVersion":"1.0.0","name":"n","type":"bridge"}""");

        _processes.Next().End(ProcessEnd.Exited, 0, stderr: "deprecated key\n");
        await deleting;

        Assert.Contains(
            _log.Lines,
            line =>
                line.EndsWith(
                    "plugin bridge wrote to stderr during DEL of network n: deprecated key",
                    StringComparison.Ordinal
                )
        );
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _temp.Dispose();
    }

    private Task Run(CniCommand command, string config, string? resultsFolder = null)
    {
        var delegates = Sys.ActorOf(
            DelegatesActor.PropsFor(new DelegateSettings(1, 1, TimeSpan.FromSeconds(60), 1024, 1024), _processes, _log)
        );
        var runtime = new CniRuntime(
            new ActorPluginInvoker(delegates),
            new FileResultCache(resultsFolder ?? _temp["results"])
        );
        var network = NetworkConfiguration.Parse(System.Text.Encoding.UTF8.GetBytes(config));
        var p = new AttachmentParameters(SandboxId.Parse("c1"), "/proc/self/ns/net", "net1", [], [], [_temp.Path]);
        return command switch
        {
            CniCommand.Add => runtime.AddAsync(network, p, default),
            CniCommand.Check => runtime.CheckAsync(network, p, default),
            _ => runtime.DeleteAsync(network, p, default),
        };
    }
}
