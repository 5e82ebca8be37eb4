using Multus.Core.Networks;

namespace Multus.Kubernetes.Tests.Folder;

public sealed class ManifestTests : IDisposable
{
    private readonly FolderFixture _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_quickstarts_manifests_are_read()
    {
        File.Copy(
            Path.Combine(AppContext.BaseDirectory, "Folder", "quickstart.yaml"),
            Path.Combine(_folder.ManifestDir, "quickstart.yaml")
        );

        var pod = await _folder.PodAsync("samplepod");
        var macvlan = await _folder.NetworkAsync("macvlan-conf");
        var bridge = await _folder.NetworkAsync("bridge-conf", "storage");

        Assert.Equal("macvlan-conf,storage/bridge-conf", pod?.Annotations[NetworkSelectionParser.NetworksAnnotation]);
        Assert.Null(pod?.Uid);
        Assert.Contains("\"type\": \"macvlan\"", macvlan?.Config, StringComparison.Ordinal);
        Assert.Equal("intel.com/sriov", bridge?.Annotations["k8s.v1.cni.cncf.io/resourceName"]);
        Assert.Contains("mynet0", bridge?.Config, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_kubectl_prints_as_json_is_read_as_well()
    {
        _folder.Write(
            "list.json",
            """
            {"apiVersion":"v1","kind":"List","items":[
              {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p1","namespace":"ns1","uid":"u1","annotations":{"a":"b\ud83d\ude00"}},"spec":{"containers":[]}},
              {"apiVersion":"k8s.cni.cncf.io/v1","kind":"NetworkAttachmentDefinition","metadata":{"name":"n1","namespace":"ns1"},"spec":{"config":"{\"type\":\"bridge\"}"}}]}
            """
        );

        var pod = await _folder.PodAsync("p1", "ns1");

        Assert.Equal(("u1", "b\U0001F600"), (pod?.Uid, pod?.Annotations["a"]));
        Assert.Equal("""{"type":"bridge"}""", (await _folder.NetworkAsync("n1", "ns1"))?.Config);
    }

    [Fact]
    public async Task A_network_without_a_spec_has_an_empty_configuration()
    {
        _folder.Write(
            "a.yaml",
            "apiVersion: k8s.cni.cncf.io/v1\nkind: NetworkAttachmentDefinition\nmetadata: {name: n1}\n"
        );

        Assert.Equal("", (await _folder.NetworkAsync("n1"))?.Config);
    }

    [Fact]
    public async Task Anchors_aliases_and_merges_are_followed()
    {
        _folder.Write(
            "a.yml",
            """
            apiVersion: v1
            kind: List
            items:
            - apiVersion: v1
              kind: Pod
              metadata: {name: p1, annotations: &shared {a: "1", b: "2"}}
            - apiVersion: v1
              kind: Pod
              metadata: {name: p2, annotations: *shared}
            - apiVersion: v1
              kind: Pod
              metadata: {name: p3, annotations: {<<: *shared, b: "3"}}
            """
        );

        Assert.Equal("2", (await _folder.PodAsync("p2"))?.Annotations["b"]);
        Assert.Equal(
            ("1", "3"),
            ((await _folder.PodAsync("p3"))?.Annotations["a"], (await _folder.PodAsync("p3"))?.Annotations["b"])
        );
    }

    [Fact]
    public async Task Other_kinds_are_skipped_with_a_line_in_the_log_each()
    {
        _folder.Write(
            "a.yaml",
            "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n---\n"
                + FolderFixture.Pod("p1")
                + "---\n---\n# nothing\n---\napiVersion: apps/v1\nkind: Deployment\n"
        );

        Assert.NotNull(await _folder.PodAsync("p1"));
        Assert.Single(
            _folder.Log.Lines,
            line => line.Contains("a.yaml, line 1: Service (v1) is skipped", StringComparison.Ordinal)
        );
        Assert.Single(
            _folder.Log.Lines,
            line =>
                line.Contains(
                    "Deployment (apps/v1) is skipped, pod templates are not expanded",
                    StringComparison.Ordinal
                )
        );
    }

    [Fact]
    public async Task Files_of_other_names_and_hidden_files_are_not_looked_at()
    {
        _folder.Write("notes.txt", "hello: [");
        _folder.Write(".#p1.yaml", FolderFixture.Pod("p1"));
        _folder.Write("p1.yaml~", FolderFixture.Pod("p1"));

        Assert.Null(await _folder.PodAsync("p1"));
        Assert.DoesNotContain(_folder.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a: [", 2, "not YAML")]
    [InlineData("- a\n", 1, "a list, must be a Kubernetes object")]
    [InlineData("kind: Pod\n", 1, "'apiVersion' is missing")]
    [InlineData("apiVersion: v1\nkind: Pod\n", 1, "'metadata' is missing")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: {}\n", 3, "'metadata.name' is missing")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata:\n  name: Bad_Name\n", 4, "'metadata.name' is \"Bad_Name\"")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata:\n  name: ../x\n", 4, "'metadata.name' is \"../x\"")]
    [InlineData(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  namespace: a.b\n",
        5,
        "'metadata.namespace' is \"a.b\""
    )]
    [InlineData(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  annotations:\n    a: true\n",
        6,
        "'metadata.annotations.a' is the unquoted value true, must be a string; quote it"
    )]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata:\n  name: 12\n", 4, "the unquoted value 12")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  name: q\n", 5, "key 'name' is there twice")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: *nowhere\n", 3, "alias *nowhere")]
    [InlineData("apiVersion: v1\nkind: List\nitems: {}\n", 3, "'items' is a map, must be a list")]
    [InlineData("? [a]\n: b\n", 1, "a key must be a plain word")]
    public async Task A_bad_file_is_reported_with_its_line_and_reason(string text, int line, string reason)
    {
        _folder.Write("bad.yaml", text);
        _folder.Write("good.yaml", FolderFixture.Pod("p1"));

        Assert.NotNull(await _folder.PodAsync("p1"));
        var logged = Assert.Single(_folder.Log.Lines, entry => entry.StartsWith("Error", StringComparison.Ordinal));
        Assert.Contains(reason, logged, StringComparison.Ordinal);
        Assert.Contains($"bad.yaml, line {line}, cannot be used:", logged, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "not JSON")]
    [InlineData("""{"kind":"Pod"} {}""", "not JSON")]
    [InlineData("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"\ud800"}}""", "not JSON")]
    [InlineData("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","name":"b"}}""", "'name' is there twice")]
    public async Task A_bad_json_file_is_reported_with_its_reason(string text, string reason)
    {
        _folder.Write("bad.json", text);

        Assert.Contains(
            reason,
            await _folder.RefusedAsync(text.Contains("\"name\"", StringComparison.Ordinal) ? "a" : "p1"),
            StringComparison.Ordinal
        );
        Assert.Single(
            _folder.Log.Lines,
            line =>
                line.Contains("bad.json", StringComparison.Ordinal) && line.Contains(reason, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Nesting_without_end_is_refused_and_not_followed()
    {
        _folder.Write("deep.yaml", new string('[', 100_000));
        _folder.Write("deep.json", new string('[', 100_000));
        _folder.Write("good.yaml", FolderFixture.Pod("p1"));

        Assert.NotNull(await _folder.PodAsync("p1"));
        Assert.Equal(2, _folder.Log.Lines.Count(line => line.StartsWith("Error", StringComparison.Ordinal)));
    }
}
