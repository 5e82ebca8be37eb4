using System.Text.Json;

namespace Multus.Ctl.Tests.Pending;

/// <summary>Stored DELs are listed, tried again, forgotten.</summary>
public sealed class PendingTests : IDisposable
{
    private const string Name = "1111111111111111.eth0.json";

    private readonly CtlNode _node = new();

    public void Dispose() => _node.Dispose();

    [Fact]
    public async Task Those_that_wait_are_no_trouble_and_those_that_were_given_up_are()
    {
        Store("2222222222222222.eth0.json");
        Assert.Equal("waiting", Text(Assert.Single(await ListAsync(ExitCode.Success)), "state"));

        Store($"{Name}.given-up", ",\"givenUp\":{\"since\":\"2026-01-01T00:00:00Z\",\"left\":[\"an address\"]}");
        var list = await ListAsync(ExitCode.Trouble);

        Assert.Equal(
            [(Name, "givenUp", "default/web"), ("2222222222222222.eth0.json", "waiting", "default/web")],
            list.Select(delete => (Text(delete, "name"), Text(delete, "state"), Text(delete, "pod")))
        );
        Assert.Equal("an address", list[0].GetProperty("left")[0].GetString());
    }

    [Fact]
    public async Task One_that_was_given_up_is_stored_again_or_forgotten()
    {
        Store($"{Name}.given-up");

        Assert.Equal(ExitCode.Success, (await _node.RunAsync("pending", "retry", Name)).Status);
        Assert.Equal([Name], Files());

        File.Move(PathOf(Name), PathOf($"{Name}.given-up"));
        Assert.Equal(ExitCode.Success, (await _node.RunAsync("pending", "drop", "all")).Status);
        Assert.Empty(Files());
    }

    [Theory]
    [InlineData("nothing.eth0.json", "there is none of that name in ")]
    [InlineData("../daemon-config.json", "there is none of that name in ")]
    [InlineData("2222222222222222.eth0.json", "has not been given up: the daemon repeats it by itself")]
    public async Task What_cannot_be_changed_is_said_and_ends_with_2(string name, string words)
    {
        Store("2222222222222222.eth0.json");

        var ran = await _node.RunAsync("pending", "drop", name);

        Assert.Equal(ExitCode.NoAnswer, ran.Status);
        Assert.Contains(words, ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_is_stored_that_is_said()
    {
        Assert.Contains("no DEL is stored", (await _node.RunAsync("pending", "list")).Output, StringComparison.Ordinal);
        Assert.Contains(
            "no DEL was given up",
            (await _node.RunAsync("pending", "retry", "all")).Output,
            StringComparison.Ordinal
        );
    }

    private async Task<IReadOnlyList<JsonElement>> ListAsync(int status) =>
        [.. (await _node.AskAsync(status, "pending", "list")).GetProperty("pending").EnumerateArray()];

    private void Store(string file, string more = "") =>
        _node.Temp.File(
            Path.Combine("cniDir", "pending", file),
            $$"""{"env":{"CNI_COMMAND":"DEL","CNI_CONTAINERID":"{{file.Split('.')[0]}}","CNI_IFNAME":"eth0","CNI_ARGS":"K8S_POD_NAMESPACE=default;K8S_POD_NAME=web"}{{more}} }"""
        );

    private IEnumerable<string> Files() =>
        Directory.EnumerateFiles(Path.Combine(_node["cniDir"], "pending")).Select(path => Path.GetFileName(path));

    private string PathOf(string file) => Path.Combine(_node["cniDir"], "pending", file);

    private static string Text(JsonElement from, string name) => from.GetProperty(name).GetString()!;
}
