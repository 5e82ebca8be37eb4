using Multus.TestCluster.Access;
using Multus.TestCluster.Faults;
using Multus.TestCluster.Objects;

namespace Multus.Kubernetes.Tests.Api.Events;

public sealed class EventPosterTests
{
    private static readonly DateTimeOffset At = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public async Task An_event_is_of_the_pod_and_from_multus()
    {
        await using var fixture = await ApiFixture.StartAsync();

        await fixture
            .ClusterWithToken()
            .PostAsync(
                new ClusterEvent(
                    ApiFixture.Web,
                    "u1",
                    IsWarning: true,
                    "NoNetworkFound",
                    "cannot find it",
                    At,
                    At.AddMinutes(1),
                    Count: 3
                ),
                default
            );

        var stored = Assert.Single(fixture.Server.Objects.All(ResourceType.CoreEvents)).Json;
        var involved = stored.GetProperty("involvedObject");
        Assert.Equal(
            ("Pod", "shop", "web", "u1"),
            (Text(involved, "kind"), Text(involved, "namespace"), Text(involved, "name"), Text(involved, "uid"))
        );
        Assert.Equal(
            ("NoNetworkFound", "cannot find it", "Warning"),
            (Text(stored, "reason"), Text(stored, "message"), Text(stored, "type"))
        );
        Assert.Equal(
            ("multus", "node-1"),
            (Text(stored.GetProperty("source"), "component"), Text(stored.GetProperty("source"), "host"))
        );
        Assert.Equal(
            ("2030-01-02T03:04:05Z", "2030-01-02T03:05:05Z"),
            (Text(stored, "firstTimestamp"), Text(stored, "lastTimestamp"))
        );
        Assert.Equal(3, stored.GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task An_event_of_the_node_is_where_kubectl_describe_looks_for_it()
    {
        await using var fixture = await ApiFixture.StartAsync();

        await fixture
            .ClusterWithToken()
            .PostAsync(
                new ClusterEvent(
                    ClusterEvent.Node,
                    null,
                    IsWarning: true,
                    "Restored",
                    "it was missing",
                    At,
                    At,
                    Count: 1
                ),
                default
            );

        var stored = Assert.Single(fixture.Server.Objects.All(ResourceType.CoreEvents)).Json;
        var involved = stored.GetProperty("involvedObject");
        Assert.Equal(
            ("Node", "node-1", "node-1"),
            (Text(involved, "kind"), Text(involved, "name"), Text(involved, "uid"))
        );
        Assert.Equal("default", Text(stored.GetProperty("metadata"), "namespace"));
    }

    [Fact]
    public async Task Events_of_one_moment_have_names_of_their_own()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var cluster = fixture.ClusterWithToken();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => cluster.PostAsync(Added("hello"), default)));

        Assert.Equal(20, fixture.Server.Objects.All(ResourceType.CoreEvents).Count);
    }

    [Fact]
    public async Task A_message_without_end_is_cut()
    {
        await using var fixture = await ApiFixture.StartAsync();
        await fixture.ClusterWithToken().PostAsync(Added(new string('x', 5000)), default);
        Assert.Equal(
            1024,
            Text(Assert.Single(fixture.Server.Objects.All(ResourceType.CoreEvents)).Json, "message")!.Length
        );
    }

    [Fact]
    public async Task An_event_is_not_sent_twice_when_its_answer_is_lost()
    {
        await using var fixture = await ApiFixture.StartAsync();
        using var fault = fixture.Server.Faults.Next(
            1,
            request => request.Verb == "create",
            new FaultAction.LoseAnswer()
        );

        await Assert.ThrowsAsync<KubernetesException>(() =>
            fixture.ClusterWithToken().PostAsync(Added("hello"), default)
        );

        Assert.Single(fixture.Server.Objects.All(ResourceType.CoreEvents));
    }

    [Fact]
    public async Task A_missing_permission_is_not_passing()
    {
        await using var fixture = await ApiFixture.StartAsync();
        using var denied = fixture.Server.Access.Deny(new DenyRule("create", "events"));

        var e = await Assert.ThrowsAsync<KubernetesException>(() =>
            fixture.ClusterWithToken().PostAsync(Added("hello"), default)
        );

        Assert.False(e.IsTransient);
        Assert.Contains("RBAC needs verb create on events in namespace shop", e.Message, StringComparison.Ordinal);
    }

    private static ClusterEvent Added(string message) =>
        new(ApiFixture.Web, "u1", IsWarning: false, "AddedInterface", message, At, At, Count: 1);

    private static string? Text(System.Text.Json.JsonElement element, string name) =>
        element.GetProperty(name).GetString();
}
