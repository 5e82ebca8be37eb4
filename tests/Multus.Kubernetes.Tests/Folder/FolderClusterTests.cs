using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.Kubernetes.Folder;

namespace Multus.Kubernetes.Tests.Folder;

public sealed class FolderClusterTests : IDisposable
{
    private readonly FolderFixture _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_written_just_before_a_read_is_seen_by_it()
    {
        for (var i = 0; i < 20; i++)
        {
            _folder.Write("a.yaml", FolderFixture.Pod($"p{i}"));

            Assert.NotNull(await _folder.PodAsync($"p{i}"));
        }
    }

    [Fact]
    public async Task A_change_that_leaves_length_and_time_as_they_were_is_seen()
    {
        var path = Path.Combine(_folder.ManifestDir, "a.yaml");
        _folder.Write("a.yaml", FolderFixture.Pod("p1"));
        var written = File.GetLastWriteTimeUtc(path);
        Assert.NotNull(await _folder.PodAsync("p1"));

        _folder.Write("a.yaml", FolderFixture.Pod("p2"));
        File.SetLastWriteTimeUtc(path, written);

        Assert.NotNull(await _folder.PodAsync("p2"));
    }

    [Fact]
    public async Task Objects_of_a_removed_file_are_gone()
    {
        _folder.Write("a.yaml", FolderFixture.Pod("p1"));
        Assert.NotNull(await _folder.PodAsync("p1"));

        File.Delete(Path.Combine(_folder.ManifestDir, "a.yaml"));

        Assert.Null(await _folder.PodAsync("p1"));
    }

    [Fact]
    public async Task A_pod_whose_file_went_bad_is_refused_until_it_is_mended_and_that_is_reported_once()
    {
        _folder.Write("a.yaml", FolderFixture.Pod("p1"));
        Assert.NotNull(await _folder.PodAsync("p1"));

        _folder.Write("a.yaml", "{");

        await _folder.RefusedAsync("p1");
        await _folder.RefusedAsync("p1");
        Assert.Matches(
            "a.yaml, line [12], cannot be used: not YAML",
            Assert.Single(_folder.Log.Lines, l => l.StartsWith("Error", StringComparison.Ordinal))
        );
        _folder.Write("a.yaml", FolderFixture.Pod("p1"));
        Assert.NotNull(await _folder.PodAsync("p1"));
        Assert.Single(_folder.Log.Lines, l => l.Contains("a.yaml is whole again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_the_same_object_in_two_files_the_first_by_name_counts_and_the_log_says_so_once()
    {
        _folder.Write("b.yaml", FolderFixture.Pod("p1", "from-b"));
        _folder.Write("a.yaml", FolderFixture.Pod("p1", "from-a"));

        Assert.Equal("from-a", (await _folder.PodAsync("p1"))?.Annotations[NetworkSelectionParser.NetworksAnnotation]);
        _folder.Write("c.yaml", FolderFixture.Pod("p2"));
        Assert.NotNull(await _folder.PodAsync("p2"));
        Assert.Contains(
            "b.yaml, line 1: Pod default/p1 is already in a.yaml",
            Assert.Single(_folder.Log.Lines, l => l.Contains("already", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task When_the_first_is_removed_the_other_takes_its_place()
    {
        _folder.Write("b.yaml", FolderFixture.Pod("p1", "from-b"));
        _folder.Write("a.yaml", FolderFixture.Pod("p1", "from-a"));
        Assert.NotNull(await _folder.PodAsync("p1"));

        File.Delete(Path.Combine(_folder.ManifestDir, "a.yaml"));

        Assert.Equal("from-b", (await _folder.PodAsync("p1"))?.Annotations[NetworkSelectionParser.NetworksAnnotation]);
    }

    [Fact]
    public async Task A_file_behind_a_link_is_read_anew_when_the_link_leads_elsewhere()
    {
        var (first, second) = (Path.Combine(_folder.StatusDir, "1"), Path.Combine(_folder.StatusDir, "2"));
        foreach (var (dir, networks) in new[] { (first, "from-1"), (second, "from-2") })
        {
            Directory.CreateDirectory(dir);
            File.WriteAllText(Path.Combine(dir, "p.yaml"), FolderFixture.Pod("p1", networks));
        }

        var data = Path.Combine(_folder.ManifestDir, "..data");
        Directory.CreateSymbolicLink(data, first);
        File.CreateSymbolicLink(Path.Combine(_folder.ManifestDir, "p.yaml"), Path.Combine("..data", "p.yaml"));
        Assert.Equal("from-1", (await _folder.PodAsync("p1"))?.Annotations[NetworkSelectionParser.NetworksAnnotation]);

        Directory.Delete(data);
        Directory.CreateSymbolicLink(data, second);

        Assert.Equal("from-2", (await _folder.PodAsync("p1"))?.Annotations[NetworkSelectionParser.NetworksAnnotation]);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_an_empty_cluster_until_it_appears()
    {
        using var late = new FolderFixture(withManifestDir: false);
        Assert.Null(await late.PodAsync("p1"));
        Assert.Null(await late.PodAsync("p1"));
        Assert.Single(late.Log.Lines, line => line.Contains("does not exist", StringComparison.Ordinal));

        Directory.CreateDirectory(late.ManifestDir);
        late.Write("a.yaml", FolderFixture.Pod("p1"));

        Assert.NotNull(await late.PodAsync("p1"));
    }

    [Fact]
    public async Task A_folder_that_is_no_folder_is_said_to_be_unreadable()
    {
        using var odd = new FolderFixture(withManifestDir: false);
        File.WriteAllText(odd.ManifestDir, "a file");

        var refused = await Assert.ThrowsAsync<KubernetesException>(() => odd.PodAsync("p1"));

        Assert.True(refused.IsTransient);
        Assert.Contains(odd.ManifestDir, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_burst_of_reads_while_files_change_always_sees_whole_files()
    {
        _folder.Write("a.yaml", FolderFixture.Pod("steady"));
        var reads = Enumerable
            .Range(0, 200)
            .Select(async i =>
            {
                if (i % 10 == 0)
                    _folder.Write($"b{i}.yaml", FolderFixture.Pod($"p{i}"));
                return await _folder.PodAsync("steady") is not null
                    && (i % 10 != 0 || await _folder.PodAsync($"p{i}") is not null);
            });

        Assert.All(await Task.WhenAll(reads), Assert.True);
    }

    [Fact]
    public void Status_among_the_manifests_is_refused()
    {
        var settings = new FolderClusterSettings(_folder.ManifestDir, _folder.ManifestDir + "/");

        Assert.Throws<ArgumentException>(() => new FolderCluster(settings, _folder.Log, TimeProvider.System));
    }

    [Fact]
    public async Task A_cancelled_read_ends()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _folder.Cluster.GetPodAsync(new PodKey("default", "p1"), cancelled.Token)
        );
    }
}
