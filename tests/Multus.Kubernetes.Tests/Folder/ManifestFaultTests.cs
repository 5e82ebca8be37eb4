using System.Net.Sockets;
using Multus.TestSupport;

namespace Multus.Kubernetes.Tests.Folder;

/// <summary>Who could be in what cannot be read is refused until it is mended; everybody else is not.</summary>
public sealed class ManifestFaultTests : IDisposable
{
    private const string Network =
        "apiVersion: k8s.cni.cncf.io/v1\nkind: NetworkAttachmentDefinition\nmetadata: {name: NAME}\nspec: {config: CONFIG}\n";
    private readonly FolderFixture _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_network_whose_configuration_is_a_map_is_refused_with_file_and_line_and_the_rest_of_its_file_counts()
    {
        _folder.Write(
            "all.yaml",
            $"{Net("good", "'{}'")}---\n{Net("bad", "{type: macvlan}")}---\n{FolderFixture.Pod("p1")}"
        );

        Assert.NotNull(await _folder.PodAsync("p1"));
        Assert.NotNull(await _folder.NetworkAsync("good"));
        Assert.Null(await _folder.NetworkAsync("nosuch"));
        Assert.Null(await _folder.PodAsync("nosuch"));
        var refused = await Assert.ThrowsAsync<KubernetesException>(() => _folder.NetworkAsync("bad"));
        Assert.True(refused.IsTransient);
        Assert.StartsWith(
            "manifest all.yaml, line 9, cannot be used: 'spec.config' is a map, must be a string; it may be network-attachment-definition default/bad",
            refused.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: {name: p1, annotations: {a: 1}}\n", true, false, false)]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: {name: p1, namespace: 7}\n", true, false, false)]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: {name: Bad_Name}\n", true, true, false)]
    [InlineData("apiVersion: v1\nkind: Pod\n", true, true, false)]
    [InlineData("apiVersion: v1\nkind: List\nitems: {}\n", true, true, true)]
    [InlineData(
        "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Pod, metadata: {name: p1, annotations: []}}]\n",
        true,
        false,
        false
    )]
    [InlineData("kind: Pod\nmetadata: {name: p1}\n", true, false, false)]
    [InlineData("metadata: {name: p1}\n", true, false, false)]
    [InlineData("just words\n", true, true, true)]
    [InlineData("a: [\n", true, true, true)]
    [InlineData("apiVersion: v1\nkind: Service\nmetadata: {name: p1, annotations: []}\n", false, false, false)]
    public async Task Only_who_may_be_meant_is_refused(string document, bool p1, bool anyPod, bool anyNetwork)
    {
        _folder.Write("b.yaml", $"{FolderFixture.Pod("known")}---\n{Net("known", "'{}'")}---\n{document}");

        Assert.NotNull(await _folder.PodAsync("known"));
        Assert.NotNull(await _folder.NetworkAsync("known"));
        Assert.Equal(p1, await IsRefusedAsync(() => _folder.PodAsync("p1")));
        Assert.Equal(anyPod, await IsRefusedAsync(() => _folder.PodAsync("other")));
        Assert.Equal(anyNetwork, await IsRefusedAsync(() => _folder.NetworkAsync("other")));
    }

    [Theory]
    [InlineData("---\n")]
    [InlineData("--- # next\n")]
    [InlineData("...\n---\n")]
    [InlineData("...\n# a comment\n%YAML 1.2\n---\n")]
    [InlineData("---\r\n")]
    public async Task Documents_before_and_behind_a_malformed_one_count(string next)
    {
        _folder.Write("a.yaml", $"{FolderFixture.Pod("p1")}{next}a: [\n{next}{FolderFixture.Pod("p2")}");

        Assert.NotNull(await _folder.PodAsync("p1"));
        Assert.NotNull(await _folder.PodAsync("p2"));
        var line = 1 + FolderFixture.Pod("p1").Count(c => c == '\n') + next.Count(c => c == '\n');
        Assert.Matches($"^manifest a.yaml, line ({line}|{line + 1}), ", await _folder.RefusedAsync("p3"));
    }

    [Fact]
    public async Task The_very_pod_that_cannot_be_read_is_not_taken_from_a_file_that_comes_later()
    {
        _folder.Write("a.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: p1, annotations: []}\n");
        _folder.Write("b.yaml", FolderFixture.Pod("p1") + "---\n" + FolderFixture.Pod("p2"));
        _folder.Write("c.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: p2, annotations: []}\n");

        Assert.Contains("a.yaml, line 3", await _folder.RefusedAsync("p1"), StringComparison.Ordinal);
        Assert.NotNull(await _folder.PodAsync("p2"));
    }

