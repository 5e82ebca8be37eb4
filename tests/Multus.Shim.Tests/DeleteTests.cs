using Multus.Shim.Tests.Support;
using Multus.Wire;

namespace Multus.Shim.Tests;

/// <summary>A DEL is done or kept, and says so only when it is.</summary>
public sealed class DeleteTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Pending => _folder.In("cni/pending");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_DEL_that_the_daemon_did_is_not_kept()
    {
        await using var daemon = ScriptedDaemon.Start(_folder.Path, ScriptedDaemon.Json(200, ""));

        var run = await Delete();

        Assert.Equal((0, "", ""), (run.ExitCode, run.Stdout, run.Stderr));
        Assert.False(Directory.Exists(Pending));
    }

    [Fact]
    public async Task Without_a_daemon_the_request_is_kept_whole_in_one_file_of_its_owner()
    {
        var run = await Delete();

        Assert.Equal((0, ""), (run.ExitCode, run.Stdout));
        Assert.Contains("kept in " + Path.Combine(Pending, "c1.eth0.json"), run.Stderr, StringComparison.Ordinal);
        var file = Assert.Single(Directory.GetFileSystemEntries(Pending));
        Assert.Equal("c1.eth0.json", Path.GetFileName(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        var kept = CniRequestBody.Parse(await File.ReadAllBytesAsync(file));
        Assert.Equal(("DEL", "c1"), (kept.Variable("CNI_COMMAND"), kept.Variable("CNI_CONTAINERID")));
        Assert.Equal(Config.In(_folder), System.Text.Encoding.UTF8.GetString(kept.Config.Span));
    }

    [Fact]
    public async Task The_folders_it_makes_are_their_owners_alone()
    {
        await Delete();

        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Assert.Equal((ownerOnly, ownerOnly), (File.GetUnixFileMode(_folder.In("cni")), File.GetUnixFileMode(Pending)));
    }

    [Fact]
    public async Task A_DEL_that_comes_again_replaces_the_kept_one()
    {
        await Delete();
        await ShimProcess.RunAsync(ShimProcess.Call("DEL", ("CNI_NETNS", "")), Config.In(_folder));

        var kept = CniRequestBody.Parse(await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(Pending))));
        Assert.Null(kept.Variable("CNI_NETNS"));
    }

    [Fact]
    public async Task A_stale_socket_is_no_daemon()
    {
        ScriptedDaemon.LeaveStaleSocket(_folder.Path);

        Assert.Equal(0, (await Delete()).ExitCode);
        Assert.Single(Directory.GetFiles(Pending));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Len")]
    [InlineData("SSH-2.0-OpenSSH_9\r\n")]
    [InlineData("HTTP/1.1 400 Bad Request\r\nContent-Length: 9\r\n\r\nkablewit\n")]
    [InlineData("HTTP/1.1 400 Bad Request\r\nContent-Length: 23\r\n\r\n{\"code\":7,\"msg\":\"no\\nno\"}")]
    public async Task A_DEL_that_was_sent_but_not_done_is_kept(string? answer)
    {
        await using var daemon = ScriptedDaemon.Start(_folder.Path, answer);

        var run = await Delete();

        Assert.Equal((0, ""), (run.ExitCode, run.Stdout));
        Assert.Equal(1, run.Stderr.Count(c => c == '\n'));
        Assert.Single(daemon.Requests); // asked once
        Assert.Single(Directory.GetFiles(Pending));
    }

    public static TheoryData<string, string> WrongVariables =>
        new()
        {
            { "CNI_CONTAINERID", "pending" },
            { "CNI_CONTAINERID", new string('c', 253) },
            { "CNI_ARGS", "a" },
            { "CNI_ARGS", "K8S_POD_NAMESPACE=ns;K8S_POD_NAME=a=b" },
        };

    [Theory]
    [MemberData(nameof(WrongVariables))]
    public async Task A_DEL_that_is_wrong_in_itself_fails_with_its_own_error_and_is_not_kept_with_or_without_a_daemon(
        string name,
        string value
    )
    {
        var run = await ShimProcess.RunAsync(ShimProcess.Call("DEL", (name, value)), Config.In(_folder));

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("{\n    \"code\": 4,\n", run.Stdout, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Pending));
    }

    [Fact]
    public async Task A_DEL_that_the_daemon_calls_wrong_in_itself_is_not_kept()
    {
        await using var daemon = ScriptedDaemon.Start(
            _folder.Path,
            "HTTP/1.1 422 Unprocessable Content\r\nContent-Length: 23\r\n\r\n{\"code\":4,\"msg\":\"nono\"}"
        );

        var run = await Delete();

        Assert.StartsWith("{\n    \"code\": 4,\n", run.Stdout, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Pending));
    }

    [Fact]
    public async Task The_longest_names_that_are_taken_can_be_kept()
    {
        var run = await ShimProcess.RunAsync(
            ShimProcess.Call("DEL", ("CNI_CONTAINERID", new string('c', 225)), ("CNI_IFNAME", new string('i', 15))),
            Config.In(_folder)
        );

        Assert.Equal(0, run.ExitCode);
        Assert.Single(Directory.GetFiles(Pending));
    }

    [Fact]
    public async Task A_DEL_that_is_not_answered_in_time_is_kept()
    {
        await using var daemon = ScriptedDaemon.StartSilent(_folder.Path);

        var run = await Delete("\"daemonTimeoutSeconds\":0.2");

        Assert.Equal(0, run.ExitCode);
        Assert.Single(Directory.GetFiles(Pending));
    }

    [Fact]
    public async Task A_DEL_that_can_neither_be_done_nor_kept_fails_with_both_reasons()
    {
        await File.WriteAllTextAsync(_folder.In("cni"), "a file where the folder belongs");

        var run = await Delete();

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("{\n    \"code\": 11,\n", run.Stdout, StringComparison.Ordinal);
        Assert.Contains("there is no socket", run.Stdout, StringComparison.Ordinal);
        Assert.Contains(_folder.In("cni"), run.Stdout, StringComparison.Ordinal);
        Assert.Contains("keeping it: ", run.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_cannot_be_renamed_into_place_leaves_no_temporary_one()
    {
        Directory.CreateDirectory(Path.Combine(Pending, "c1.eth0.json")); // a folder where the file belongs

        var run = await Delete();

        Assert.StartsWith("{\n    \"code\": 11,\n", run.Stdout, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Pending));
    }

    private Task<ShimRun> Delete(string more = "\"daemonWaitSeconds\":30") =>
        ShimProcess.RunAsync(ShimProcess.Call("DEL"), Config.In(_folder, more: more));
}
