using Multus.Cni;
using Multus.Core.Pods;
using Multus.Kubernetes.Folder;

namespace Multus.Kubernetes.Tests.Folder;

public sealed class StatusFilesTests : IDisposable
{
    private const string Key = "k8s.v1.cni.cncf.io/network-status";
    private static readonly PodKey Pod = new("test", "p1");
    private readonly FolderFixture _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_status_is_in_a_file_named_after_the_pod_and_nothing_is_left_beside_it()
    {
        await WriteAsync("[1]");
        await WriteAsync("[2]");

        Assert.Equal("[2]", await File.ReadAllTextAsync(StatusFile));
        Assert.Equal([StatusFile], Directory.GetFileSystemEntries(_folder.StatusDir));
    }

    [Fact]
    public async Task A_reader_never_sees_half_a_status()
    {
        var (small, large) = ("[1]", $"[\"{new string('x', 100_000)}\"]");
        await WriteAsync(small);
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
                await WriteAsync(i % 2 == 0 ? large : small);
        });
        while (!writing.IsCompleted)
            Assert.Contains(await File.ReadAllTextAsync(StatusFile), new[] { small, large });

        await writing;
    }

    [Fact]
    public async Task Clearing_removes_the_file_and_may_be_repeated()
    {
        await WriteAsync("[1]");

        await ClearAsync("u1");
        await ClearAsync("u1");

        Assert.False(File.Exists(StatusFile));
    }

    [Fact]
    public async Task Clearing_before_anything_was_written_succeeds()
    {
        await ClearAsync(null);

        Assert.False(Directory.Exists(_folder.StatusDir));
    }

    [Fact]
    public async Task A_late_clearing_for_an_earlier_pod_of_the_same_name_leaves_the_new_ones_status()
    {
        await WriteAsync("[1]", "old");
        await WriteAsync("[2]", "new");

        await ClearAsync("old");

        Assert.True(File.Exists(StatusFile));
    }

    [Theory]
    [InlineData("u1")]
    [InlineData(null)]
    [InlineData("")]
    public async Task Edge_143_the_status_is_written_when_the_uid_is_the_pods_or_unknown(string? uid)
    {
        await KnowPodAsync("u1");

        await WriteAsync("[1]", uid);

        Assert.True(File.Exists(StatusFile));
    }

    [Fact]
    public async Task Edge_144_the_status_of_another_pod_than_the_manifests_is_refused()
    {
        await KnowPodAsync("u1");

        var refused = await Assert.ThrowsAsync<KubernetesException>(() => WriteAsync("[1]", "u2"));

        Assert.False(refused.IsTransient);
        Assert.Contains("expected pod test/p1 UID u2", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(StatusFile));
    }

    [Theory]
    [InlineData("..", "p1")]
    [InlineData("test", "../../etc/passwd")]
    [InlineData("test", "")]
    [InlineData("a\0b", "p1")]
    public async Task A_name_that_leads_out_of_the_folder_is_refused(string ns, string name)
    {
        var refused = await Assert.ThrowsAsync<KubernetesException>(() =>
            _folder.Cluster.WriteNetworkStatusAsync(new PodKey(ns, name), null, Key, "[]", CancellationToken.None)
        );

        Assert.False(refused.IsTransient);
        Assert.False(Directory.Exists(_folder.StatusDir));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_a_transient_failure_that_names_it()
    {
        await File.WriteAllTextAsync(_folder.StatusDir, "a file");

        var failed = await Assert.ThrowsAsync<KubernetesException>(() => WriteAsync("[1]"));

        Assert.True(failed.IsTransient);
        Assert.Contains(_folder.StatusDir, failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_sandbox_whose_status_it_is_takes_it_away_also_for_a_process_that_has_not_written_it()
    {
        await WriteOwnedAsync("[1]", "old");
        await WriteOwnedAsync("[2]", "new");
        using var next = new FolderCluster(
            new FolderClusterSettings(_folder.ManifestDir, _folder.StatusDir),
            _folder.Log,
            TimeProvider.System
        );

        await next.ClearAsync(SandboxId.Parse("old"), Pod, "u1", CancellationToken.None);
        Assert.Equal("[2]", await File.ReadAllTextAsync(StatusFile));

        await next.ClearAsync(SandboxId.Parse("new"), Pod, "u1", CancellationToken.None);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.StatusDir));
    }

    [Fact]
    public async Task A_status_that_is_nobody_s_as_an_older_release_has_left_it_goes_with_any_sandbox_of_its_pod()
    {
        await WriteAsync("[1]");

        await ClearAsync("u1", "whichever");

        Assert.Empty(Directory.GetFileSystemEntries(_folder.StatusDir));
    }

    [Fact]
    public async Task What_a_crash_left_behind_is_swept_when_the_watch_begins()
    {
        await WriteAsync("[1]");
        var left = Path.Combine(_folder.StatusDir, $".{Guid.NewGuid():N}.tmp");
        await File.WriteAllTextAsync(left, "[");

        await using var watch = new Watch(_folder.Cluster);
        await watch.NextAsync();

        Assert.Equal([StatusFile], Directory.GetFileSystemEntries(_folder.StatusDir));
    }

    private string StatusFile => Path.Combine(_folder.StatusDir, "test_p1.json");

    private Task WriteAsync(string json, string? uid = "u1") =>
        _folder.Cluster.WriteNetworkStatusAsync(Pod, uid, Key, json, CancellationToken.None);

    private Task ClearAsync(string? uid, string sandbox = "c1") =>
        _folder.Cluster.ClearAsync(SandboxId.Parse(sandbox), Pod, uid, CancellationToken.None);

    private Task WriteOwnedAsync(string json, string sandbox) =>
        _folder.Cluster.WriteAsync(SandboxId.Parse(sandbox), Pod, "u1", json, CancellationToken.None);

    private async Task KnowPodAsync(string uid)
    {
        _folder.Write("p.yaml", FolderFixture.Pod("p1", ns: "test", uid: uid));
        Assert.Equal(uid, (await _folder.PodAsync("p1", "test"))?.Uid);
    }
}
