using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Multus.TestCluster.Access;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Tests.Clients;
using Multus.TestSupport.Daemons;

namespace Multus.TestCluster.Tests.Reference;

/// <summary>The server with a client that neither of its authors nor we have written.</summary>
public sealed class ReferenceClientTests : ReferenceTest
{
    [Fact]
    public async Task A_pod_is_created_read_listed_replaced_patched_and_deleted()
    {
        var created = await Kubernetes.CoreV1.CreateNamespacedPodAsync(PodOf("web", "node-1"), "default");
        Assert.Equal(("web", "node-1"), (created.Metadata.Name, created.Spec.NodeName));
        Assert.NotNull(created.Metadata.CreationTimestamp);

        created.Metadata.Labels = new Dictionary<string, string> { ["app"] = "a" };
        var replaced = await Kubernetes.CoreV1.ReplaceNamespacedPodAsync(created, "web", "default");
        var patched = await Kubernetes.CoreV1.PatchNamespacedPodAsync(
            new V1Patch("""{"metadata":{"annotations":{"a":"größer"}}}""", V1Patch.PatchType.MergePatch),
            "web",
            "default"
        );
        var listed = await Kubernetes.CoreV1.ListPodForAllNamespacesAsync(
            fieldSelector: "spec.nodeName=node-1",
            labelSelector: "app=a"
        );

        Assert.Equal("größer", Assert.Single(listed.Items).Metadata.Annotations["a"]);
        string[] versions =
        [
            created.Metadata.ResourceVersion,
            replaced.Metadata.ResourceVersion,
            patched.Metadata.ResourceVersion,
        ];
        Assert.Equal(versions.Distinct(), versions);
        Assert.Equal(
            created.Metadata.Uid,
            (await Kubernetes.CoreV1.DeleteNamespacedPodAsync("web", "default")).Metadata.Uid
        );
        Assert.Empty((await Kubernetes.CoreV1.ListNamespacedPodAsync("default")).Items);
    }

    [Fact]
    public async Task A_status_is_patched_through_its_subresource_and_only_there()
    {
        AddPod("web");
        var patch = new V1Patch(
            """{"metadata":{"annotations":{"k8s.v1.cni.cncf.io/network-status":"[]"}}}""",
            V1Patch.PatchType.MergePatch
        );

        var patched = await Kubernetes.CoreV1.PatchNamespacedPodStatusAsync(patch, "web", "default");

        Assert.Equal("[]", patched.Metadata.Annotations["k8s.v1.cni.cncf.io/network-status"]);
        Assert.Equal("status", Server.Journal.All[^1].Subresource);
    }

    [Fact]
    public async Task A_list_goes_on_where_its_page_ended()
    {
        for (var i = 0; i < 5; i++)
            AddPod($"p{i}");
        var names = new List<string>();
        string? next = null;
        do
        {
            var page = await Kubernetes.CoreV1.ListPodForAllNamespacesAsync(limit: 2, continueParameter: next);
            names.AddRange(page.Items.Select(pod => pod.Metadata.Name));
            next = page.Metadata.ContinueProperty;
        } while (!string.IsNullOrEmpty(next));

        Assert.Equal(["p0", "p1", "p2", "p3", "p4"], names);
    }

    [Fact]
    public async Task A_watch_hears_what_comes_changes_and_goes_and_bookmarks()
    {
        using var stop = new CancellationTokenSource(Wait.Patience);
        var heard = new List<string>();
        AddPod("before");
        await foreach (
            var (type, pod) in Kubernetes.CoreV1.WatchListPodForAllNamespacesAsync(
                allowWatchBookmarks: true,
                cancellationToken: stop.Token
            )
        )
        {
            heard.Add($"{type} {pod.Metadata.Name}".TrimEnd());
            switch (heard.Count)
            {
                case 1:
                    AddPod("web");
                    break;
                case 2:
                    await Kubernetes.CoreV1.PatchNamespacedPodAsync(
                        new V1Patch("""{"metadata":{"labels":{"a":"b"}}}""", V1Patch.PatchType.MergePatch),
                        "web",
                        "default"
                    );
                    break;
                case 3:
                    await Kubernetes.CoreV1.DeleteNamespacedPodAsync("web", "default");
                    break;
                case 4:
                    Server.Watches.SendBookmarks();
                    break;
            }

            if (heard.Count == 5)
                break;
        }

        Assert.Equal(["Added before", "Added web", "Modified web", "Deleted web", "Bookmark"], heard);
    }

