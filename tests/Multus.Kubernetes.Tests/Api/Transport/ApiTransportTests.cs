using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Core.Pods;
using Multus.Kubernetes.Api;
using Multus.Kubernetes.Api.Configuration;
using Multus.TestCluster;
using Multus.TestCluster.Access;
using Multus.TestCluster.Faults;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Statuses;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;

namespace Multus.Kubernetes.Tests.Api.Transport;

public sealed class ApiTransportTests
{
    [Fact]
    public async Task Requests_share_one_HTTP_2_connection_and_say_who_they_are()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var pod = fixture.AddPod();
        var cluster = fixture.ClusterWithToken();
        Assert.Equal(pod.Uid, (await cluster.GetPodAsync(ApiFixture.Web, default))?.Uid);

        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => cluster.GetPodAsync(ApiFixture.Web, default)));

        Assert.All(
            fixture.Server.Journal.All,
            request => Assert.Equal(("HTTP/2", "multus-daemon/1.2.3"), (request.Protocol, request.UserAgent))
        );
        Assert.Equal(1, fixture.Server.Connections.Accepted);
    }

    [Fact]
    public async Task A_server_that_speaks_only_HTTP_1_1_is_spoken_to_in_it()
    {
        await using var fixture = await ApiFixture.StartAsync(new TestApiServerSettings { SpeaksHttp2 = false });
        var cluster = fixture.ClusterWithToken();
        await using var watched = new WatchedChanges(cluster);
        await watched.NextAsync<ClusterChange.Replaced>();
        fixture.AddPod();
        await watched.NextAsync<ClusterChange.PodChanged>();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => cluster.GetPodAsync(ApiFixture.Web, default)));

        Assert.All(fixture.Server.Journal.All, request => Assert.Equal("HTTP/1.1", request.Protocol));
    }

    [Fact]
    public async Task Each_request_is_told_of_with_its_verb_and_the_status_of_its_answer()
    {
        await using var fixture = await ApiFixture.StartAsync();
        fixture.AddPod();
        var answers = new ConcurrentQueue<(string Verb, int Status)>();
        var cluster = fixture.ClusterWithToken(
            ApiFixture.Settings with
            {
                OnAnswered = (verb, status) => answers.Enqueue((verb, status)),
            }
        );
        await cluster.GetPodAsync(ApiFixture.Web, default);
        await cluster.GetNetworkAsync(ApiFixture.Blue, default);
        using (fixture.Server.Faults.Always(_ => true, new FaultAction.ResetConnection()))
            await Assert.ThrowsAsync<KubernetesException>(() => cluster.GetPodAsync(ApiFixture.Web, default));

        Assert.Equal([("get", 200), ("get", 404)], answers.Take(2));
        Assert.NotEmpty(answers.Skip(2)); // it is asked once more
        Assert.All(answers.Skip(2), answer => Assert.Equal(("get", 0), answer));
    }

    [Fact]
    public async Task What_does_not_exist_is_null()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var cluster = fixture.ClusterWithToken();
        Assert.Null(await cluster.GetPodAsync(ApiFixture.Web, default));
        Assert.Null(await cluster.GetNetworkAsync(ApiFixture.Blue, default));
    }

    /// <summary>To believe it would be to attach a pod without the networks that it asks for.</summary>
    [Theory]
    [InlineData("<html>404 Not Found</html>")]
    [InlineData("404 page not found\n")]
    [InlineData("""{"type":"error","code":"NotFound","reason":"NotFound"}""")]
    public async Task A_404_of_somebody_else_than_the_API_server_does_not_mean_that_there_is_no_such_pod(string body)
    {
        await using var fixture = await ApiFixture.StartAsync();
        fixture.AddPod();
        using var fault = fixture.Server.Faults.Always(_ => true, new FaultAction.Answer(404, body, "text/html"));
        var cluster = fixture.ClusterWithToken();

        var read = await Assert.ThrowsAsync<KubernetesException>(() => cluster.GetPodAsync(ApiFixture.Web, default));
        var written = await Assert.ThrowsAsync<KubernetesException>(() =>
            cluster.WriteNetworkStatusAsync(ApiFixture.Web, "u", "a", "[]", default)
        );

        Assert.Equal((404, true, false), (read.Status, read.IsTransient, read.IsNoSuchObject));
        Assert.Equal((404, true, false), (written.Status, written.IsTransient, written.IsNoSuchObject));
        Assert.Contains("answered 404", read.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500, true)]
    [InlineData(503, true)]
    [InlineData(400, false)]
    public async Task A_refusal_is_passing_or_not_by_its_status(int code, bool isTransient)
    {
        await using var fixture = await ApiFixture.StartAsync();
        using var fault = fixture.Server.Faults.Always(_ => true, new FaultAction.Answer(code, "because"));

        var e = await Assert.ThrowsAsync<KubernetesException>(() =>
            fixture.ClusterWithToken().GetPodAsync(ApiFixture.Web, default)
        );

        Assert.Equal((code, isTransient), (e.Status, e.IsTransient));
        Assert.Equal(
            $"cannot get pods shop/web: {fixture.Server.Address.GetLeftPart(UriPartial.Authority)} answered {code}: because",
            e.Message
        );
    }

    [Fact]
    public async Task A_missing_permission_is_named_as_RBAC_has_it()
    {
        await using var fixture = await ApiFixture.StartAsync();
        using var denied = fixture.Server.Access.Deny(new DenyRule("get", "pods"));

        var e = await Assert.ThrowsAsync<KubernetesException>(() =>
            fixture.ClusterWithToken().GetPodAsync(ApiFixture.Web, default)
        );

        Assert.False(e.IsTransient);
        Assert.StartsWith(
            "may not get pods shop/web: RBAC needs verb get on pods in namespace shop (403): pods \"web\" is forbidden",
            e.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task Finding_7_a_connection_that_breaks_once_is_replaced_unnoticed(FaultAction how)
    {
        await using var fixture = await ApiFixture.StartAsync();
        fixture.AddPod();
        var cluster = fixture.ClusterWithToken();
        Assert.NotNull(await cluster.GetPodAsync(ApiFixture.Web, default));
        using var fault = fixture.Server.Faults.Next(1, _ => true, how);

        Assert.NotNull(await cluster.GetPodAsync(ApiFixture.Web, default));
        Assert.Equal(1, fault.Met);
    }

    public static TheoryData<FaultAction> Breaks() =>
        [
            new FaultAction.ResetConnection(),
            new FaultAction.ResetStream(),
            new FaultAction.HalfBody(),
            new FaultAction.LoseAnswer(),
        ];

    [Fact]
    public async Task Connections_that_keep_breaking_are_passing_trouble()
    {
        await using var fixture = await ApiFixture.StartAsync();
        using var fault = fixture.Server.Faults.Always(_ => true, new FaultAction.ResetConnection());

        Assert.True(
            (
                await Assert.ThrowsAsync<KubernetesException>(() =>
                    fixture.ClusterWithToken().GetPodAsync(ApiFixture.Web, default)
                )
            ).IsTransient
        );
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_passing_trouble_that_names_it()
    {
        await using var fixture = await ApiFixture.StartAsync();
        await fixture.Server.StopAsync();

        var e = await Assert.ThrowsAsync<KubernetesException>(() =>
            fixture.ClusterWithToken().GetPodAsync(ApiFixture.Web, default)
        );

        Assert.True(e.IsTransient);
        Assert.StartsWith(
            $"cannot get pods shop/web: {fixture.Server.Address.GetLeftPart(UriPartial.Authority)}: Connection refused",
            e.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up()
    {
        await using var fixture = await ApiFixture.StartAsync();
        using var fault = fixture.Server.Faults.Always(
            _ => true,
            new FaultAction.Hold(new TaskCompletionSource().Task)
        );
        var cluster = fixture.ClusterWithToken(
            ApiFixture.Settings with
            {
                RequestTimeout = TimeSpan.FromMilliseconds(300),
            }
        );

        var e = await Assert.ThrowsAsync<KubernetesException>(() => cluster.GetPodAsync(ApiFixture.Web, default));

        Assert.True(e.IsTransient);
        Assert.EndsWith("has not answered within 0.3 s", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finding_2_an_answer_that_stops_in_the_middle_is_given_up_and_holds_up_no_other()
    {
        await using var fixture = await ApiFixture.StartAsync();
        fixture.AddPod();
        using var fault = fixture.Server.Faults.Next(1, _ => true, new FaultAction.HangingBody());
        var cluster = fixture.ClusterWithToken(
            ApiFixture.Settings with
            {
                RequestTimeout = TimeSpan.FromSeconds(3),
                MaxInFlight = 1,
            }
        );

        var e = await Assert.ThrowsAsync<KubernetesException>(() => cluster.GetPodAsync(ApiFixture.Web, default));

        Assert.True(e.IsTransient);
        Assert.EndsWith("has not answered within 3 s", e.Message, StringComparison.Ordinal);
        Assert.NotNull(await cluster.GetPodAsync(ApiFixture.Web, default));
        Assert.Equal(1, fixture.Server.Connections.Accepted);
    }

    [Fact]
    public async Task Finding_2_a_refusal_that_stops_in_the_middle_is_given_up_as_well()
    {
        await using var fixture = await ApiFixture.StartAsync();
        using var fault = fixture.Server.Faults.Next(1, _ => true, new FaultAction.HangingBody());
        var cluster = fixture.ClusterWithToken(ApiFixture.Settings with { RequestTimeout = TimeSpan.FromSeconds(3) });

        var e = await Assert.ThrowsAsync<KubernetesException>(() => cluster.GetPodAsync(ApiFixture.Web, default)); // half of a 404

        Assert.True(e.IsTransient);
        Assert.EndsWith("has not answered within 3 s", e.Message, StringComparison.Ordinal);
        Assert.Null(await cluster.GetPodAsync(ApiFixture.Web, default));
    }

    [Fact]
    public async Task Finding_2_who_cancels_need_not_wait_for_a_body_that_hangs()
    {
        await using var fixture = await ApiFixture.StartAsync();
        using var fault = fixture.Server.Faults.Next(1, _ => true, new FaultAction.HangingBody());
        using var cancel = new CancellationTokenSource();
        var getting = fixture.ClusterWithToken().GetPodAsync(ApiFixture.Web, cancel.Token);
        await fixture.Server.Journal.WhenSeenAsync(_ => true).WaitAsync(Wait.Patience);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => getting.WaitAsync(Wait.Patience));
    }

    [Fact]
    public async Task Who_cancels_is_told_so()
    {
        await using var fixture = await ApiFixture.StartAsync();
        using var fault = fixture.Server.Faults.Always(
            _ => true,
            new FaultAction.Hold(new TaskCompletionSource().Task)
        );
        using var cancel = new CancellationTokenSource();
        var getting = fixture.ClusterWithToken().GetPodAsync(ApiFixture.Web, cancel.Token);
        await fixture.Server.Journal.WhenSeenAsync(_ => true).WaitAsync(Wait.Patience);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => getting);
    }

    [Fact]
    public async Task No_more_requests_are_under_way_than_allowed()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var mayAnswer = new TaskCompletionSource();
        using var fault = fixture.Server.Faults.Always(_ => true, new FaultAction.Hold(mayAnswer.Task));
        var cluster = fixture.ClusterWithToken(ApiFixture.Settings with { MaxInFlight = 3 });

        var getting = Enumerable.Range(0, 10).Select(_ => cluster.GetPodAsync(ApiFixture.Web, default)).ToList();
        await fixture.Server.Journal.WhenSeenAsync(_ => true, 3).WaitAsync(Wait.Patience);
        getting.Add(fixture.ClusterWithToken().GetPodAsync(ApiFixture.Web, default)); // of another client: it is there after anything that was on its way
        await fixture.Server.Journal.WhenSeenAsync(_ => true, 3 + 1).WaitAsync(Wait.Patience);
        Assert.Equal(3 + 1, fixture.Server.Journal.All.Count);
        mayAnswer.SetResult();
        await Task.WhenAll(getting);

        Assert.Equal(10 + 1, fixture.Server.Journal.All.Count);
    }

    [Fact]
    public async Task Watches_are_not_counted_among_the_requests_under_way()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var pod = fixture.AddPod();
        var cluster = fixture.ClusterWithToken(ApiFixture.Settings with { MaxInFlight = 1 });
        await using var watched = new WatchedChanges(cluster);
        await watched.NextAsync<ClusterChange.Replaced>();
        await fixture.Server.Watches.WhenOpenAsync(ResourceType.Pods).WaitAsync(Wait.Patience);
        await fixture.Server.Watches.WhenOpenAsync(ResourceType.Networks).WaitAsync(Wait.Patience);

        Assert.Equal(pod.Uid, (await cluster.GetPodAsync(ApiFixture.Web, default).WaitAsync(Wait.Patience))?.Uid);
    }

    [Fact]
    public async Task Finding_8_a_half_open_connection_is_noticed_and_replaced()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var second = TimeSpan.FromSeconds(1);
        await using var watched = new WatchedChanges(
            fixture.ClusterWithToken(
                ApiFixture.Settings with
                {
                    PingInterval = second,
                    PingTimeout = second,
                    ConnectTimeout = second,
                }
            )
        );
        await watched.NextAsync<ClusterChange.Replaced>();

        fixture.Server.Connections.Stall();
        await watched.NextAsync<ClusterChange.Disconnected>();
        fixture.Server.Connections.Resume();

        await watched.UntilAsync<ClusterChange.Replaced>();
    }

    [Fact]
    public async Task A_path_in_the_servers_address_comes_first()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var access = Kubeconfig.Read(fixture.Files.KubeconfigWithToken(fixture.Server.Access.IssueToken()));

        await Assert.ThrowsAsync<KubernetesException>( // the test server has nothing there
            () =>
            fixture
                .Cluster(access with { Server = new Uri(access.Server, "/k8s/c1/") })
                .GetPodAsync(ApiFixture.Web, default)
        );

        Assert.Equal("/k8s/c1/api/v1/namespaces/shop/pods/web", Assert.Single(fixture.Server.Journal.All).Path);
    }

    [Fact]
    public void A_node_s_name_must_be_one_that_a_node_can_have()
    {
        var access = new ApiAccess("here", new Uri("https://a"), null, false, null, null, new UserAccess());
        var e = Assert.Throws<ApiConfigurationException>(() =>
            new ApiCluster(
                access,
                new ApiClusterSettings("Node 1", "1"),
                null,
                _ => null,
                TimeProvider.System,
                new Random(1),
                NullLogger<ApiCluster>.Instance
            )
        );
        Assert.Contains("MULTUS_NODE_NAME", e.Message, StringComparison.Ordinal);
    }
}
