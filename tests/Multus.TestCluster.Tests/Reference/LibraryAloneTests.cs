using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Exceptions;
using Multus.TestCluster.Faults;
using Multus.TestCluster.Objects;

namespace Multus.TestCluster.Tests.Reference;

/// <summary>
/// What KubernetesClient does alone where our client does otherwise (docs/decisions/0015-api-client.md; the tests of
/// ours have the same numbers). One that fails after an upgrade says that something on top of the library may go.
/// </summary>
public sealed class LibraryAloneTests : ReferenceTest
{
    [Fact]
    public void Finding_3_a_user_with_a_token_file_is_taken_for_one_without_credentials()
    {
        var kubeconfig = Server.FilesIn(Folder).KubeconfigWithTokenFile(Server.Access.IssueToken());

        var refused = Assert.Throws<KubeConfigException>(() =>
            KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig)
        );

        Assert.DoesNotContain("tokenFile", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finding_6_a_client_certificate_is_not_read_again()
    {
        var files = Server.FilesIn(Folder);
        using var client = new Kubernetes(
            KubernetesClientConfiguration.BuildConfigFromConfigFile(files.KubeconfigWithCertificateFiles("old"))
        );

        files.ReplaceCertificateFiles("new"); // before the first connection even
        await client.CoreV1.ListPodForAllNamespacesAsync();

        Assert.Equal("old", Assert.Single(Server.Journal.All).User);
    }

    [Fact]
    public async Task Finding_7_a_busy_server_is_not_asked_again()
    {
        using var busy = Server.Faults.Next(1, _ => true, new FaultAction.TooManyRequests(1));

        var refused = await Assert.ThrowsAsync<HttpOperationException>(() =>
            Kubernetes.CoreV1.ListPodForAllNamespacesAsync()
        );

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.Response.StatusCode);
        Assert.Single(Server.Journal.All);
    }

    [Fact]
    public async Task Finding_8_a_version_that_the_server_has_forgotten_looks_like_the_end_of_a_watch()
    {
        var old = AddPod("p1").Revision;
        AddPod("p2");
        Server.Objects.Compact();
        var heard = 0;

        await foreach (
            var _ in Kubernetes.CoreV1.WatchListPodForAllNamespacesAsync(resourceVersion: old.ToString(provider: null))
        )
            heard++;

        Assert.Equal(0, heard); // and no exception
    }

    [Fact]
    public async Task Finding_9_one_date_that_cannot_be_read_fails_the_whole_list()
    {
        AddPod("p1");
        var pod = TestObjects.Pod("default", "p2");
        pod["status"]!["startTime"] = "yesterday";
        Server.Objects.Create(ResourceType.Pods, pod);

        await Assert.ThrowsAsync<FormatException>(() => Kubernetes.CoreV1.ListPodForAllNamespacesAsync());
    }

    [Fact]
    public async Task Finding_9_one_quantity_that_cannot_be_read_fails_the_whole_list()
    {
        AddPod("p1");
        var pod = TestObjects.Pod("default", "p2");
        pod["spec"]!["containers"]![0]!["resources"]!["limits"] = new System.Text.Json.Nodes.JsonObject
        {
            ["cpu"] = "many",
        };
        Server.Objects.Create(ResourceType.Pods, pod);

        await Assert.ThrowsAsync<FormatException>(() => Kubernetes.CoreV1.ListPodForAllNamespacesAsync());
    }
}
