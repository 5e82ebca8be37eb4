using Multus.TestSupport.Daemons;

namespace Multus.Kubernetes.Tests.Contract;

/// <summary>Watching.</summary>
public abstract partial class ClusterContract
{
    [ContractFact]
    public async Task A_watch_begins_with_all_that_there_is()
    {
        var uid = await World.PutPodAsync(World.Pod("p1"), "net1");
        await World.PutPodAsync(new(World.OtherNamespace, "p2"), "net1");
        await World.PutNetworkAsync(World.Network("n1"), Config);
        await using var watch = new WatchedCluster(World);

        var picture = await watch.PictureAsync();

        Assert.Equal([World.Pod("p1"), new(World.OtherNamespace, "p2")], picture.Pods.Keys.OrderBy(key => key.Name));
        Assert.Equal((uid, "net1"), (picture.Pods[World.Pod("p1")].Uid, NetworksOf(picture.Pods[World.Pod("p1")])));
        Assert.Equal(Config, Assert.Single(picture.Networks.Values).Config);
    }

    [ContractFact]
    public async Task A_watch_on_nothing_begins_too()
    {
        await using var watch = new WatchedCluster(World);

        var picture = await watch.PictureAsync();

        Assert.Empty(picture.Pods);
        Assert.Empty(picture.Networks);
    }

    [ContractFact]
    public async Task A_pod_that_comes_changes_and_goes_is_heard_of_each_time()
    {
        await using var watch = new WatchedCluster(World);
        await watch.PictureAsync();

        var uid = await World.PutPodAsync(World.Pod("p1"), "net1");
        Assert.Equal((uid, "net1"), await PodHeardAsync(watch));
        await World.PutPodAsync(World.Pod("p1"), "net2");
        Assert.Equal((uid, "net2"), await PodHeardAsync(watch));
        await World.RemovePodAsync(World.Pod("p1"));
        Assert.Equal(new ClusterChange.PodGone(World.Pod("p1")), await watch.NextAsync());
    }

    [ContractFact]
    public async Task A_network_that_comes_changes_and_goes_is_heard_of_each_time()
    {
        await using var watch = new WatchedCluster(World);
        await watch.PictureAsync();

        await World.PutNetworkAsync(World.Network("n1"), Config);
        Assert.Equal(Config, Assert.IsType<ClusterChange.NetworkChanged>(await watch.NextAsync()).Network.Config);
        await World.PutNetworkAsync(World.Network("n1"), "{}");
        Assert.Equal("{}", Assert.IsType<ClusterChange.NetworkChanged>(await watch.NextAsync()).Network.Config);
        await World.RemoveNetworkAsync(World.Network("n1"));
        Assert.Equal(new ClusterChange.NetworkGone(World.Network("n1")), await watch.NextAsync());
    }

    [ContractFact]
    public async Task Changes_are_heard_in_the_order_in_which_they_were_made_and_the_last_is_heard()
    {
        await using var watch = new WatchedCluster(World);
        await watch.PictureAsync();

        for (var i = 0; i < 30; i++)
            await World.PutPodAsync(World.Pod("p1"), $"{i:D2}");

        // States in between may be passed over, where the cluster does not say them; none may come again.
        var heard = new List<string?>();
        while (heard.LastOrDefault() != "29")
            heard.Add((await PodHeardAsync(watch)).Networks);
        Assert.Equal(heard.Distinct().Order(), heard);
    }

    [ContractFact]
    public async Task A_pod_made_again_under_the_same_name_is_heard_of_with_its_new_uid()
    {
        var first = await World.PutPodAsync(World.Pod("p1"), "net1");
        await using var watch = new WatchedCluster(World);
        await watch.PictureAsync();

        await World.RemovePodAsync(World.Pod("p1"));
        var second = await World.PutPodAsync(World.Pod("p1"), "net1");

        Assert.NotEqual(first, second);
        var picture = await watch.WhenAsync(picture => picture.Pods.GetValueOrDefault(World.Pod("p1"))?.Uid == second);
        Assert.Single(picture.Pods);
    }

    [ContractFact]
    public async Task What_changes_while_a_watch_begins_is_either_in_its_picture_or_heard_of()
    {
        for (var round = 0; round < 10; round++)
        {
            var making = World.PutPodAsync(World.Pod($"p{round}"), "net1");
            await using var watch = new WatchedCluster(World);
            await making;

            var there = round + 1;
            await watch.WhenAsync(picture => picture.Pods.Count == there);
        }
    }

    [ContractFact]
    public async Task Two_watches_hear_the_same()
    {
        await using var first = new WatchedCluster(World);
        await using var second = new WatchedCluster(World);
        await first.PictureAsync();
        await second.PictureAsync();

        var uid = await World.PutPodAsync(World.Pod("p1"), "net1");

        Assert.Equal((uid, "net1"), await PodHeardAsync(first));
        Assert.Equal((uid, "net1"), await PodHeardAsync(second));
    }

    [ContractFact]
    public async Task A_cancelled_watch_ends_without_an_exception_and_says_no_more()
    {
        var watch = new WatchedCluster(World);
        await watch.PictureAsync();

        await watch.DisposeAsync(); // throws what the watch throws

        await World.PutPodAsync(World.Pod("p1"), "net1");
        Assert.NotNull(await World.Api.GetPodAsync(World.Pod("p1"), CancellationToken.None));
        Assert.False(watch.HasMore);
    }

    [ContractFact]
    public async Task A_watch_that_was_cancelled_before_it_began_ends_without_an_exception()
    {
        var cancelled = new CancellationToken(canceled: true);

        await World.Api.WatchAsync(_ => { }, cancelled).WaitAsync(Wait.Patience);
    }

    private static async Task<(string? Uid, string? Networks)> PodHeardAsync(WatchedCluster watch)
    {
        var pod = Assert.IsType<ClusterChange.PodChanged>(await watch.NextAsync()).Pod;
        return (pod.Uid, NetworksOf(pod));
    }
}
