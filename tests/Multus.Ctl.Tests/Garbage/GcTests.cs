namespace Multus.Ctl.Tests.Garbage;

/// <summary>What is refused; what is collected is in the end-to-end tests, by a real daemon.</summary>
public sealed class GcTests : IDisposable
{
    private readonly CtlNode _node = new();

    public void Dispose() => _node.Dispose();

    [Fact]
    public async Task Without_a_runtime_that_says_what_lives_nothing_is_asked_of_the_daemon()
    {
        var ran = await _node.RunAsync("gc");

        Assert.Equal(ExitCode.NoAnswer, ran.Status);
        Assert.Contains("nothing may be freed", ran.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_daemon_that_does_not_run_is_named_by_its_socket()
    {
        var socket = _node.Temp["cri.sock"];
        await using var runtime = await TestCluster.Runtimes.FakeRuntime.StartAsync(socket);
        _node.With("containerRuntimeSocket", socket);

        var ran = await _node.RunAsync("gc");

        Assert.Equal(ExitCode.NoAnswer, ran.Status);
        Assert.StartsWith(
            $"multusctl: nobody answers on {Path.Combine(_node["socketDir"], "multus.sock")}",
            ran.Errors,
            StringComparison.Ordinal
        );
    }
}
