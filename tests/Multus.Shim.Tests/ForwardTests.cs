using System.Text.Json;
using Multus.Shim.Tests.Support;

namespace Multus.Shim.Tests;

/// <summary>ADD, CHECK, STATUS and GC while the daemon answers.</summary>
public sealed class ForwardTests : IDisposable
{
    private static readonly string Added = """
        {"Result":{"cniVersion":"1.1.0","interfaces":[{"name":"eth0","mtu":1400,"sandbox":"/n"}],
        "ips":[{"address":"10.0.0.9/24","interface":0}],"routes":[{"dst":"0.0.0.0/0","mtu":1300}]}}
        """.ReplaceLineEndings("");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_whole_environment_and_the_exact_configuration_are_sent()
    {
        await using var daemon = ScriptedDaemon.Start(_folder.Path, ScriptedDaemon.Json(200, Added));
        var config = "  " + Config.In(_folder) + "\n";

        await ShimProcess.RunAsync(ShimProcess.Call("ADD", ("WITH_EQUALS", "a=b=c")), config);

        Assert.StartsWith("POST /cni HTTP/1.1\r\n", Assert.Single(daemon.Requests), StringComparison.Ordinal);
        var body = daemon.Body(0);
        Assert.Equal(config, System.Text.Encoding.UTF8.GetString(body.Config.Span));
        Assert.Equal(("ADD", "c1"), (body.Variable("CNI_COMMAND"), body.Variable("CNI_CONTAINERID")));
        Assert.Equal(("eth0", "a=b=c"), (body.Variable("CNI_IFNAME"), body.Variable("WITH_EQUALS")));
        Assert.Null(body.InterfaceAttributes);
    }

    [Fact]
    public async Task Edge_205_a_result_is_printed_in_the_version_of_the_configuration()
    {
        var run = await Add(ScriptedDaemon.Json(200, Added), version: "0.3.1");

        Assert.Equal(
            (
                0,
                """
                {
                    "cniVersion": "0.3.1",
                    "interfaces": [
                        {
                            "name": "eth0",
                            "sandbox": "/n"
                        }
                    ],
                    "ips": [
                        {
                            "version": "4",
                            "interface": 0,
                            "address": "10.0.0.9/24"
                        }
                    ],
                    "routes": [
                        {
                            "dst": "0.0.0.0/0",
                            "mtu": 1300
                        }
                    ],
                    "dns": {}
                }
                """,
                ""
            ),
            (run.ExitCode, run.Stdout, run.Stderr)
        );
    }

    [Theory]
    [InlineData("0.1.0")]
    [InlineData("0.4.0")]
    [InlineData("1.0.0")]
    [InlineData("1.1.0")]
    public async Task A_result_names_the_version_that_was_asked_for(string version)
    {
        var run = await Add(ScriptedDaemon.Json(200, Added), version);

        using var printed = JsonDocument.Parse(run.Stdout);
        Assert.Equal((0, version), (run.ExitCode, printed.RootElement.GetProperty("cniVersion").GetString()));
    }

    [Fact]
    public async Task A_chunked_answer_is_read()
    {
        var chunked =
            $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{10:X}\r\n{Added[..10]}\r\n{Added.Length - 10:X}\r\n{Added[10..]}\r\n0\r\n\r\n";

        Assert.Equal(0, (await Add(chunked)).ExitCode);
    }

    [Fact]
    public async Task An_answer_without_a_length_is_read_to_the_end_of_the_connection()
    {
        Assert.Equal(0, (await Add("HTTP/1.1 200 OK\r\n\r\n" + Added)).ExitCode);
    }

    [Fact]
    public async Task An_answer_larger_than_any_buffer_is_read()
    {
        var large = Added[..^2] + ",\"unknown\":\"" + new string('x', 300_000) + "\"}}";

        Assert.Equal(0, (await Add(ScriptedDaemon.Json(200, large))).ExitCode);
    }

    [Theory]
    [InlineData("CHECK")]
    [InlineData("STATUS")]
    [InlineData("GC")]
    [InlineData("DEL")]
    public async Task The_other_verbs_succeed_without_a_word(string command)
    {
        await using var daemon = ScriptedDaemon.Start(_folder.Path, ScriptedDaemon.Json(200, ""));

        var run = await ShimProcess.RunAsync(ShimProcess.Call(command), Config.In(_folder));

        Assert.Equal((0, "", ""), (run.ExitCode, run.Stdout, run.Stderr));
        Assert.Equal(command, daemon.Body(0).Variable("CNI_COMMAND"));
    }

    [Theory]
    [InlineData("ADD")]
    [InlineData("CHECK")]
    [InlineData("STATUS")]
    [InlineData("GC")]
    public async Task Edge_202_286_a_CNI_error_of_the_daemon_arrives_unchanged(string command)
    {
        await using var daemon = ScriptedDaemon.Start(
            _folder.Path,
            ScriptedDaemon.Json(400, """{"code":50,"msg":"not <yet>","details":"wait"}""")
        );

        var run = await ShimProcess.RunAsync(ShimProcess.Call(command), Config.In(_folder));

        Assert.Equal(
            (
                1,
                """
                {
                    "code": 50,
                    "msg": "not \u003cyet\u003e",
                    "details": "wait"
                }
                """
            ),
            (run.ExitCode, run.Stdout)
        );
    }

    [Theory]
    [InlineData(
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 9\r\n\r\nkablewit\n",
        "kablewit"
    )]
    [InlineData("HTTP/1.1 400 Bad Request\r\nContent-Length: 12\r\n\r\n{\"code\":100}", "{\\\"code\\\":100}")]
    [InlineData(
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        "the daemon answered with HTTP status 404 and no text"
    )]
    [InlineData(
        "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
        "the daemon answered with HTTP status 500 and no text"
    )]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "the answer to ADD is empty")] // 207
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "the answer to ADD has no object")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK", "the answer to ADD is not JSON")] // 200
    [InlineData("SSH-2.0-OpenSSH_9\r\n", "the answer is not HTTP/1.1")]
    public async Task Edge_286_anything_else_is_an_error_with_code_999(string answer, string expected)
    {
        var run = await Add(answer);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("{\n    \"code\": 999,\n    \"msg\": \"", run.Stdout, StringComparison.Ordinal);
        Assert.Contains(expected, run.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Edge_206_a_result_without_addresses_cannot_be_told_in_0_2_0()
    {
        var run = await Add(ScriptedDaemon.Json(200, """{"Result":{"cniVersion":"1.1.0"}}"""), version: "0.2.0");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(
            "{\n    \"code\": 999,\n    \"msg\": \"cannot convert: no valid IP addresses",
            run.Stdout,
            StringComparison.Ordinal
        );
    }

    private async Task<ShimRun> Add(string answer, string version = "1.1.0")
    {
        await using var daemon = ScriptedDaemon.Start(_folder.Path, answer);
        return await ShimProcess.RunAsync(ShimProcess.Call("ADD"), Config.In(_folder, version));
    }
}
