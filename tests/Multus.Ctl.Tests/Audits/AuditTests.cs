using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using Multus.TestCluster;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Runtimes;

namespace Multus.Ctl.Tests.Audits;

/// <summary>What is kept for nobody is found and released; what somebody may use is never touched.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit disposes of it through IAsyncLifetime")]
public sealed class AuditTests : IAsyncLifetime
{
    private const string Gone = "1111111111111111";
    private const string Living = "2222222222222222";

    private readonly CtlNode _node = new();
    private FakeRuntime _runtime = null!;

    public async Task InitializeAsync()
    {
        var socket = _node.Temp["cri.sock"];
        _runtime = await FakeRuntime.StartAsync(socket);
        _runtime.Sandboxes = [Living];
        _node.With("containerRuntimeSocket", socket);
        _node.Network(
            "blue",
            $$"""{"cniVersion": "1.0.0", "name": "blue-net", "type": "bridge", "ipam": {"type": "host-local", "subnet": "10.1.0.0/24", "dataDir": "{{_node["ipam"]}}"} }"""
        );
    }

    public async Task DisposeAsync()
    {
        await _runtime.DisposeAsync();
        _node.Dispose();
    }

    [Fact]
    public async Task Nothing_kept_is_nothing_wrong() => Assert.Empty(await LeaksAsync(ExitCode.Success));

    [Fact]
    public async Task An_address_of_a_sandbox_that_nobody_knows_is_found_and_its_file_removed()
    {
        var file = Lease("10.1.0.5", Gone);
        var living = Lease("10.1.0.6", Living);

        var leak = Assert.Single(await LeaksAsync(ExitCode.Trouble));
        Assert.Equal(
            ("hostLocalAddress", file, Gone, "10.1.0.5", "blue-net", "net1"),
            (
                Text(leak, "kind"),
                Text(leak, "subject"),
                Text(leak, "sandbox"),
                Text(leak, "address"),
                Text(leak, "network"),
                Text(leak, "interface")
            )
        );

        leak = Assert.Single(await LeaksAsync(ExitCode.Success, "--fix", "--yes"));
        Assert.Equal((true, "removed"), (leak.GetProperty("released").GetBoolean(), Text(leak, "outcome")));
        Assert.Equal((false, true), (File.Exists(file), File.Exists(living)));
    }

    [Fact]
    public async Task What_is_younger_than_the_grace_time_is_left_alone()
    {
        Lease("10.1.0.5", Gone, TimeSpan.FromMinutes(9));

        Assert.Empty(await LeaksAsync(ExitCode.Success));
        Assert.Single(await LeaksAsync(ExitCode.Trouble, "--grace", "500"));
    }

    [Fact]
    public async Task An_address_of_a_network_that_is_not_Multus_business_is_not_looked_at()
    {
        Write(Path.Combine("ipam", "podman", "10.88.0.2"), $"{Gone}\r\neth0", TimeSpan.FromDays(1));

        Assert.Empty(await LeaksAsync(ExitCode.Success));
    }

    [Fact]
    public async Task Without_a_runtime_to_ask_no_address_is_said_to_be_unused()
    {
        var file = Lease("10.1.0.5", Gone);
        _node.With("containerRuntimeSocket", _node.Temp["nobody.sock"]);

        var answer = await _node.AskAsync(ExitCode.NoAnswer, "audit", "--fix", "--yes");

        Assert.Empty(answer.GetProperty("leaks").EnumerateArray());
        Assert.Equal(2, answer.GetProperty("notAsked").GetArrayLength());
        Assert.True(File.Exists(file));
    }

    [Fact]
    public async Task A_sandbox_of_an_earlier_start_is_deleted_by_a_stored_DEL_where_no_daemon_runs()
    {
        Record(Gone, "an-earlier-start");
        Record(Living, "an-earlier-start");

        var leak = Assert.Single(await LeaksAsync(ExitCode.Trouble));
        Assert.Equal(
            ("sandbox", Gone, "default/web", "DEL of the sandbox"),
            (Text(leak, "kind"), Text(leak, "sandbox"), Text(leak, "pod"), Text(leak, "fix"))
        );
        Assert.Equal(
            "it is of an earlier start of the machine, and the container runtime does not list it",
            Text(leak, "why")
        );

        leak = Assert.Single(await LeaksAsync(ExitCode.Success, "--fix", "--yes"));
        Assert.StartsWith("stored: nobody answers on ", Text(leak, "outcome"), StringComparison.Ordinal);
        Assert.Equal(
            [$"{Gone}.eth0.json"],
            Directory.EnumerateFiles(Path.Combine(_node["cniDir"], "pending")).Select(path => Path.GetFileName(path))
        );
        // Now it is the DEL that is kept, and it is young.
        Assert.Empty(await LeaksAsync(ExitCode.Success));
    }

