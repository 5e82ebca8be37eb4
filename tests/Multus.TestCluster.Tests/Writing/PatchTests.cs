using System.Text.Json.Nodes;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Tests.Clients;

namespace Multus.TestCluster.Tests.Writing;

public sealed class PatchTests : ServerTest
{
    private const string Strategic = "application/strategic-merge-patch+json";
    private const string StatusAnnotation = "k8s.v1.cni.cncf.io/network-status";

    [Theory]
    [InlineData($"{Pods}/p1", "application/merge-patch+json")]
    [InlineData($"{Pods}/p1", Strategic)]
    [InlineData($"{Pods}/p1/status", "application/merge-patch+json")]
    [InlineData($"{Pods}/p1/status", Strategic)]
    public async Task One_annotation_is_written_and_the_others_stay(string path, string type)
    {
        var before = AddPod("p1");

        var patched = await Client.PatchAsync(path, Annotate("[]"), type);

        var stored = Server.Objects.Get(ResourceType.Pods, "default", "p1");
        Assert.Equal(200, patched.Code);
        Assert.Equal(
            ("[]", "net1"),
            (stored.Annotation(StatusAnnotation), stored.Annotation(TestObjects.NetworksAnnotation))
        );
        Assert.True(stored.Revision > before.Revision);
        Assert.Equal("p1", patched.Text("metadata", "name"));
    }

    [Fact]
    public async Task The_same_value_again_writes_nothing_and_tells_nobody()
    {
        AddPod("p1");
        await Client.PatchAsync($"{Pods}/p1", Annotate("[]"));
        var revision = Server.Objects.Revision;

        Assert.Equal(200, (await Client.PatchAsync($"{Pods}/p1", Annotate("[]"))).Code);

        Assert.Equal(revision, Server.Objects.Revision);
    }

    [Fact]
    public async Task Null_takes_an_annotation_away()
    {
        AddPod("p1");
        await Client.PatchAsync($"{Pods}/p1", Annotate("[]"));

        await Client.PatchAsync($"{Pods}/p1", $"{{\"metadata\":{{\"annotations\":{{\"{StatusAnnotation}\":null}}}}}}");

        Assert.Null(Server.Objects.Get(ResourceType.Pods, "default", "p1").Annotation(StatusAnnotation));
    }

    [Fact]
    public async Task A_patch_for_another_uid_is_invalid()
    {
        AddPod("p1");

        var refused = await Client.PatchAsync($"{Pods}/p1", Annotate("[]", "someone-else"));

        Assert.Equal((422, "Invalid"), (refused.Code, refused.Text("reason")));
        Assert.Equal(
            "Pod \"p1\" is invalid: metadata.uid: Invalid value: \"someone-else\": field is immutable",
            refused.Text("message")
        );
        Assert.Equal(
            "metadata.uid",
            refused.Json.GetProperty("details").GetProperty("causes")[0].GetProperty("field").GetString()
        );
        Assert.Null(Server.Objects.Get(ResourceType.Pods, "default", "p1").Annotation(StatusAnnotation));
    }

    [Fact]
    public async Task A_patch_with_the_right_uid_is_taken() =>
        Assert.Equal(200, (await Client.PatchAsync($"{Pods}/p1", Annotate("[]", AddPod("p1").Uid))).Code);

    [Fact]
    public async Task A_patch_at_an_old_revision_is_a_conflict()
    {
        var old = AddPod("p1").Revision;
        await Client.PatchAsync($"{Pods}/p1", Annotate("[]"));

        var refused = await Client.PatchAsync(
            $"{Pods}/p1",
            $"{{\"metadata\":{{\"resourceVersion\":\"{old}\",\"labels\":{{\"a\":\"b\"}}}}}}"
        );

        Assert.Equal((409, "Conflict"), (refused.Code, refused.Text("reason")));
        Assert.Contains(
            "the object has been modified; please apply your changes to the latest version",
            refused.Text("message"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_is_not_there_cannot_be_patched()
    {
        var refused = await Client.PatchAsync($"{Pods}/p1", Annotate("[]"));

        Assert.Equal((404, "pods \"p1\" not found"), (refused.Code, refused.Text("message")));
    }

    [Theory]
    [InlineData("/apis/k8s.cni.cncf.io/v1/namespaces/default/network-attachment-definitions/n1", Strategic)]
    [InlineData($"{Pods}/p1", "application/json")]
    public async Task A_kind_of_patch_that_the_resource_does_not_take_is_refused(string path, string type) =>
        Assert.Equal(415, (await Client.PatchAsync(path, "{}", type)).Code);

    [Fact]
    public async Task The_status_endpoint_leaves_the_spec_and_the_other_leaves_the_status()
    {
        AddPod("p1", "node-1");
        const string Both = """{"spec":{"nodeName":"node-2"},"status":{"phase":"Running"}}""";

        await Client.PatchAsync($"{Pods}/p1/status", Both);
        var afterStatus = Server.Objects.Get(ResourceType.Pods, "default", "p1");
        await Client.PatchAsync($"{Pods}/p1", """{"spec":{"nodeName":"node-3"},"status":{"phase":"Failed"}}""");
        var afterBoth = Server.Objects.Get(ResourceType.Pods, "default", "p1");

        Assert.Equal(
            ("node-1", "Running"),
            (afterStatus.Text("spec", "nodeName"), afterStatus.Text("status", "phase"))
        );
        Assert.Equal(("node-3", "Running"), (afterBoth.Text("spec", "nodeName"), afterBoth.Text("status", "phase")));
    }

    [Fact]
    public async Task Writers_of_different_annotations_never_lose_each_others()
    {
        AddPod("p1");

        await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(i =>
                    Client.PatchAsync($"{Pods}/p1", $"{{\"metadata\":{{\"annotations\":{{\"a{i}\":\"x\"}}}}}}")
                )
        );

        var stored = Server.Objects.Get(ResourceType.Pods, "default", "p1");
        Assert.All(Enumerable.Range(0, 50), i => Assert.Equal("x", stored.Annotation($"a{i}")));
    }

    internal static string Annotate(string value, string? uid = null)
    {
        var metadata = new JsonObject { ["annotations"] = new JsonObject { [StatusAnnotation] = value } };
        if (uid is not null)
            metadata["uid"] = uid;
        return new JsonObject { ["metadata"] = metadata }.ToJsonString();
    }
}

public sealed class PatchConflictTests : ServerTest
{
    private protected override TestApiServerSettings Settings => new() { PatchOfAnotherUid = OtherUidAnswer.Conflict };

    [Fact]
    public async Task A_patch_for_another_uid_is_a_conflict_where_the_test_wants_that()
    {
        var uid = AddPod("p1").Uid;

        var refused = await Client.PatchAsync($"{Pods}/p1", PatchTests.Annotate("[]", "someone-else"));

        Assert.Equal((409, "Conflict"), (refused.Code, refused.Text("reason")));
        Assert.EndsWith(
            $"Precondition failed: UID in precondition: someone-else, UID in object meta: {uid}",
            refused.Text("message"),
            StringComparison.Ordinal
        );
    }
}
