using System.Text;
using System.Text.Json;
using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.Kubernetes.Api.Json;
using Multus.Kubernetes.Api.Resources;

namespace Multus.Kubernetes.Tests.Api.Json;

public sealed class JsonFeedTests
{
    private const string List = """
        {"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"77","continue":"go-on","remainingItemCount":3},
         "items":[
          {"metadata":{"name":"web","namespace":"shop","uid":"u1","resourceVersion":"5","labels":{"name":"label"},
            "annotations":{"k8s.v1.cni.cncf.io/networks":"blue, red@net7 \u00fc","note":"x","kubernetes.io/config.source":"api"},
            "ownerReferences":[{"name":"owner","uid":"u-owner"}],"managedFields":[{"fieldsV1":{"f:metadata":{"f:name":{}}}}]},
           "spec":{"nodeName":"n","hostNetwork":true,"containers":[{"name":"c","env":[{"name":"E","value":"1"}]}]},
           "status":{"message":"m","conditions":[{"type":"Ready"}]}},
          {"metadata":{"name":"db","namespace":"shop","uid":"u2"},"spec":null,"status":[[{}],[]]}
         ]}
        """;

    /// <summary>Byte by byte every token is cut everywhere.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public async Task However_the_bytes_come_a_list_is_the_same(int chunk)
    {
        var page = await PageAsync(List, chunk);

        Assert.Equal(("77", "go-on"), (page.Version, page.Continue));
        Assert.Equal(["web", "db"], page.Items.Select(pod => pod.Key.Name));
        Assert.Equal(["u1", "u2"], page.Items.Select(pod => pod.Uid));
        Assert.Equal("blue, red@net7 ü", page.Items[0].Annotations[NetworkSelectionParser.NetworksAnnotation]);
        Assert.Equal("api", page.Items[0].Annotations[Pod.SourceAnnotation]);
        Assert.Equal(2, page.Items[0].Annotations.Count);
        Assert.Empty(page.Items[1].Annotations);
    }

    [Fact]
    public async Task A_last_page_has_no_next_one() =>
        Assert.Null(
            (await PageAsync("""{"metadata":{"resourceVersion":"1","continue":""},"items":null}""", 10)).Continue
        );

    [Theory]
    [InlineData("""{"metadata":{"resourceVersion":"1"},"items":[{"metadata":{"name":"web","namesp""")]
    [InlineData("""{"metadata":{"resourceVersion":"1"}""")]
    public async Task A_list_that_is_cut_off_is_no_list(string text) =>
        await Assert.ThrowsAsync<InvalidDataException>(() => PageAsync(text, 10));

    [Theory]
    [InlineData("<html>")]
    [InlineData("""{"items":[}""")]
    public async Task What_is_not_JSON_is_refused(string text) =>
        await Assert.ThrowsAnyAsync<JsonException>(() => PageAsync(text, 10));

    [Theory]
    [InlineData("""{"items":[]}""")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task A_list_without_a_version_is_no_list(string text) =>
        Assert.Throws<InvalidDataException>(() => PageAsync(text, 10).Result.Version is null);

    [Fact]
    public async Task A_value_larger_than_any_buffer_is_read()
    {
        var networks = new string('n', 1_000_000);
        var page = await PageAsync(
            """{"metadata":{"resourceVersion":"1"},"items":[{"metadata":{"name":"a","namespace":"b","annotations":{"k8s.v1.cni.cncf.io/networks":"@"}}}]}""".Replace(
                "@",
                networks,
                StringComparison.Ordinal
            ),
            4096
        );

        Assert.Equal(networks, page.Items[0].Annotations[NetworkSelectionParser.NetworksAnnotation]);
    }

    [Fact]
    public async Task A_value_beyond_all_measure_is_refused() =>
        await Assert.ThrowsAsync<InvalidDataException>(() =>
            PageAsync($$"""{"x":"{{new string('n', JsonFeed.MaxTokenBytes + 100_000)}}"}""", 100_000)
        );

    [Fact]
    public async Task Two_hundred_and_fifty_large_pods_cost_less_than_two_megabytes()
    {
        var body = LargeList(pods: 250, bytesEach: 60_000);
        await ListPage<Pod>.ReadAsync(new MemoryStream(body), ApiResources.PodsOf(null).Decode, default); // code is compiled, pools are filled
        var before = GC.GetAllocatedBytesForCurrentThread();

        var page = ListPage<Pod>.ReadAsync(new MemoryStream(body), ApiResources.PodsOf(null).Decode, default);

        Assert.True(page.IsCompletedSuccessfully); // all on this thread, so all is counted
        Assert.Equal(250, (await page).Items.Count);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 500_000, $"{allocated} bytes were allocated to read {body.Length}");
    }

    private static byte[] LargeList(int pods, int bytesEach)
    {
        var env = new StringBuilder();
        while (env.Length < bytesEach)
            env.Append("""{"name":"SETTING","value":"abcdefghijklmnopqrstuvwxyz"},""");
        var items = Enumerable
            .Range(0, pods)
            .Select(i =>
                $$$"""{"metadata":{"name":"web-{{{i}}}","namespace":"shop","uid":"{{{Guid.NewGuid()}}}","annotations":{"k8s.v1.cni.cncf.io/networks":"a,b,c"}},"spec":{"containers":[{"env":[{{{env}}}null]}]}}"""
            );
        return Encoding.UTF8.GetBytes(
            $$"""{"metadata":{"resourceVersion":"1"},"items":[{{string.Join(',', items)}}]}"""
        );
    }

    private static Task<ListPage<Pod>> PageAsync(string text, int chunk) =>
        ListPage<Pod>.ReadAsync(
            new ChunkedStream(Encoding.UTF8.GetBytes(text), chunk),
            ApiResources.PodsOf(null).Decode,
            default
        );

    /// <summary>Gives at most so many bytes at once.</summary>
    private sealed class ChunkedStream(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(chunk, buffer.Length)], cancellationToken);
    }
}
