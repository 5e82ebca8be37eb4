using System.Text.Json.Nodes;
using Multus.Core.Status;
using Multus.TestCluster;
using Multus.TestCluster.Access;
using Multus.TestCluster.Faults;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Statuses;
using Multus.TestSupport;

namespace Multus.Kubernetes.Tests.Api.Pods;

public sealed class StatusWriterTests
{
    private const string Status = """[{"name":"blue","interface":"net1","dns":{}}]""";

    [Fact]
    public async Task One_patch_of_one_annotation_writes_it()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var pod = fixture.AddPod();

        await fixture
            .ClusterWithToken()
            .WriteNetworkStatusAsync(ApiFixture.Web, pod.Uid, NetworkStatus.Annotation, Status, default);

        Assert.Equal(Status, fixture.StatusOf());
        var request = Assert.Single(fixture.Server.Journal.All);
        Assert.Equal(
            ("patch", "status", "application/merge-patch+json; charset=utf-8"),
            (request.Verb, request.Subresource, request.ContentType)
        );
        var patch = JsonNode.Parse(request.Body)!;
        Assert.Equal(pod.Uid, (string?)patch["metadata"]!["uid"]);
        Assert.Equal(["metadata"], patch.AsObject().Select(member => member.Key));
        Assert.Equal(
            ["k8s.v1.cni.cncf.io/network-status"],
            patch["metadata"]!["annotations"]!.AsObject().Select(member => member.Key)
        );
    }

    [Fact]
    public async Task Other_annotations_stay()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var pod = fixture.AddPod(networks: "blue");

        await fixture
            .ClusterWithToken()
            .WriteNetworkStatusAsync(ApiFixture.Web, pod.Uid, NetworkStatus.Annotation, Status, default);

        Assert.Equal("blue", AnnotationsOf(fixture).GetProperty(TestObjects.NetworksAnnotation).GetString());
    }

    [Theory]
    [InlineData(OtherUidAnswer.Conflict)]
    [InlineData(OtherUidAnswer.Invalid)]
    public async Task A_newer_pod_of_the_same_name_is_left_alone(OtherUidAnswer answer)
    {
        await using var fixture = await ApiFixture.StartAsync(new TestApiServerSettings { PatchOfAnotherUid = answer });
        fixture.AddPod();

        var e = await Assert.ThrowsAsync<KubernetesException>(() =>
            fixture
                .ClusterWithToken()
                .WriteNetworkStatusAsync(ApiFixture.Web, "the-old-one", NetworkStatus.Annotation, Status, default)
        );

        Assert.False(e.IsTransient);
        Assert.Contains("expected pod UID \"the-old-one\"", e.Message, StringComparison.Ordinal);
        Assert.Null(fixture.StatusOf());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_static_pod_is_known_to_the_server_by_another_UID(bool isWatched)
    {
        await using var fixture = await ApiFixture.StartAsync();
        AddMirrorPod(fixture);
        var cluster = fixture.ClusterWithToken();
        await using var watched = isWatched ? new WatchedChanges(cluster) : null;
        if (watched is not null)
            await watched.NextAsync<ClusterChange.Replaced>();

        await cluster.WriteNetworkStatusAsync(
            ApiFixture.Web,
            "hash-of-the-manifest",
            NetworkStatus.Annotation,
            Status,
            default
        );

        Assert.Equal(Status, fixture.StatusOf());
        Assert.Equal(isWatched ? 1 : 2, fixture.Server.Journal.Count(request => request.Verb == "patch"));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task The_status_of_a_static_pod_is_not_written_to_the_mirror_of_the_next_manifest(
        bool isWatched,
        bool isPatchForbidden
    )
    {
        await using var fixture = await ApiFixture.StartAsync();
        AddMirrorPod(fixture, mirrored: "hash-of-the-next");
        using var denied = isPatchForbidden ? fixture.Server.Access.Deny(new DenyRule("patch", "pods/status")) : null;
        var cluster = fixture.ClusterWithToken();
        await using var watched = isWatched ? new WatchedChanges(cluster) : null;
        if (watched is not null)
            await watched.NextAsync<ClusterChange.Replaced>();

        var e = await Assert.ThrowsAsync<KubernetesException>(() =>
            cluster.WriteNetworkStatusAsync(
                ApiFixture.Web,
                "hash-of-the-manifest",
                NetworkStatus.Annotation,
                Status,
                default
            )
        );

        Assert.False(e.IsTransient);
        Assert.Contains(
            "expected pod UID \"hash-of-the-manifest\" but got \"hash-of-the-next\"",
            e.Message,
            StringComparison.Ordinal
        );
        Assert.Null(fixture.StatusOf());
    }

    [Fact]
    public async Task A_pod_that_is_gone_is_said_to_be_and_not_tried_again()
    {
        await using var fixture = await ApiFixture.StartAsync();

        var e = await Assert.ThrowsAsync<KubernetesException>(() =>
            fixture
                .ClusterWithToken()
                .WriteNetworkStatusAsync(ApiFixture.Web, "uid", NetworkStatus.Annotation, Status, default)
        );

        Assert.False(e.IsTransient);
        Assert.Equal("cannot write the network-status of pod shop/web: the pod does not exist any more", e.Message);
        Assert.Single(fixture.Server.Journal.All);
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(5, false)]
    public async Task Conflicting_writers_are_outlasted_four_times(int conflicts, bool isWritten)
    {
        await using var fixture = await ApiFixture.StartAsync();
        var pod = fixture.AddPod();
        using var denied = fixture.Server.Access.Deny(new DenyRule("patch", "pods/status"));
        using var fault = fixture.Server.Faults.Next(
            conflicts,
            request => request.Verb == "update",
            new FaultAction.Refuse(ApiStatus.Modified(ResourceType.Pods, "web"))
        );

        var writing = fixture
            .ClusterWithToken()
            .WriteNetworkStatusAsync(ApiFixture.Web, pod.Uid, NetworkStatus.Annotation, Status, default);

        if (isWritten)
            await writing;
        else
            Assert.True((await Assert.ThrowsAsync<KubernetesException>(() => writing)).IsTransient);
        Assert.Equal(isWritten ? Status : null, fixture.StatusOf());
    }

    [Fact]
    public async Task Somebody_who_edits_the_pod_all_the_time_loses_nothing_and_neither_does_the_status()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var pod = fixture.AddPod();
        var cluster = fixture.ClusterWithToken();
        using var stop = new CancellationTokenSource();
        var edits = 0;
        var editing = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                edits++;
                fixture.Server.Objects.Update(
                    ResourceType.Pods,
                    "shop",
                    "web",
                    stored =>
                    {
                        var changed = stored.ToMutable();
                        changed["metadata"]!["annotations"]!["edits"] = $"{edits}";
                        return changed;
                    }
                );
            }
        });

        for (var i = 0; i < 50; i++)
        {
            await cluster.WriteNetworkStatusAsync(ApiFixture.Web, pod.Uid, NetworkStatus.Annotation, $"[{i}]", default);
            Assert.Equal($"[{i}]", fixture.StatusOf());
        }

        await stop.CancelAsync();
        await editing;
        Assert.True(edits > 10, $"{edits} edits");
        Assert.Equal($"{edits}", AnnotationsOf(fixture).GetProperty("edits").GetString());
        Assert.Equal("blue", AnnotationsOf(fixture).GetProperty(TestObjects.NetworksAnnotation).GetString());
        Assert.Equal(50, fixture.Server.Journal.All.Count);
    }

    [Fact]
    public async Task A_status_that_the_server_finds_invalid_is_not_tried_again()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var pod = fixture.AddPod();
        using var fault = fixture.Server.Faults.Always(
            request => request.Verb == "patch",
            new FaultAction.Answer(422, "metadata.annotations: Too long")
        );

        var e = await Assert.ThrowsAsync<KubernetesException>(() =>
            fixture
                .ClusterWithToken()
                .WriteNetworkStatusAsync(ApiFixture.Web, pod.Uid, NetworkStatus.Annotation, Status, default)
        );

        Assert.False(e.IsTransient);
        Assert.Contains("Too long", e.Message, StringComparison.Ordinal);
        Assert.Equal(1, fault.Met);
    }

    [Fact]
    public async Task An_answer_that_is_lost_does_not_lose_the_status()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var pod = fixture.AddPod();
        using var fault = fixture.Server.Faults.Next(
            1,
            request => request.Verb == "patch",
            new FaultAction.LoseAnswer()
        );

        await fixture
            .ClusterWithToken()
            .WriteNetworkStatusAsync(ApiFixture.Web, pod.Uid, NetworkStatus.Annotation, Status, default);

        Assert.Equal(Status, fixture.StatusOf());
    }

    [Fact]
    public async Task A_status_goes_with_its_pod_and_nobody_has_to_take_it_away()
    {
        await using var fixture = await ApiFixture.StartAsync();

        Assert.Null(((IClusterApi)fixture.ClusterWithToken()).OwnedStatuses);
    }

    [Theory]
    [InlineData("shop", "../nodes")]
    [InlineData("..", "web")]
    [InlineData("shop", "web?x=y")]
    public async Task A_name_that_no_pod_can_have_reaches_no_path(string ns, string name)
    {
        await using var fixture = await ApiFixture.StartAsync();
        var cluster = fixture.ClusterWithToken();

        await Assert.ThrowsAsync<KubernetesException>(() =>
            cluster.WriteNetworkStatusAsync(new(ns, name), null, NetworkStatus.Annotation, Status, default)
        );
        Assert.Null(await cluster.GetPodAsync(new(ns, name), default));
        Assert.Empty(fixture.Server.Journal.All);
    }

    private static System.Text.Json.JsonElement AnnotationsOf(ApiFixture fixture) =>
        fixture
            .Server.Objects.Get(ResourceType.Pods, "shop", "web")
            .Json.GetProperty("metadata")
            .GetProperty("annotations");

    private static void AddMirrorPod(ApiFixture fixture, string mirrored = "hash-of-the-manifest")
    {
        var pod = TestObjects.Pod("shop", "web", "blue", ApiFixture.Node);
        pod["metadata"]!["annotations"]!["kubernetes.io/config.source"] = "file";
        pod["metadata"]!["annotations"]!["kubernetes.io/config.mirror"] = mirrored;
        fixture.Server.Objects.Create(ResourceType.Pods, pod);
    }
}