    [Fact]
    public async Task A_custom_resource_is_what_its_definition_says()
    {
        Server.Objects.Create(ResourceType.Networks, TestObjects.Network("default", "blue", """{"type":"bridge"}"""));

        var read = (System.Text.Json.JsonElement)
            await Kubernetes.CustomObjects.GetNamespacedCustomObjectAsync(
                "k8s.cni.cncf.io",
                "v1",
                "default",
                "network-attachment-definitions",
                "blue"
            );

        Assert.Equal("NetworkAttachmentDefinition", read.GetProperty("kind").GetString());
        Assert.Equal("""{"type":"bridge"}""", read.GetProperty("spec").GetProperty("config").GetString());
    }

    [Fact]
    public async Task Events_claims_and_slices_fit_the_librarys_models()
    {
        await Kubernetes.CoreV1.CreateNamespacedEventAsync(
            new Corev1Event
            {
                Metadata = new V1ObjectMeta { Name = "web.1" },
                InvolvedObject = new V1ObjectReference
                {
                    Kind = "Pod",
                    Name = "web",
                    NamespaceProperty = "default",
                },
                Reason = "AddedInterface",
                Count = 2,
                FirstTimestamp = new DateTime(2030, 1, 2, 3, 4, 5, DateTimeKind.Utc),
            },
            "default"
        );
        Server.Objects.Create(
            ResourceType.ResourceClaims,
            TestClaims.Claim("default", "claim", "vfs driver/pool/vf-0")
        );
        Server.Objects.Create(
            ResourceType.ResourceSlices,
            TestClaims.Slice("slice", "node-1", "driver", "pool", 3, ("vf-0", [("x.example/id", "0000:03:02.0")]))
        );

        var stored = Assert.Single((await Kubernetes.CoreV1.ListNamespacedEventAsync("default")).Items);
        Assert.Equal(("AddedInterface", 2, 2030), (stored.Reason, stored.Count, stored.FirstTimestamp?.Year));
        var claim = await Kubernetes.ResourceV1.ReadNamespacedResourceClaimAsync("claim", "default");
        Assert.Equal("vf-0", Assert.Single(claim.Status.Allocation.Devices.Results).Device);
        var slice = Assert.Single(
            (
                await Kubernetes.ResourceV1.ListResourceSliceAsync(
                    fieldSelector: "spec.nodeName=node-1,spec.driver=driver"
                )
            ).Items
        );
        Assert.Equal(
            (3, "0000:03:02.0"),
            (slice.Spec.Pool.Generation, slice.Spec.Devices[0].Attributes["x.example/id"].StringValue)
        );
    }

    [Fact]
    public async Task What_is_refused_is_a_Status_that_the_library_reads()
    {
        using var denial = Server.Access.Deny(new DenyRule("list", "pods"));
        AddPod("web");

        var missing = await Assert.ThrowsAsync<HttpOperationException>(() =>
            Kubernetes.CoreV1.ReadNamespacedPodAsync("none", "default")
        );
        var forbidden = await Assert.ThrowsAsync<HttpOperationException>(() =>
            Kubernetes.CoreV1.ListPodForAllNamespacesAsync()
        );
        var twice = await Assert.ThrowsAsync<HttpOperationException>(() =>
            Kubernetes.CoreV1.CreateNamespacedPodAsync(PodOf("web", "node-1"), "default")
        );

        Assert.Equal((HttpStatusCode.NotFound, "NotFound"), StatusOf(missing));
        Assert.Equal((HttpStatusCode.Forbidden, "Forbidden"), StatusOf(forbidden));
        Assert.Equal((HttpStatusCode.Conflict, "AlreadyExists"), StatusOf(twice));
    }

    private static (HttpStatusCode Code, string Reason) StatusOf(HttpOperationException e) =>
        (e.Response.StatusCode, KubernetesJson.Deserialize<V1Status>(e.Response.Content).Reason);

    private static V1Pod PodOf(string name, string node) =>
        new()
        {
            Metadata = new V1ObjectMeta { Name = name },
            Spec = new V1PodSpec
            {
                NodeName = node,
                Containers = [new V1Container { Name = "main", Image = "registry.example/app:1" }],
            },
        };
}
