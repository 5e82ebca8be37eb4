using System.Text;
using System.Text.Json;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Linux.Plugins;
using Multus.TestSupport;

namespace Multus.Linux.Tests.Plugins;

public sealed class FileResultCacheTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FileResultCache _cache;

    public FileResultCacheTests() => _cache = new FileResultCache(_folder["cni", "results"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_stored_is_loaded()
    {
        _cache.Store(Entry("blue", "abc", "net1"));

        var loaded = _cache.Load("blue", "abc", "net1");

        Assert.NotNull(loaded);
        Assert.Equal(
            ("blue", "abc", "net1", "/ns"),
            (loaded.NetworkName, loaded.ContainerId, loaded.IfName, loaded.NetNs)
        );
        Assert.Equal("""{"name":"blue"}""", Encoding.UTF8.GetString(loaded.Config.Span));
        Assert.Equal(KeyValuePair.Create("K8S_POD_NAME", "a=b"), Assert.Single(loaded.CniArgs));
        using var result = JsonDocument.Parse(loaded.Result);
        Assert.Equal("1.0.0", result.RootElement.GetProperty("cniVersion").GetString());
    }

    [Fact]
    public void Entries_are_private_files_with_upstreams_names()
    {
        _cache.Store(Entry("blue", "abc", "net1"));

        Assert.Equal(["cni/results/blue-abc-net1"], _folder.Files());
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(_folder["cni", "results", "blue-abc-net1"])
        );
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(_folder["cni", "results"])
        );
    }

    [Fact]
    public void Edge_267_nothing_stored_is_null() => Assert.Null(_cache.Load("blue", "abc", "net1"));

    [Fact]
    public void A_removed_entry_is_gone_and_may_be_removed_again()
    {
        _cache.Store(Entry("blue", "abc", "net1"));

        _cache.Remove("blue", "abc", "net1");
        _cache.Remove("blue", "abc", "net1");

        Assert.Null(_cache.Load("blue", "abc", "net1"));
        Assert.Empty(_folder.Files());
    }

    [Fact]
    public void Nothing_can_be_removed_from_a_folder_that_was_never_made() => _cache.Remove("blue", "abc", "net1");

    [Theory]
    [InlineData("")]
    [InlineData("{\"kind\":\"cniCac")]
    [InlineData("[]")]
    public void A_damaged_entry_says_so_and_can_be_removed(string content)
    {
        _folder.File("cni/results/blue-abc-net1", content);

        Assert.NotNull(_cache.Load("blue", "abc", "net1")?.Damaged);

        _cache.Remove("blue", "abc", "net1");
        Assert.Null(_cache.Load("blue", "abc", "net1"));
    }

    [Fact]
    public void What_cannot_be_read_is_an_error_and_not_nothing()
    {
        _folder.Folder("cni", "results", "blue-abc-net1");

        var failure = Assert.Throws<CniException>(() => _cache.Load("blue", "abc", "net1"));

        Assert.Equal(CniErrorCode.Io, failure.Error.Code);
        Assert.Contains(_folder["cni", "results", "blue-abc-net1"], failure.Error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_stored_is_an_error()
    {
        _folder.File("cni", "a file where the folder belongs");

        var failure = Assert.Throws<CniException>(() => _cache.Store(Entry("blue", "abc", "net1")));

        Assert.Equal(CniErrorCode.Io, failure.Error.Code);
        Assert.Contains(_folder["cni"], failure.Error.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../blue", "abc", "net1")]
    [InlineData("blue", "../../abc", "net1")]
    [InlineData("blue", "abc", "/net1")]
    [InlineData("blue", "abc", "net1\0")]
    [InlineData("", "abc", "net1")]
    public void No_name_leads_out_of_the_folder(string network, string container, string ifName)
    {
        Assert.Equal(
            CniErrorCode.InvalidNetworkConfig,
            Assert.Throws<CniException>(() => _cache.Store(Entry(network, container, ifName))).Error.Code
        );
        Assert.Throws<CniException>(() => _cache.Load(network, container, ifName));
        Assert.Throws<CniException>(() => _cache.Remove(network, container, ifName));
        Assert.Empty(_folder.Files());
    }

    [Fact]
    public void A_name_of_dots_stays_a_file_in_the_folder()
    {
        _cache.Store(Entry("..", "..", ".."));

        Assert.Equal(["cni/results/..-..-.."], _folder.Files());
    }

    [Fact]
    public void All_complete_entries_are_listed_by_name()
    {
        _cache.Store(Entry("red", "abc", "net2"));
        _cache.Store(Entry("blue", "abc", "net1"));
        _folder.File("cni/results/a-damaged-one", "{");
        _folder.File("cni/results/a-bare-result", """{"cniVersion":"0.4.0"}""");
        _folder.File("cni/results/.blue-abc-net1.0123456789abcdef.tmp", "{");

        Assert.Equal(["blue", "red"], _cache.List().Select(entry => entry.NetworkName));
    }

    [Fact]
    public void Without_a_folder_the_list_is_empty() => Assert.Empty(_cache.List());

    private static CachedAttachment Entry(string network, string container, string ifName) =>
        new(
            CachedAttachment.CurrentKind,
            network,
            container,
            ifName,
            "/ns",
            Encoding.UTF8.GetBytes($$"""{"name":"{{network}}"}"""),
            [new("K8S_POD_NAME", "a=b")],
            [],
            """{"cniVersion":"1.0.0"}"""u8.ToArray()
        );
}
