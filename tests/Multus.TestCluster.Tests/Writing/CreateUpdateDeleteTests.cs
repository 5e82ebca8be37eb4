using Multus.TestCluster.Objects;
using Multus.TestCluster.Tests.Clients;

namespace Multus.TestCluster.Tests.Writing;

public sealed class CreateUpdateDeleteTests : ServerTest
{
    private const string Events = "/api/v1/namespaces/default/events";

    [Fact]
    public async Task What_is_posted_can_be_read()
    {
        var made = await Client.PostAsync(Events, """{"metadata":{"name":"e1"},"reason":"AddedInterface"}""");

        Assert.Equal((201, "default"), (made.Code, made.Text("metadata", "namespace")));
        Assert.Equal("AddedInterface", Assert.Single(Server.Objects.All(ResourceType.CoreEvents)).Text("reason"));
    }

    [Fact]
    public async Task A_name_can_be_left_to_the_server()
    {
        var made = await Client.PostAsync(Events, """{"metadata":{"generateName":"e-"}}""");

        Assert.Matches("^e-[0-9a-f]{5}$", made.Text("metadata", "name"));
    }

    [Fact]
    public async Task The_same_name_twice_is_refused()
    {
        await Client.PostAsync(Events, """{"metadata":{"name":"e1"}}""");

        var again = await Client.PostAsync(Events, """{"metadata":{"name":"e1"}}""");

        Assert.Equal(
            (409, "AlreadyExists", "events \"e1\" already exists"),
            (again.Code, again.Text("reason"), again.Text("message"))
        );
    }

    [Theory]
    [InlineData(
        """{"metadata":{"name":"e1","namespace":"other"}}""",
        "the namespace of the provided object does not match"
    )]
    [InlineData("""{"metadata":{}}""", "name or generateName is required")]
    [InlineData("[]", "the body is not a JSON object")]
    [InlineData("{", "error decoding body")]
    public async Task A_body_that_does_not_fit_is_refused(string body, string message)
    {
        var refused = await Client.PostAsync(Events, body);

        Assert.Equal(400, refused.Code);
        Assert.StartsWith(message, refused.Text("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_update_at_the_newest_revision_is_taken_and_at_an_older_one_refused()
    {
        AddPod("p1");
        var read = await Client.GetAsync($"{Pods}/p1");
        var changed = read.Body.Replace("net1", "net2", StringComparison.Ordinal);

        var first = await Client.PutAsync($"{Pods}/p1/status", changed);
        var second = await Client.PutAsync(
            $"{Pods}/p1/status",
            changed.Replace("net2", "net3", StringComparison.Ordinal)
        );

        Assert.Equal((200, 409), (first.Code, second.Code));
        Assert.Equal(
            "net2",
            Server.Objects.Get(ResourceType.Pods, "default", "p1").Annotation(TestObjects.NetworksAnnotation)
        );
    }

    [Fact]
    public async Task An_update_of_another_uid_is_refused()
    {
        AddPod("p1");
        var read = await Client.GetAsync($"{Pods}/p1");
        Server.Objects.Delete(ResourceType.Pods, "default", "p1");
        AddPod("p1");

        var refused = await Client.PutAsync($"{Pods}/p1", read.Body);

        Assert.Equal(409, refused.Code);
        Assert.Contains("Precondition failed: UID in precondition", refused.Text("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_delete_for_another_uid_leaves_the_object()
    {
        AddPod("p1");

        var refused = await Client.DeleteAsync($"{Pods}/p1", """{"preconditions":{"uid":"someone-else"}}""");

        Assert.Equal(409, refused.Code);
        Assert.NotNull(Server.Objects.Find(ResourceType.Pods, "default", "p1"));
    }

    [Fact]
    public async Task A_deleted_object_is_gone_at_once()
    {
        AddPod("p1");

        Assert.Equal(200, (await Client.DeleteAsync($"{Pods}/p1")).Code);

        Assert.Equal(404, (await Client.GetAsync($"{Pods}/p1")).Code);
        Assert.Equal(404, (await Client.DeleteAsync($"{Pods}/p1")).Code);
    }

    [Fact]
    public async Task The_answer_to_the_deletion_of_anything_but_a_pod_is_a_status()
    {
        var uid = (await Client.PostAsync(Events, """{"metadata":{"name":"e1"}}""")).Text("metadata", "uid");

        var deleted = await Client.DeleteAsync($"{Events}/e1");

        Assert.Equal(("Status", "Success"), (deleted.Text("kind"), deleted.Text("status")));
        Assert.Equal(
            ("e1", "events", uid),
            (deleted.Text("details", "name"), deleted.Text("details", "kind"), deleted.Text("details", "uid"))
        );
    }

    [Fact]
    public async Task A_body_in_another_format_than_JSON_is_refused() =>
        Assert.Equal(415, (await Client.PostAsync(Events, "k8s\0", "application/vnd.kubernetes.protobuf")).Code);

    [Fact]
    public async Task A_method_that_the_path_does_not_have_is_refused() =>
        Assert.Equal(405, (await Client.PutAsync(Pods, "{}")).Code);
}
