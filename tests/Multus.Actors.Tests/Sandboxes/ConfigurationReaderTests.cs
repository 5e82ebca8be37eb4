using Multus.Actors.Sandboxes;
using Multus.Cni;
using Multus.Engine.Attach;
using Multus.TestSupport;

namespace Multus.Actors.Tests.Sandboxes;

public sealed class ConfigurationReaderTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void A_folder_is_read_in_the_order_of_its_file_names()
    {
        Conf("20-b.conf", "b");
        Conf("10-a.json", "a");
        _temp.File("30-c.conflist", """{"name":"c","plugins":[{"type":"p"}]}""");

        Assert.Equal(
            ["a", "b", "c"],
            ConfigurationReader.ReadFolder(_temp.Path).Files.Select(file => file.Network?.Name)
        );
    }

    [Fact]
    public void Edge_273_other_files_and_folders_inside_are_not_looked_at()
    {
        Conf("10-a.conf.bak", "a");
        Conf("notes.txt", "b");
        Conf("nested.conf/10-c.conf", "c");

        Assert.Empty(ConfigurationReader.ReadFolder(_temp.Path).Files);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_empty()
    {
        var folder = ConfigurationReader.ReadFolder(_temp["nowhere"]);

        Assert.Empty(folder.Files);
        Assert.Null(folder.Unreadable);
    }

    [Fact]
    public void A_file_that_cannot_be_read_does_not_hide_the_others_and_is_named()
    {
        File.CreateSymbolicLink(_temp["10-dangling.conf"], _temp["nowhere"]);
        Conf("20-b.conf", "b");
        var folder = ConfigurationReader.ReadFolder(_temp.Path);

        Assert.Equal("b", folder.Named("b").Name);
        Assert.Contains(
            "10-dangling.conf cannot be read: ",
            Assert.Throws<CniException>(() => folder.Named("other")).Error.Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Edge_101_272_plugins_beside_a_list_are_added_in_the_order_of_their_file_names()
    {
        _temp.File("10-c.conflist", """{"name":"chain","plugins":[{"type":"own"}]}""");
        _temp.File("chain/20-y.conf", """{"type":"y"}""");
        _temp.File("chain/10-x.conf", """{"type":"x"}""");
        _temp.File("chain/30-z.json", """{"type":"not-a-fragment"}""");
        _temp.File("chain/deeper.conf/40-z.conf", """{"type":"too-deep"}""");
        _temp.File("other/10-x.conf", """{"type":"of-another-list"}""");

        Assert.Equal("own,x,y", ConfigurationReader.ReadFile(_temp["10-c.conflist"]).Complete().Types);
    }

    [Fact]
    public void Edge_272_a_list_that_wants_only_its_own_plugins_gets_no_others()
    {
        _temp.File("10-c.conflist", """{"name":"chain","loadOnlyInlinedPlugins":true,"plugins":[{"type":"own"}]}""");
        _temp.File("chain/10-x.conf", "this is not even JSON");

        Assert.Equal("own", ConfigurationReader.ReadFile(_temp["10-c.conflist"]).Complete().Types);
    }

    [Fact]
    public void A_broken_plugin_beside_one_list_is_no_matter_to_another()
    {
        _temp.File("10-a.conflist", """{"name":"a","plugins":[{"type":"own"}]}""");
        _temp.File("a/10-x.conf", "this is not even JSON");
        Conf("20-b.conf", "b");
        var folder = ConfigurationReader.ReadFolder(_temp.Path);

        Assert.Equal("b", folder.Named("b").Name);
        Assert.Contains(
            _temp["a", "10-x.conf"],
            Assert.Throws<CniException>(() => folder.Named("a")).Error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_name_that_leads_out_of_the_folder_opens_nothing_there()
    {
        _temp.File("net.d/10-c.conflist", """{"name":"../outside","plugins":[{"type":"own"}]}""");
        _temp.File("outside/10-x.conf", """{"type":"x"}""");

        Assert.Equal("own", ConfigurationReader.ReadFile(_temp["net.d", "10-c.conflist"]).Complete().Types);
    }

    private void Conf(string file, string name) => _temp.File(file, $$"""{"name":"{{name}}","type":"p"}""");
}