    [Fact]
    public async Task DELs_that_wait_too_long_and_those_that_were_given_up_are_found_and_the_latter_stored_again()
    {
        Write(Path.Combine("cniDir", "pending", $"{Living}.eth0.json"), Delete(Living), TimeSpan.FromHours(1));
        Write(Path.Combine("cniDir", "pending", $"{Gone}.eth0.json.given-up"), Delete(Gone), TimeSpan.FromHours(1));

        var leaks = await LeaksAsync(ExitCode.Trouble, "--fix", "--yes");

        Assert.Equal(
            [("givenUpDelete", "default/web", true), ("waitingDelete", "default/web", false)],
            leaks.Select(leak =>
                (
                    Text(leak, "kind"),
                    Text(leak, "pod"),
                    leak.TryGetProperty("released", out var done) && done.GetBoolean()
                )
            )
        );
        Assert.True(File.Exists(Path.Combine(_node["cniDir"], "pending", $"{Gone}.eth0.json")));
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_is_said_and_left_alone()
    {
        Write(Path.Combine("cniDir", Gone), "{broken", TimeSpan.FromHours(1));

        var leak = Assert.Single(await LeaksAsync(ExitCode.Trouble, "--fix", "--yes"));

        Assert.Equal(("damagedRecord", ""), (Text(leak, "kind"), Text(leak, "fix")));
        Assert.True(File.Exists(Path.Combine(_node["cniDir"], Gone)));
    }

    [Fact]
    public async Task Nothing_is_released_without_a_yes()
    {
        var file = Lease("10.1.0.5", Gone);

        var ran = await _node.RunAsync("audit", "--fix");

        Assert.Equal(ExitCode.Usage, ran.Status);
        Assert.Contains("use a terminal, or add --yes", ran.Errors, StringComparison.Ordinal);
        Assert.True(File.Exists(file));
    }

    [Theory]
    [InlineData("n", ExitCode.Trouble, true)]
    [InlineData("y", ExitCode.Success, false)]
    public async Task A_person_is_shown_what_would_be_released_and_asked(string typed, int status, bool isThere)
    {
        var file = Lease("10.1.0.5", Gone);

        var ran = await _node.TypingAsync(typed, "audit", "--fix");

        Assert.Equal((status, isThere), (ran.Status, File.Exists(file)));
        Assert.Contains("address 10.1.0.5 of blue-net", ran.Output, StringComparison.Ordinal);
        Assert.Contains("Release these 1?", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_sees_what_leaks_and_the_command_that_releases_it()
    {
        Lease("10.1.0.5", Gone);

        var ran = await _node.RunAsync("audit");

        Assert.Contains("address 10.1.0.5 of blue-net", ran.Output, StringComparison.Ordinal);
        Assert.Contains(
            "1 kept for nobody; multusctl audit --fix releases 1 of them",
            ran.Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Addresses_of_whereabouts_of_pods_that_are_gone_are_found()
    {
        await using var server = await TestApiServer.StartAsync();
        _node
            .With("manifestDir", null)
            .With(
                "kubeconfig",
                server.FilesIn(_node.Temp.Folder("client")).KubeconfigWithToken(server.Access.IssueToken())
            );
        server.Objects.Create(ResourceType.Pods, TestObjects.Pod("default", "here"));
        server.Objects.Create(
            ResourceType.AddressPools,
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["namespace"] = "kube-system", ["name"] = "10.5.0.0-24" },
                ["spec"] = new JsonObject
                {
                    ["range"] = "10.5.0.0/24",
                    ["allocations"] = new JsonObject
                    {
                        ["1"] = new JsonObject { ["id"] = Living, ["podref"] = "default/here" },
                        ["2"] = new JsonObject
                        {
                            ["id"] = Gone,
                            ["podref"] = "default/gone",
                            ["ifName"] = "net1",
                        },
                    },
                },
            }
        );

        var leak = Assert.Single(await LeaksAsync(ExitCode.Trouble));

        Assert.Equal(
            ("whereaboutsAddress", "default/gone", "10.5.0.2", "ippool kube-system/10.5.0.0-24"),
            (Text(leak, "kind"), Text(leak, "pod"), Text(leak, "address"), Text(leak, "subject"))
        );
    }

    [Fact]
    public async Task While_the_API_server_is_away_the_nodes_own_files_are_judged()
    {
        await using var server = await TestApiServer.StartAsync();
        _node
            .With("manifestDir", null)
            .With(
                "kubeconfig",
                server.FilesIn(_node.Temp.Folder("client")).KubeconfigWithToken(server.Access.IssueToken())
            );
        await server.StopAsync();
        Record(Gone, "an-earlier-start");

        var answer = await _node.AskAsync(ExitCode.Trouble, "audit");

        Assert.Single(answer.GetProperty("leaks").EnumerateArray());
        Assert.Equal(2, answer.GetProperty("notAsked").GetArrayLength());
    }

    private async Task<IReadOnlyList<JsonElement>> LeaksAsync(int status, params string[] more) =>
        [.. (await _node.AskAsync(status, ["audit", .. more])).GetProperty("leaks").EnumerateArray()];

    private string Lease(string address, string container, TimeSpan? age = null) =>
        Write(Path.Combine("ipam", "blue-net", address), $"{container}\r\nnet1", age ?? TimeSpan.FromHours(1));

    private void Record(string sandbox, string boot) =>
        Write(Path.Combine("cniDir", sandbox), CtlRecords.Of(sandbox, boot), TimeSpan.FromHours(1));

    private string Write(string name, string content, TimeSpan age)
    {
        var path = _node.Temp.File(name, content);
        File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime - age);
        return path;
    }

    private static string Delete(string sandbox) =>
        $$$"""{"env":{"CNI_COMMAND":"DEL","CNI_CONTAINERID":"{{{sandbox}}}","CNI_IFNAME":"eth0","CNI_NETNS":"","CNI_ARGS":"K8S_POD_NAMESPACE=default;K8S_POD_NAME=web","CNI_PATH":"/x"}}""";

    private static string Text(JsonElement from, string name) => from.GetProperty(name).GetString()!;
}