    [Fact]
    public async Task Faults_are_there_for_people_to_read_until_they_are_mended()
    {
        _folder.Write("a.yaml", "a: [");
        _folder.Write("b.yaml", Net("bad", "7"));

        var faults = await _folder.Cluster.FindFaultsAsync(CancellationToken.None);

        Assert.Equal(2, faults.Count);
        Assert.StartsWith($"{_folder.ManifestDir}/a.yaml, line 2: not YAML", faults[0], StringComparison.Ordinal);
        Assert.StartsWith(
            $"{_folder.ManifestDir}/b.yaml, line 4: 'spec.config' is the unquoted value 7",
            faults[1],
            StringComparison.Ordinal
        );
        _folder.Write("a.yaml", "");
        File.Delete(Path.Combine(_folder.ManifestDir, "b.yaml"));
        Assert.Empty(await _folder.Cluster.FindFaultsAsync(CancellationToken.None));
        Assert.Null(await _folder.PodAsync("p1"));
    }

    [Fact]
    public async Task A_fifo_among_the_manifests_is_refused_by_name_and_not_opened()
    {
        ProcessTool.Run("mkfifo", Path.Combine(_folder.ManifestDir, "a.yaml"));

        await RefusedByNameAsync("a FIFO");
    }

    [Fact]
    public async Task A_link_to_a_device_is_refused_by_name_and_not_read()
    {
        File.CreateSymbolicLink(Path.Combine(_folder.ManifestDir, "a.yaml"), "/dev/zero");

        await RefusedByNameAsync("a character device");
    }

    [Fact]
    public async Task A_socket_among_the_manifests_is_refused_by_name()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(_folder.ManifestDir, "a.yaml")));

        await RefusedByNameAsync("a socket");
    }

    [Fact]
    public async Task A_file_beyond_the_bound_is_refused_by_name()
    {
        using (var large = File.Create(Path.Combine(_folder.ManifestDir, "a.yaml")))
            large.SetLength((16 * 1024 * 1024) + 1);

        await RefusedByNameAsync("at most 16777216 are allowed");
    }

    [Fact]
    public async Task A_pod_whose_status_could_have_no_file_is_refused_for_good_and_its_neighbours_are_not()
    {
        var (name, ns) = (new string('a', 253), new string('n', 63));
        _folder.Write("a.yaml", $"{FolderFixture.Pod(name, ns: ns)}---\n{FolderFixture.Pod("p1")}");

        var refused = await Assert.ThrowsAsync<KubernetesException>(() => _folder.PodAsync(name, ns));

        Assert.Equal((false, true), (refused.IsTransient, refused.IsFinal));
        Assert.Contains("has 322 bytes, of which 255 are possible", refused.Message, StringComparison.Ordinal);
        Assert.NotNull(await _folder.PodAsync("p1"));
        Assert.Null(await _folder.PodAsync("p2"));
    }

    [Fact]
    public async Task A_pods_name_may_be_as_long_as_the_status_files_name_allows()
    {
        var (name, ns) = (new string('a', 255 - "n_.json".Length), "n");
        _folder.Write("a.yaml", FolderFixture.Pod(name, ns: ns));

        Assert.NotNull(await _folder.PodAsync(name, ns));
        await _folder.Cluster.WriteNetworkStatusAsync(new(ns, name), null, "a", "[]", CancellationToken.None);
        Assert.Single(Directory.GetFiles(_folder.StatusDir));
    }

    private async Task RefusedByNameAsync(string reason)
    {
        _folder.Write("b.yaml", FolderFixture.Pod("p1"));

        Assert.NotNull(await _folder.PodAsync("p1"));
        var refused = await _folder.RefusedAsync("p2");
        Assert.Contains($"{_folder.ManifestDir}/a.yaml", refused, StringComparison.Ordinal);
        Assert.Contains(reason, refused, StringComparison.Ordinal);
        File.Delete(Path.Combine(_folder.ManifestDir, "a.yaml"));
        Assert.Null(await _folder.PodAsync("p2"));
    }

    private static string Net(string name, string config) =>
        Network.Replace("NAME", name, StringComparison.Ordinal).Replace("CONFIG", config, StringComparison.Ordinal);

    private static async Task<bool> IsRefusedAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            await ask();
            return false;
        }
        catch (KubernetesException e) when (e.IsTransient)
        {
            return true;
        }
    }
}
