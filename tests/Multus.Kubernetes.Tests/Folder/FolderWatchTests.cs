using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.TestSupport.Daemons;

namespace Multus.Kubernetes.Tests.Folder;

public sealed class FolderWatchTests : IDisposable
{
    private const string Network =
        "apiVersion: k8s.cni.cncf.io/v1\nkind: NetworkAttachmentDefinition\nmetadata: {name: n1}\nspec: {config: '{\"type\":\"TYPE\"}'}\n";
    private readonly FolderFixture _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_watch_begins_with_a_complete_picture()
    {
        _folder.Write("a.yaml", FolderFixture.Pod("p1") + "---\n" + Network);
        await using var watch = new Watch(_folder.Cluster);

        var picture = Assert.IsType<ClusterChange.Replaced>(await watch.NextAsync());

        Assert.Equal("p1", Assert.Single(picture.Pods).Key.Name);
        Assert.Equal("n1", Assert.Single(picture.Networks).Key.Name);
    }

    [Fact]
    public async Task What_is_new_different_or_gone_is_told_in_turn_and_nothing_else_is()
    {
        _folder.Write("steady.yaml", FolderFixture.Pod("steady"));
        await using var watch = new Watch(_folder.Cluster);
        Assert.IsType<ClusterChange.Replaced>(await watch.NextAsync());

        _folder.Write("n.yaml", Network);
        Assert.Equal(
            new NetworkKey("default", "n1"),
            Assert.IsType<ClusterChange.NetworkChanged>(await watch.NextAsync()).Network.Key
        );
        _folder.Write("p.yaml", FolderFixture.Pod("p1"));
        Assert.Equal("p1", Assert.IsType<ClusterChange.PodChanged>(await watch.NextAsync()).Pod.Key.Name);
        Replace("n.yaml", Network.Replace("TYPE", "macvlan", StringComparison.Ordinal));
        Assert.Contains(
            "macvlan",
            Assert.IsType<ClusterChange.NetworkChanged>(await watch.NextAsync()).Network.Config,
            StringComparison.Ordinal
        );
        File.Delete(Path.Combine(_folder.ManifestDir, "p.yaml"));
        Assert.Equal(new PodKey("default", "p1"), Assert.IsType<ClusterChange.PodGone>(await watch.NextAsync()).Key);
        File.Delete(Path.Combine(_folder.ManifestDir, "n.yaml"));
        Assert.Equal(
            new NetworkKey("default", "n1"),
            Assert.IsType<ClusterChange.NetworkGone>(await watch.NextAsync()).Key
        );
    }

    [Fact]
    public async Task What_a_read_finds_out_is_told_to_the_watch()
    {
        await using var watch = new Watch(_folder.Cluster);
        Assert.IsType<ClusterChange.Replaced>(await watch.NextAsync());

        _folder.Write("p.yaml", FolderFixture.Pod("p1"));
        Assert.NotNull(await _folder.PodAsync("p1"));

        Assert.Equal("p1", Assert.IsType<ClusterChange.PodChanged>(await watch.NextAsync()).Pod.Key.Name);
    }

    [Fact]
    public async Task A_folder_that_appears_later_is_picked_up_and_watched_also_when_it_is_made_again()
    {
        using var late = new FolderFixture(withManifestDir: false);
        await using var watch = new Watch(late.Cluster);
        Assert.Empty(Assert.IsType<ClusterChange.Replaced>(await watch.NextAsync()).Pods);

        for (var i = 0; i < 2; i++)
        {
            Directory.CreateDirectory(late.ManifestDir);
            late.Write("p.yaml", FolderFixture.Pod("p1"));
            Assert.IsType<ClusterChange.PodChanged>(await watch.NextAsync());
            Directory.Delete(late.ManifestDir, recursive: true);
            Assert.IsType<ClusterChange.PodGone>(await watch.NextAsync());
        }
    }

    [Fact]
    public async Task A_folder_that_cannot_be_read_is_told_and_so_is_the_whole_picture_afterwards()
    {
        _folder.Write("p.yaml", FolderFixture.Pod("p1"));
        await using var watch = new Watch(_folder.Cluster);
        Assert.IsType<ClusterChange.Replaced>(await watch.NextAsync());

        Directory.Move(_folder.ManifestDir, _folder.ManifestDir + ".away");
        await File.WriteAllTextAsync(_folder.ManifestDir, "a file");
        ClusterChange change;
        do change = await watch.NextAsync();
        while (change is ClusterChange.PodGone); // the folder may be found missing in between
        Assert.IsType<ClusterChange.Disconnected>(change);

        File.Delete(_folder.ManifestDir);
        Directory.Move(_folder.ManifestDir + ".away", _folder.ManifestDir);
        do change = await watch.NextAsync();
        while (change is ClusterChange.Replaced { Pods.IsEmpty: true });
        Assert.True(change is ClusterChange.Replaced { Pods.Length: 1 } or ClusterChange.PodChanged, $"{change}");
    }

    [Fact]
    public async Task A_cancelled_watch_ends_without_an_exception_and_hears_no_more()
    {
        var heard = 0;
        using var stop = new CancellationTokenSource();
        var watching = _folder.Cluster.WatchAsync(_ => Interlocked.Increment(ref heard), stop.Token);
        await using (var other = new Watch(_folder.Cluster))
            await other.NextAsync();

        await stop.CancelAsync();
        await watching.WaitAsync(Wait.Patience);
        var before = heard;
        _folder.Write("p.yaml", FolderFixture.Pod("p1"));
        Assert.NotNull(await _folder.PodAsync("p1"));

        Assert.Equal(before, heard);
    }

    private void Replace(string name, string text)
    {
        var temp = Path.Combine(_folder.StatusDir, name);
        Directory.CreateDirectory(_folder.StatusDir);
        File.WriteAllText(temp, text);
        File.Move(temp, Path.Combine(_folder.ManifestDir, name), overwrite: true);
    }
}
