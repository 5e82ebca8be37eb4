using System.Net;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Tests.Clients;

namespace Multus.TestCluster.Tests.Reading;

public sealed class GetTests : ServerTest
{
    [Fact]
    public async Task A_stored_pod_is_answered_with_what_a_server_fills_in()
    {
        AddPod("p1", "node-1");

        var pod = await Client.GetAsync($"{Pods}/p1");

        Assert.Equal(200, pod.Code);
        Assert.Equal(("Pod", "v1"), (pod.Text("kind"), pod.Text("apiVersion")));
        Assert.True(Guid.TryParse(pod.Text("metadata", "uid"), out _));
        Assert.Equal(Server.Objects.Revision.ToString(provider: null), pod.Revision);
        Assert.EndsWith("Z", pod.Text("metadata", "creationTimestamp"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData($"{Pods}/p1", "pods \"p1\" not found", "pods")]
    [InlineData(
        "/apis/k8s.cni.cncf.io/v1/namespaces/default/network-attachment-definitions/n1",
        "network-attachment-definitions.k8s.cni.cncf.io \"n1\" not found",
        "network-attachment-definitions"
    )]
    public async Task What_is_not_there_is_answered_with_a_status_in_the_servers_words(
        string path,
        string message,
        string kind
    )
    {
        var missing = await Client.GetAsync(path);

        Assert.Equal(404, missing.Code);
        Assert.Equal(
            ("Status", "Failure", "NotFound"),
            (missing.Text("kind"), missing.Text("status"), missing.Text("reason"))
        );
        Assert.Equal((message, kind), (missing.Text("message"), missing.Text("details", "kind")));
    }

    [Fact]
    public async Task A_resource_that_is_not_installed_is_a_page_that_is_not_found()
    {
        Server.Objects.Install(ResourceType.Networks, isInstalled: false);

        Assert.Equal(new Answer(404, "404 page not found\n", null), await Client.GetAsync(AllNetworks));

        Server.Objects.Install(ResourceType.Networks, isInstalled: true);
        Assert.Equal(200, (await Client.GetAsync(AllNetworks)).Code);
    }

    [Theory]
    [InlineData("2.0", "HTTP/2")]
    [InlineData("1.1", "HTTP/1.1")]
    public async Task Both_protocols_are_spoken_and_written_down(string version, string protocol)
    {
        AddPod("p1");

        Assert.Equal(
            200,
            (await NewClient(Server.Access.IssueToken(), Version.Parse(version)).GetAsync($"{Pods}/p1")).Code
        );

        Assert.Equal(protocol, Assert.Single(Server.Journal.All).Protocol);
    }

    [Fact]
    public async Task Metadata_alone_can_be_asked_for()
    {
        AddPod("p1", "node-1");

        var pod = await Client.GetAsync(
            $"{Pods}/p1",
            "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"
        );

        Assert.Equal("PartialObjectMetadata", pod.Text("kind"));
        Assert.Equal("p1", pod.Text("metadata", "name"));
        Assert.False(pod.Json.TryGetProperty("spec", out _));
    }

    [Fact]
    public async Task A_form_that_the_server_cannot_write_is_refused() =>
        Assert.Equal(
            (int)HttpStatusCode.NotAcceptable,
            (await Client.GetAsync(AllPods, "application/vnd.kubernetes.protobuf")).Code
        );
}
