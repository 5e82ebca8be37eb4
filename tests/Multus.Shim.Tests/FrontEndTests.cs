using Multus.Shim.Tests.Support;

namespace Multus.Shim.Tests;

/// <summary>
/// What the shim decides by itself (spec/cni-runtime.md §14). The socket's folder is empty: whoever asked the daemon
/// would wait.
/// </summary>
public sealed class FrontEndTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Version_is_answered_byte_for_byte()
    {
        var run = await ShimProcess.RunAsync(new() { ["CNI_COMMAND"] = "VERSION" }, "");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            """{"cniVersion":"1.1.0","supportedVersions":["0.1.0","0.2.0","0.3.0","0.3.1","0.4.0","1.0.0","1.1.0"]}"""
                + "\n",
            run.Stdout
        );
    }

    [Fact]
    public async Task Without_a_command_it_says_what_it_is_on_stderr()
    {
        var run = await ShimProcess.RunAsync([], "");

        Assert.Equal((0, ""), (run.ExitCode, run.Stdout));
        Assert.StartsWith("meta-plugin that delegates to other CNI plugins\n", run.Stderr, StringComparison.Ordinal);
        Assert.Contains("0.1.0, 0.2.0, 0.3.0, 0.3.1, 0.4.0, 1.0.0, 1.1.0", run.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ADD")]
    [InlineData("CHECK")]
    [InlineData("STATUS")]
    [InlineData("GC")]
    public async Task A_delegate_of_Multus_is_refused_without_asking_the_daemon(string command)
    {
        var run = await ShimProcess.RunAsync(
            ShimProcess.Call(command, ("MULTUS_DELEGATED_BY", "1.2:/cni")),
            Config.In(_folder)
        );

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("a network must not delegate to Multus again", run.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_delete_of_a_delegate_of_Multus_is_done_and_not_kept()
    {
        var run = await ShimProcess.RunAsync(
            ShimProcess.Call("DEL", ("MULTUS_DELEGATED_BY", "1.2:/cni")),
            Config.In(_folder)
        );

        Assert.Equal((0, ""), (run.ExitCode, run.Stdout));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("-version")]
    [InlineData("--version")]
    [InlineData("-v")]
    public async Task A_person_may_ask_for_the_version(string argument)
    {
        var run = await ShimProcess.RunAsync([], "", argument);

        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"^multus-shim: version:\d+\.\d+\.\d+\(.*\), commit:\S+, date:\S+\n$", run.Stdout);
    }

    [Theory]
    [InlineData("ADD", "CNI_CONTAINERID,CNI_NETNS,CNI_IFNAME,CNI_PATH")]
    [InlineData("CHECK", "CNI_CONTAINERID,CNI_NETNS,CNI_IFNAME,CNI_PATH")]
    [InlineData("DEL", "CNI_CONTAINERID,CNI_IFNAME,CNI_PATH")]
    [InlineData("GC", "CNI_PATH")]
    [InlineData("STATUS", "CNI_PATH")]
    public async Task Edge_284_all_missing_variables_are_named_together(string command, string missing)
    {
        var run = await ShimProcess.RunAsync(new() { ["CNI_COMMAND"] = command }, Config.In(_folder));

        Assert.Equal(
            (
                1,
                $$"""
                {
                    "code": 4,
                    "msg": "required env variables [{{missing}}] missing"
                }
                """
            ),
            (run.ExitCode, run.Stdout)
        );
    }

    [Fact]
    public Task An_unknown_command_is_refused() =>
        IsRefused(ShimProcess.Call("EAT"), Config.In(_folder), 4, "unknown CNI_COMMAND: EAT");

    [Theory]
    [InlineData("CNI_CONTAINERID", "a%b", "invalid characters in containerID")]
    [InlineData("CNI_CONTAINERID", "../../etc/passwd", "invalid characters in containerID")]
    [InlineData("CNI_IFNAME", "sixteen-byte-long", "interface name is too long")]
    [InlineData("CNI_IFNAME", "a/b", "interface name contains")]
    public async Task Bad_names_are_refused_for_every_verb_of_one_interface(
        string variable,
        string value,
        string expected
    )
    {
        foreach (var command in (string[])["ADD", "CHECK", "DEL"])
            await IsRefused(ShimProcess.Call(command, (variable, value)), Config.In(_folder), 4, expected);
    }

    [Theory]
    [InlineData("", 6, "the CNI configuration on stdin is not JSON")]
    [InlineData("{", 6, "the CNI configuration on stdin is not JSON")]
    [InlineData("null", 6, "the CNI configuration on stdin is not a JSON object")]
    [InlineData("""{"name":7}""", 6, "\"name\" in the CNI configuration on stdin is not a string")]
    [InlineData("""{"cniVersion":"1.0.0"}""", 7, "missing network name")]
    [InlineData("""{"name":"a b"}""", 7, "invalid characters found in network name")]
    [InlineData("""{"name":"a","cniVersion":"1.1.5"}""", 1, "incompatible CNI versions")]
    [InlineData("""{"name":"a","cniVersion":"1.2.0"}""", 1, "incompatible CNI versions")]
    [InlineData("""{"name":"a","cniVersion":"1.1"}""", 1, "incompatible CNI versions")]
    [InlineData("""{"name":"a","daemonWaitSeconds":-1}""", 7, "\"daemonWaitSeconds\" in the CNI configuration is -1")]
    [InlineData(
        """{"name":"a","daemonTimeoutSeconds":"5"}""",
        7,
        "\"daemonTimeoutSeconds\" in the CNI configuration is \"5\""
    )]
    [InlineData("""{"name":"a","daemonSocketDir":[]}""", 7, "\"daemonSocketDir\" in the CNI configuration is []")]
    public async Task Edge_287_288_a_bad_configuration_is_refused_for_ADD_and_DEL_alike(
        string config,
        int code,
        string expected
    )
    {
        await IsRefused(ShimProcess.Call("ADD"), config, code, expected);
        await IsRefused(ShimProcess.Call("DEL"), config, code, expected);
    }

    [Fact]
    public async Task A_refused_version_is_named_with_the_supported_ones()
    {
        var run = await ShimProcess.RunAsync(ShimProcess.Call("ADD"), Config.In(_folder, version: "1.1.5"));

        Assert.Contains(
            "\\\"1.1.5\\\", plugin supports [\\\"0.1.0\\\" \\\"0.2.0\\\"",
            run.Stdout,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("CHECK", "0.3.1", "config version does not allow CHECK")]
    [InlineData("STATUS", "1.0.0", "config version does not allow STATUS")]
    [InlineData("GC", "1.0.0", "config version does not allow GC")]
    public async Task Verbs_that_a_version_lacks_are_refused_without_asking_the_daemon(
        string command,
        string version,
        string expected
    )
    {
        await using var daemon = ScriptedDaemon.Start(_folder.Path, ScriptedDaemon.Json(200, ""));

        await IsRefused(ShimProcess.Call(command), Config.In(_folder, version), 1, expected);
        Assert.Empty(daemon.Requests);
    }

    [Fact]
    public async Task A_DEL_whose_path_has_come_to_mean_the_shim_s_own_namespace_is_done_without_one()
    {
        await using var daemon = ScriptedDaemon.Start(_folder.Path, ScriptedDaemon.Json(200, ""));

        var run = await ShimProcess.RunAsync(
            ShimProcess.Call("DEL", ("CNI_NETNS", "/proc/self/ns/net")),
            Config.In(_folder)
        );

        Assert.Equal((0, ""), (run.ExitCode, run.Stdout));
        Assert.Contains("\"CNI_NETNS\":\"\"", Assert.Single(daemon.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ADD_into_the_namespace_of_the_shim_itself_is_refused_before_any_work()
    {
        await using var daemon = ScriptedDaemon.Start(_folder.Path, ScriptedDaemon.Json(200, ""));

        await IsRefused(
            ShimProcess.Call("ADD", ("CNI_NETNS", "/proc/self/ns/net")),
            Config.In(_folder),
            8,
            "plugin's netns and netns from CNI_NETNS"
        );
        Assert.Empty(daemon.Requests);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("True")]
    public async Task The_namespace_of_the_shim_itself_may_be_asked_for_by_override(string value)
    {
        await using var daemon = ScriptedDaemon.Start(_folder.Path, ScriptedDaemon.Json(200, ""));

        var call = ShimProcess.Call("DEL", ("CNI_NETNS", "/proc/self/ns/net"), ("CNI_NETNS_OVERRIDE", value));
        Assert.Equal(0, (await ShimProcess.RunAsync(call, Config.In(_folder))).ExitCode);
        Assert.Single(daemon.Requests);
    }

    [Theory]
    [InlineData("ADD", "0644")]
    [InlineData("DEL", "0644")]
    [InlineData("ADD", "0444")]
    public async Task A_FIFO_in_place_of_the_namespace_is_left_to_the_daemon_which_answers_at_once(
        string command,
        string mode
    )
    {
        await using var daemon = ScriptedDaemon.Start(
            _folder.Path,
            ScriptedDaemon.Json(400, """{"code":8,"msg":"no network namespace"}"""),
            ScriptedDaemon.Json(200, "")
        );
        var fifo = Path.Combine(_folder.Path, "fifo");
        TestSupport.ProcessTool.Run("mkfifo", "-m", mode, fifo);

        await ShimProcess.RunAsync(ShimProcess.Call(command, ("CNI_NETNS", fifo)), Config.In(_folder));

        Assert.Contains(fifo, Assert.Single(daemon.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_byte_order_mark_before_the_configuration_is_passed_over_and_not_passed_on()
    {
        await using var daemon = ScriptedDaemon.Start(_folder.Path, ScriptedDaemon.Json(200, ""));
        var config = Config.In(_folder);

        var run = await ShimProcess.RunAsync(ShimProcess.Call("DEL"), "\uFEFF" + config);

        Assert.Equal((0, "", ""), (run.ExitCode, run.Stdout, run.Stderr));
        var sent = Assert.Single(daemon.Requests);
        Assert.Contains(
            Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(config)),
            sent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Another_file_is_not_taken_for_a_namespace()
    {
        await using var daemon = ScriptedDaemon.Start(_folder.Path, ScriptedDaemon.Json(200, ""));

        var run = await ShimProcess.RunAsync(
            ShimProcess.Call("DEL", ("CNI_NETNS", "/proc/self/ns/mnt")),
            Config.In(_folder)
        );

        Assert.Equal((0, "", ""), (run.ExitCode, run.Stdout, run.Stderr));
    }

    private static async Task IsRefused(Dictionary<string, string> call, string config, int code, string expected)
    {
        var run = await ShimProcess.RunAsync(call, config);

        Assert.Equal(1, run.ExitCode);
        var escaped = expected.Replace("\"", "\\\"", StringComparison.Ordinal);
        Assert.StartsWith($"{{\n    \"code\": {code},\n    \"msg\": \"{escaped}", run.Stdout, StringComparison.Ordinal);
    }
}
