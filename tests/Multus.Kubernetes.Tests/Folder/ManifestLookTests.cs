using Multus.Core.Networks;

namespace Multus.Kubernetes.Tests.Folder;

/// <summary>
/// A read costs what has changed, not what the folder holds, and misses nothing that was changed before it.
/// </summary>
public sealed class ManifestLookTests : IDisposable
{
    private readonly FolderFixture _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_read_of_an_unchanged_folder_looks_at_no_file()
    {
        WriteMany(50);
        Assert.NotNull(await _folder.PodAsync("p1"));
        var before = _folder.Cluster.FilesLookedAt;

        for (var i = 0; i < 10; i++)
            Assert.NotNull(await _folder.PodAsync($"p{i}"));

        Assert.Equal(before, _folder.Cluster.FilesLookedAt);
    }

    [Fact]
    public async Task A_read_after_a_change_looks_at_the_changed_file_only()
    {
        WriteMany(50);
        Assert.NotNull(await _folder.PodAsync("p1"));
        var before = _folder.Cluster.FilesLookedAt;

        _folder.Write("f7.yaml", FolderFixture.Pod("new"));

        Assert.NotNull(await _folder.PodAsync("new"));
        Assert.Null(await _folder.PodAsync("p7"));
        Assert.Equal(before + 1, _folder.Cluster.FilesLookedAt);
    }

    public static TheoryData<string> Changes { get; } =
    ["written", "appended", "renamed over", "renamed in", "renamed away", "removed", "linked", "renamed anew"];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_change_made_just_before_the_read_is_seen_every_time(string kind)
    {
        for (var i = 0; i < 20; i++)
        {
            await ResetAsync();
            var path = Path.Combine(_folder.ManifestDir, "a.yaml");
            var elsewhere = Path.Combine(_folder.StatusDir, "a.yaml");
            Directory.CreateDirectory(_folder.StatusDir);
            File.WriteAllText(elsewhere, FolderFixture.Pod("p", "after"));
            switch (kind)
            {
                case "written":
                    File.WriteAllText(path, FolderFixture.Pod("p", "after"));
                    break;
                case "appended":
                    File.AppendAllText(path, "---\n" + FolderFixture.Pod("q"));
                    break;
                case "renamed over":
                    File.Move(elsewhere, path, overwrite: true);
                    break;
                case "renamed in":
                    File.Delete(path);
                    File.Move(elsewhere, Path.Combine(_folder.ManifestDir, "b.yaml"));
                    break;
                case "renamed away":
                    File.Move(path, elsewhere, overwrite: true);
                    break;
                case "removed":
                    File.Delete(path);
                    break;
                case "linked":
                    File.Delete(path);
                    File.CreateSymbolicLink(path, elsewhere);
                    break;
                default:
                    File.Delete(path);
                    File.WriteAllText(path + ".new", FolderFixture.Pod("p", "after"));
                    File.Move(path + ".new", path);
                    break;
            }

            var expected =
                kind is "renamed away" or "removed" ? null
                : kind == "appended" ? "before"
                : "after";
            Assert.Equal(expected, await NetworksOfAsync("p"));
            Assert.Equal(kind == "appended", await _folder.PodAsync("q") is not null);
        }
    }

    [Fact]
    public async Task A_write_into_a_file_that_is_kept_open_is_seen()
    {
        using var file = new StreamWriter(Path.Combine(_folder.ManifestDir, "a.yaml"));
        for (var i = 0; i < 20; i++)
        {
            await file.WriteAsync($"---\n{FolderFixture.Pod($"p{i}")}");
            await file.FlushAsync();

            Assert.NotNull(await _folder.PodAsync($"p{i}"));
        }
    }

    [Fact]
    public async Task A_write_through_a_links_target_or_another_name_of_the_file_is_seen()
    {
        var (target, twin) = (Path.Combine(_folder.StatusDir, "target"), Path.Combine(_folder.StatusDir, "twin"));
        Directory.CreateDirectory(_folder.StatusDir);
        File.WriteAllText(target, FolderFixture.Pod("p", "0"));
        File.CreateSymbolicLink(Path.Combine(_folder.ManifestDir, "link.yaml"), target);
        _folder.Write("named.yaml", FolderFixture.Pod("q", "0"));
        TestSupport.ProcessTool.Run("ln", Path.Combine(_folder.ManifestDir, "named.yaml"), twin);

        for (var i = 1; i < 20; i++)
        {
            File.WriteAllText(target, FolderFixture.Pod("p", $"n{i}"));
            File.WriteAllText(twin, FolderFixture.Pod("q", $"n{i}"));

            Assert.Equal(($"n{i}", $"n{i}"), (await NetworksOfAsync("p"), await NetworksOfAsync("q")));
        }
    }

    [Fact]
    public async Task A_link_that_leads_nowhere_counts_when_it_leads_somewhere()
    {
        var target = Path.Combine(_folder.StatusDir, "target");
        File.CreateSymbolicLink(Path.Combine(_folder.ManifestDir, "link.yaml"), target);
        Assert.Null(await _folder.PodAsync("p"));

        Directory.CreateDirectory(_folder.StatusDir);
        File.WriteAllText(target, FolderFixture.Pod("p"));

        Assert.NotNull(await _folder.PodAsync("p"));
    }

    [Fact]
    public async Task A_folder_put_in_the_place_of_the_first_is_read_as_a_whole()
    {
        for (var i = 0; i < 5; i++)
        {
            _folder.Write("a.yaml", FolderFixture.Pod($"p{i}"));
            Assert.NotNull(await _folder.PodAsync($"p{i}"));
            Directory.Move(_folder.ManifestDir, $"{_folder.ManifestDir}.{i}");
            Directory.CreateDirectory(_folder.ManifestDir);

            Assert.Null(await _folder.PodAsync($"p{i}"));
        }
    }

    [Fact]
    public async Task More_changes_than_the_kernel_keeps_are_no_loss()
    {
        var most = int.Parse(
            await File.ReadAllTextAsync("/proc/sys/fs/inotify/max_queued_events"),
            System.Globalization.CultureInfo.InvariantCulture
        );
        _folder.Write("a.yaml", FolderFixture.Pod("p", "before"));
        Assert.NotNull(await _folder.PodAsync("p"));
        for (var i = 0; i <= most / 2; i++)
        {
            File.SetUnixFileMode(
                Path.Combine(_folder.ManifestDir, "a.yaml"),
                i % 2 == 0 ? UnixFileMode.UserRead : UnixFileMode.UserRead | UnixFileMode.UserWrite
            );
            File.SetUnixFileMode(
                _folder.ManifestDir,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
        }

        File.Delete(Path.Combine(_folder.ManifestDir, "a.yaml"));
        _folder.Write("b.yaml", FolderFixture.Pod("p", "after"));

        Assert.Equal("after", await NetworksOfAsync("p"));
    }

    private void WriteMany(int count)
    {
        for (var i = 0; i < count; i++)
            _folder.Write($"f{i}.yaml", FolderFixture.Pod($"p{i}"));
    }

    private async Task ResetAsync()
    {
        foreach (var file in Directory.GetFiles(_folder.ManifestDir))
            File.Delete(file);
        _folder.Write("a.yaml", FolderFixture.Pod("p", "before"));
        Assert.Equal("before", await NetworksOfAsync("p"));
    }

    private async Task<string?> NetworksOfAsync(string pod) =>
        (await _folder.PodAsync(pod))?.Annotations[NetworkSelectionParser.NetworksAnnotation];
}
