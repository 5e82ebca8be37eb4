using Multus.Cni;
using Multus.Linux.Plugins;
using Multus.TestSupport;

namespace Multus.Linux.Tests.Plugins;

public sealed class PluginFinderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_first_folder_that_holds_it_wins()
    {
        var first = _folder.File("a/bridge", "");
        _folder.File("b/bridge", "");

        Assert.Equal(first, PluginFinder.Find("bridge", [_folder["empty"], _folder["a"], _folder["b"]]));
    }

    [Fact]
    public void A_link_to_a_file_is_followed()
    {
        var target = _folder.File("real/bridge-1.2", "");
        _folder.Folder("bin");
        File.CreateSymbolicLink(_folder["bin", "bridge"], target);

        Assert.Equal(_folder["bin", "bridge"], PluginFinder.Find("bridge", [_folder["bin"]]));
    }

    [Fact]
    public void What_is_no_regular_file_is_passed_over()
    {
        _folder.Folder("a", "bridge");
        _folder.Folder("b");
        ProcessTool.Run("mkfifo", _folder["b", "bridge"]);
        _folder.Folder("c");
        File.CreateSymbolicLink(_folder["c", "bridge"], _folder["nowhere"]);
        var file = _folder.File("d/bridge", "");

        Assert.Equal(file, PluginFinder.Find("bridge", [_folder["a"], _folder["b"], _folder["c"], _folder["d"]]));
    }

    [Fact]
    public void Execute_permission_is_not_asked_for() =>
        Assert.Equal(_folder.File("a/bridge", ""), PluginFinder.Find("bridge", [_folder["a"]]));

    [Fact]
    public void Not_found_names_the_type_and_every_folder()
    {
        var failure = Assert.Throws<CniException>(() => PluginFinder.Find("bridge", ["/opt/none", "/usr/none"]));

        Assert.Equal(
            new CniError(CniErrorCode.Io, "failed to find plugin \"bridge\" in path [/opt/none /usr/none]"),
            failure.Error
        );
    }

    [Theory]
    [InlineData("", "no plugin name provided")]
    [InlineData("a/b", "invalid plugin name: a/b")]
    [InlineData("../bridge", "invalid plugin name: ../bridge")]
    [InlineData("..", "invalid plugin name: ..")]
    [InlineData(".", "invalid plugin name: .")]
    public void A_type_that_is_no_file_name_is_refused(string type, string message)
    {
        var failure = Assert.Throws<CniException>(() => PluginFinder.Find(type, ["/opt/cni/bin"]));

        Assert.Equal(new CniError(CniErrorCode.InvalidNetworkConfig, message), failure.Error);
    }

    [Fact]
    public void Nowhere_to_look_is_said()
    {
        var failure = Assert.Throws<CniException>(() => PluginFinder.Find("bridge", []));

        Assert.StartsWith("no paths provided", failure.Error.Message, StringComparison.Ordinal);
    }
}
