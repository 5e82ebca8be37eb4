using System.Text.Json;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Tests.Clients;

namespace Multus.TestCluster.Tests.Reading;

public sealed class ListTests : ServerTest
{
    [Fact]
    public async Task A_list_says_its_kind_and_the_newest_revision_and_its_items_say_neither()
    {
        AddPod("p1");
        AddPod("p2");

        var list = await Client.GetAsync(AllPods);

        Assert.Equal(("PodList", "v1"), (list.Text("kind"), list.Text("apiVersion")));
        Assert.Equal(Server.Objects.Revision.ToString(provider: null), list.Revision);
        Assert.Equal(["p1", "p2"], list.Names);
        Assert.DoesNotContain(
            list.Json.GetProperty("items").EnumerateArray(),
            item => item.TryGetProperty("kind", out _) || item.TryGetProperty("apiVersion", out _)
        );
    }

    [Fact]
    public async Task Items_of_a_custom_resource_say_their_kind()
    {
        Server.Objects.Create(ResourceType.Networks, TestObjects.Network("default", "n1", "{}"));

        var item = (await Client.GetAsync(AllNetworks)).Json.GetProperty("items")[0];

        Assert.Equal("NetworkAttachmentDefinition", item.GetProperty("kind").GetString());
    }

    [Fact]
    public async Task A_namespace_has_its_own_objects_only()
    {
        AddPod("p1");
        AddPod("p2", ns: "other");

        Assert.Equal(["p1"], (await Client.GetAsync(Pods)).Names);
        Assert.Equal(["p1", "p2"], (await Client.GetAsync(AllPods)).Names);
    }

    [Theory]
    [InlineData("spec.nodeName=node-1", new[] { "p1" })]
    [InlineData("spec.nodeName!=node-1", new[] { "p2", "p3" })]
    [InlineData("spec.nodeName=", new[] { "p3" })]
    [InlineData("metadata.name==p2,metadata.namespace=default", new[] { "p2" })]
    [InlineData("status.phase=Pending,spec.nodeName=node-2", new[] { "p2" })]
    public async Task Fields_select(string selector, string[] names)
    {
        AddPod("p1", "node-1");
        AddPod("p2", "node-2");
        AddPod("p3");

        Assert.Equal(names, (await Client.GetAsync($"{AllPods}?fieldSelector={Uri.EscapeDataString(selector)}")).Names);
    }

    [Theory]
    [InlineData("app=a", new[] { "p1" })]
    [InlineData("app!=a", new[] { "p2", "p3" })]
    [InlineData("app in (a, b)", new[] { "p1", "p2" })]
    [InlineData("app notin (a),app", new[] { "p2" })]
    [InlineData("!app", new[] { "p3" })]
    public async Task Labels_select(string selector, string[] names)
    {
        foreach (var (name, label) in new[] { ("p1", "a"), ("p2", "b"), ("p3", null) })
        {
            var pod = TestObjects.Pod("default", name);
            if (label is not null)
                pod["metadata"]!["labels"] = new System.Text.Json.Nodes.JsonObject { ["app"] = label };
            Server.Objects.Create(ResourceType.Pods, pod);
        }

        Assert.Equal(names, (await Client.GetAsync($"{AllPods}?labelSelector={Uri.EscapeDataString(selector)}")).Names);
    }

    [Fact]
    public async Task A_field_that_the_resource_does_not_select_by_is_refused()
    {
        var refused = await Client.GetAsync($"{AllPods}?fieldSelector=spec.colour=red");

        Assert.Equal(400, refused.Code);
        Assert.EndsWith("field label not supported: spec.colour", refused.Text("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Later_pages_show_what_was_there_when_the_first_was_made()
    {
        AddPod("p1");
        AddPod("p2");
        AddPod("p3");
        var first = await Client.GetAsync($"{AllPods}?limit=2");
        AddPod("p4");

        var second = await Client.GetAsync(
            $"{AllPods}?limit=2&continue={Uri.EscapeDataString(first.Text("metadata", "continue")!)}"
        );

        Assert.Equal(["p1", "p2"], first.Names);
        Assert.Equal(["p3"], second.Names);
        Assert.Equal(1, first.Json.GetProperty("metadata").GetProperty("remainingItemCount").GetInt32());
        Assert.Equal(first.Revision, second.Revision);
        Assert.False(second.Json.GetProperty("metadata").TryGetProperty("continue", out _));
    }

    [Fact]
    public async Task The_rest_of_an_expired_list_is_gone_and_the_answer_offers_todays()
    {
        AddPod("p1");
        AddPod("p2");
        var first = await Client.GetAsync($"{AllPods}?limit=1");
        AddPod("p3");
        Server.ExpirePages();

        var gone = await Client.GetAsync(
            $"{AllPods}?limit=1&continue={Uri.EscapeDataString(first.Text("metadata", "continue")!)}"
        );
        var goOn = await Client.GetAsync(
            $"{AllPods}?continue={Uri.EscapeDataString(gone.Text("metadata", "continue")!)}"
        );

        Assert.Equal((410, "Expired"), (gone.Code, gone.Text("reason")));
        Assert.Equal(["p2", "p3"], goOn.Names);
    }

    [Fact]
    public async Task A_revision_that_is_not_there_yet_cannot_be_listed()
    {
        var tooLarge = await Client.GetAsync($"{AllPods}?resourceVersion=999999&resourceVersionMatch=NotOlderThan");

        Assert.Equal((504, "Timeout"), (tooLarge.Code, tooLarge.Text("reason")));
        Assert.Equal(
            "ResourceVersionTooLarge",
            tooLarge.Json.GetProperty("details").GetProperty("causes")[0].GetProperty("reason").GetString()
        );
    }

    [Fact]
    public async Task A_large_list_is_compressed_for_who_accepts_that()
    {
        for (var i = 0; i < 10; i++)
            Server.Objects.Create(ResourceType.Pods, TestObjects.Enlarged(TestObjects.Pod("default", $"p{i}"), 40_000));

        var list = await Client.GetAsync(AllPods);

        Assert.Equal(10, list.Names.Count());
        Assert.True(list.Body.Length > 300_000, $"{list.Body.Length} bytes");
        Assert.True(
            list.Json.GetProperty("items")[0].GetProperty("metadata").GetProperty("managedFields").GetArrayLength() > 0
        );
    }

    [Fact]
    public async Task Metadata_alone_can_be_listed()
    {
        AddPod("p1", "node-1");

        var list = await Client.GetAsync(
            $"{AllPods}?fieldSelector=spec.nodeName%3Dnode-1",
            "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
        );

        Assert.Equal("PartialObjectMetadataList", list.Text("kind"));
        Assert.Equal(["apiVersion", "kind", "metadata"], MembersOf(list.Json.GetProperty("items")[0]));
    }

    private static IEnumerable<string> MembersOf(JsonElement item) =>
        item.EnumerateObject().Select(member => member.Name).Order();
}
