using System.Collections.Immutable;
using System.Text;
using Multus.Kubernetes.Api.Configuration;
using Multus.Kubernetes.Api.Credentials;
using Multus.Linux.Processes;

namespace Multus.Host.Tests.Clusters;

public sealed class ExecPluginProcessesTests : IDisposable
{
    private readonly ProcessRunner _runner = new(TimeProvider.System);

    public void Dispose() => _runner.Dispose();

    [Fact]
    public async Task A_plugin_gets_its_arguments_and_its_environment_on_top_of_the_daemon_s()
    {
        var end = await Run(
            "sh",
            ["-c", "printf '%s %s %s' \"$1\" \"$MINE\" \"${PATH:+path}\"", "sh", "an argument"],
            KeyValuePair.Create("MINE", "own")
        );

        Assert.Equal((0, "an argument own path"), (end.ExitCode, Encoding.UTF8.GetString(end.Stdout.Span)));
    }

    [Fact]
    public async Task What_a_failing_plugin_says_is_handed_on()
    {
        var end = await Run("/bin/sh", ["-c", "echo no luck >&2; exit 3"]);

        Assert.Equal((3, "no luck\n"), (end.ExitCode, end.Stderr));
    }

    [Theory]
    [InlineData("/nowhere/plugin", "/nowhere/plugin")]
    [InlineData("no-such-plugin-anywhere", "in none of the folders of PATH")]
    public async Task A_command_that_is_not_there_is_named(string command, string expected)
    {
        var error = await Assert.ThrowsAsync<IOException>(() => Run(command, []));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private Task<ExecPluginEnd> Run(
        string command,
        ImmutableArray<string> arguments,
        params ImmutableArray<KeyValuePair<string, string>> environment
    ) =>
        new ExecPluginProcesses(_runner).RunAsync(
            new ExecPlugin(
                "client.authentication.k8s.io/v1",
                command,
                arguments,
                environment,
                GetsClusterInfo: false,
                InstallHint: null
            ),
            CancellationToken.None
        );
}
