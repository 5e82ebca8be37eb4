using System.Text;
using System.Text.Json;
using Multus.Linux.Processes;
using Multus.Linux.Tests.Processes;
using Multus.TestSupport;

namespace Multus.Linux.Tests.Support;

/// <summary>The steered plugin, as end-to-end tests rely on it.</summary>
public sealed class SteeredPluginTests : IDisposable
{
    private const string Config = """{"cniVersion":"0.4.0","name":"blue","type":"steered"}""";

    private readonly TempFolder _folder = new();
    private readonly ProcessRunner _runner = new(TimeProvider.System);
    private readonly SteeredPlugin _plugin;

    public SteeredPluginTests() => _plugin = new SteeredPlugin(_folder["bin"], "steered");

    public void Dispose()
    {
        _plugin.Dispose();
        _runner.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Left_alone_it_adds_what_was_asked_for_in_the_version_of_the_configuration()
    {
        var result = await Run("ADD", ifName: "net1");

        using var json = JsonDocument.Parse(result.Stdout);
        Assert.Equal("0.4.0", json.RootElement.GetProperty("cniVersion").GetString());
        Assert.Equal("net1", json.RootElement.GetProperty("interfaces")[0].GetProperty("name").GetString());
        Assert.Equal("/ns", json.RootElement.GetProperty("interfaces")[0].GetProperty("sandbox").GetString());
    }

    [Theory]
    [InlineData("DEL")]
    [InlineData("CHECK")]
    [InlineData("STATUS")]
    [InlineData("GC")]
    public async Task Left_alone_it_succeeds_in_silence(string command)
    {
        var result = await Run(command);

        Assert.Equal((true, "", ""), (result.IsSuccess, result.Out(), result.Err()));
    }

    [Fact]
    public async Task It_records_what_it_was_given()
    {
        await Run("ADD", "abc", "net1");

        var call = Assert.Single(_plugin.Calls);
        Assert.Equal(
            ("ADD", "abc", "net1", "/ns", "A=1;B=2", "/bin"),
            (call.Command, call.ContainerId, call.IfName, call.NetNs, call.Args, call.Path)
        );
        Assert.Equal(Config, call.Stdin);
        Assert.Equal("blue", call.Config.GetProperty("name").GetString());
        Assert.Equal((true, 0), (call.HasEnded, call.ExitStatus));
    }

    [Fact]
    public async Task Calls_are_told_apart_and_in_order()
    {
        await Run("ADD", "a");
        await Run("ADD", "b");
        await Run("DEL", "b");

        Assert.Equal(["ADD a", "ADD b", "DEL b"], _plugin.Calls.Select(call => $"{call.Command} {call.ContainerId}"));
        Assert.False(_plugin.Calls[0].Overlaps(_plugin.Calls[1]));
    }

    [Fact]
    public async Task It_waits_at_a_gate_until_the_test_opens_it()
    {
        var gate = _plugin.Gate();
        _plugin.On("ADD", does => does.WaitsFor(gate).Answers("{}"));
        var first = Run("ADD", "a");
        var second = Run("ADD", "b");
        await _plugin.Began("ADD", count: 2);

        Assert.True(_plugin.Calls[0].Overlaps(_plugin.Calls[1]));
        Assert.False(first.IsCompleted || second.IsCompleted);

        gate.Open();
        Assert.Equal(("{}", "{}"), ((await first).Out(), (await second).Out()));
        await _plugin.Ended("ADD", count: 2);
    }

    [Fact]
    public async Task The_most_exact_rule_wins()
    {
        _plugin
            .On("ADD", does => does.Answers("all"))
            .On("ADD", does => does.Answers("if"), ifName: "net2")
            .On("ADD", does => does.Answers("cid"), containerId: "b")
            .On("ADD", does => does.Answers("both"), containerId: "b", ifName: "net2");

        Assert.Equal("all", (await Run("ADD", "a", "net1")).Out());
        Assert.Equal("if", (await Run("ADD", "a", "net2")).Out());
        Assert.Equal("cid", (await Run("ADD", "b", "net1")).Out());
        Assert.Equal("both", (await Run("ADD", "b", "net2")).Out());
    }

    [Fact]
    public async Task A_forgotten_rule_gives_way_to_the_next()
    {
        _plugin.On("ADD", does => does.Answers("all")).On("ADD", does => does.Answers("cid"), containerId: "b");

        _plugin.Forget("ADD", containerId: "b");

        Assert.Equal("all", (await Run("ADD", "b")).Out());
    }

    [Fact]
    public async Task It_fails_with_an_error_object_and_status_1()
    {
        _plugin.On("ADD", does => does.Fails(11, "it's busy", "a \"detail\""));

        var result = await Run("ADD");

        Assert.Equal(1, result.Code);
        using var json = JsonDocument.Parse(result.Stdout);
        Assert.Equal(
            (11, "it's busy", "a \"detail\""),
            (Number(json, "code"), Text(json, "msg"), Text(json, "details"))
        );
        Assert.Equal(1, Assert.Single(_plugin.Calls).ExitStatus);
    }

    [Fact]
    public async Task It_complains_and_ends_with_any_status()
    {
        _plugin.On("DEL", does => does.Complains("100% broken").Exits(3));

        var result = await Run("DEL");

        Assert.Equal((3, "", "100% broken"), (result.Code, result.Out(), result.Err()));
    }

    [Fact]
    public async Task It_crashes()
    {
        _plugin.On("ADD", does => does.Crashes(11));

        var result = await Run("ADD");

        Assert.Equal((ProcessEnd.Signaled, 11), (result.End, result.Code));
        Assert.False(Assert.Single(_plugin.Calls).HasEnded);
    }

    [Fact]
    public async Task It_prints_as_much_as_it_is_told()
    {
        _plugin.On("ADD", does => does.AnswersBytes(100L << 20));

        Assert.Equal(ProcessEnd.OutputTooLarge, (await Run("ADD")).End);
    }

    [Fact]
    public async Task It_answers_with_addresses()
    {
        _plugin.On("ADD", does => does.AnswersWithAddresses("10.1.2.3/24", "fd00::3/64"));

        using var json = JsonDocument.Parse((await Run("ADD")).Stdout);

        Assert.Equal(
            ["10.1.2.3/24", "fd00::3/64"],
            json.RootElement.GetProperty("ips").EnumerateArray().Select(ip => ip.GetProperty("address").GetString())
        );
    }

    [Fact]
    public async Task It_hangs_with_a_child_until_its_group_is_killed()
    {
        _plugin.On("ADD", does => does.Hangs());
        using var cancel = new CancellationTokenSource();
        var running = Run("ADD", cancel: cancel.Token);
        await Eventually.Holds(() => _plugin.Calls is [{ ChildPid: not null }], "it has started its child");
        var call = Assert.Single(_plugin.Calls);

        await cancel.CancelAsync();

        Assert.Equal(ProcessEnd.Cancelled, (await running).End);
        await Eventually.Holds(() => !Proc.IsAlive(call.ChildPid!.Value) && !Proc.IsAlive(call.Pid), "both are gone");
    }

    [Fact]
    public async Task Disposing_kills_the_child_that_it_left_behind()
    {
        _plugin.On("ADD", does => does.LeavesChildBehind());
        Assert.True((await Run("ADD")).IsSuccess);
        var child = Assert.Single(_plugin.Calls).ChildPid!.Value;
        Assert.True(Proc.IsAlive(child));

        _plugin.Dispose();

        await Eventually.Holds(() => !Proc.IsAlive(child), "the child is gone");
    }

    [Fact]
    public async Task A_hundred_at_once_are_all_recorded()
    {
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Run("ADD", $"c{i}")));

        Assert.Equal(100, _plugin.Calls.Select(call => call.ContainerId).Distinct().Count());
        Assert.All(_plugin.Calls, call => Assert.True(call.HasEnded));
    }

    private static int Number(JsonDocument json, string name) => json.RootElement.GetProperty(name).GetInt32();

    private static string? Text(JsonDocument json, string name) => json.RootElement.GetProperty(name).GetString();

    private Task<ProcessResult> Run(
        string command,
        string containerId = "abc",
        string ifName = "eth0",
        CancellationToken cancel = default
    ) =>
        _runner.RunAsync(
            Specs.Of(_plugin.Executable) with
            {
                Stdin = Encoding.UTF8.GetBytes(Config),
                Environment =
                [
                    new("CNI_COMMAND", command),
                    new("CNI_CONTAINERID", containerId),
                    new("CNI_NETNS", "/ns"),
                    new("CNI_ARGS", "A=1;B=2"),
                    new("CNI_IFNAME", ifName),
                    new("CNI_PATH", "/bin"),
                ],
            },
            cancel
        );
}
