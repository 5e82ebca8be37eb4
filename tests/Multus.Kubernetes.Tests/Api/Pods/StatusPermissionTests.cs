using System.Text.Json.Nodes;
using Multus.Core.Status;
using Multus.TestCluster;
using Multus.TestCluster.Access;
using Multus.TestCluster.Faults;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Statuses;
using Multus.TestSupport;

namespace Multus.Kubernetes.Tests.Api.Pods;

/// <summary>Statuses where the role does not allow the patch.</summary>
public sealed class StatusPermissionTests
{
    private const string Status = """[{"name":"blue","interface":"net1","dns":{}}]""";

    [Fact]
    public async Task Where_patch_is_forbidden_the_pod_is_read_and_put_back_and_that_is_remembered()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var pod = fixture.AddPod();
        using var denied = fixture.Server.Access.Deny(new DenyRule("patch", "pods/status"));
        var cluster = fixture.ClusterWithToken();

        await cluster.WriteNetworkStatusAsync(ApiFixture.Web, pod.Uid, NetworkStatus.Annotation, Status, default);
        await cluster.WriteNetworkStatusAsync(ApiFixture.Web, pod.Uid, NetworkStatus.Annotation, "[]", default);

        Assert.Equal("[]", fixture.StatusOf());
        Assert.Equal("blue", AnnotationsOf(fixture).GetProperty(TestObjects.NetworksAnnotation).GetString());
        Assert.Equal(
            ["patch", "get", "update", "get", "update"],
            fixture.Server.Journal.All.Select(request => request.Verb)
        );
    }

    [Fact]
    public async Task A_role_that_has_been_changed_from_update_to_patch_counts_at_once()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var pod = fixture.AddPod();
        var cluster = fixture.ClusterWithToken();
        using (fixture.Server.Access.Deny(new DenyRule("patch", "pods/status")))
            await cluster.WriteNetworkStatusAsync(ApiFixture.Web, pod.Uid, NetworkStatus.Annotation, "[]", default);

        using var denied = fixture.Server.Access.Deny(new DenyRule("update", "pods/status"));
        await cluster.WriteNetworkStatusAsync(ApiFixture.Web, pod.Uid, NetworkStatus.Annotation, Status, default);

        Assert.Equal(Status, fixture.StatusOf());
        Assert.Equal(
            ["patch", "get", "update", "get", "update", "patch"],
            fixture.Server.Journal.All.Select(request => request.Verb)
        );
    }

    [Fact]
    public async Task Without_patch_another_pod_of_the_name_is_left_alone_too()
    {
        await using var fixture = await ApiFixture.StartAsync();
        fixture.AddPod();
        using var denied = fixture.Server.Access.Deny(new DenyRule("patch", "pods/status"));

        await Assert.ThrowsAsync<KubernetesException>(() =>
            fixture
                .ClusterWithToken()
                .WriteNetworkStatusAsync(ApiFixture.Web, "the-old-one", NetworkStatus.Annotation, Status, default)
        );

        Assert.Null(fixture.StatusOf());
    }

    /// <summary>
    /// An admission hook answers 403 for one pod, too: that is no reason to give up the statuses of all others.
    /// </summary>
    [Fact]
    public async Task A_pod_that_may_not_be_written_at_all_does_not_keep_the_next_one_from_its_patch()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var refused = fixture.AddPod("refused");
        var pod = fixture.AddPod();
        using var hook = fixture.Server.Faults.Always(
            request => request.IsWrite && request.Name == "refused",
            new FaultAction.Answer(403, "admission webhook \"policy\" denied the request")
        );
        var cluster = fixture.ClusterWithToken();

        var e = await Assert.ThrowsAsync<KubernetesException>(() =>
            cluster.WriteNetworkStatusAsync(
                new("shop", "refused"),
                refused.Uid,
                NetworkStatus.Annotation,
                Status,
                default
            )
        );
        await cluster.WriteNetworkStatusAsync(ApiFixture.Web, pod.Uid, NetworkStatus.Annotation, Status, default);

        Assert.Equal((403, false), (e.Status, e.IsTransient));
        Assert.StartsWith(
            "may not patch pods/status shop/refused: RBAC needs verb patch on pods/status",
            e.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("admission webhook", e.Message, StringComparison.Ordinal);
        Assert.Equal(["patch", "get", "update", "patch"], fixture.Server.Journal.All.Select(request => request.Verb));
        Assert.Equal(Status, fixture.StatusOf());
    }

    [Fact]
    public async Task Where_neither_patch_nor_update_is_allowed_the_permission_that_would_do_is_named()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var pod = fixture.AddPod();
        using var noPatch = fixture.Server.Access.Deny(new DenyRule("patch", "pods/status"));
        using var noUpdate = fixture.Server.Access.Deny(new DenyRule("update", "pods/status"));

        var e = await Assert.ThrowsAsync<KubernetesException>(() =>
            fixture
                .ClusterWithToken()
                .WriteNetworkStatusAsync(ApiFixture.Web, pod.Uid, NetworkStatus.Annotation, Status, default)
        );

        Assert.False(e.IsTransient);
        Assert.StartsWith(
            "may not patch pods/status shop/web: RBAC needs verb patch on pods/status in namespace shop (403)",
            e.Message,
            StringComparison.Ordinal
        );
    }

    private static System.Text.Json.JsonElement AnnotationsOf(ApiFixture fixture) =>
        fixture
            .Server.Objects.Get(ResourceType.Pods, "shop", "web")
            .Json.GetProperty("metadata")
            .GetProperty("annotations");
}
