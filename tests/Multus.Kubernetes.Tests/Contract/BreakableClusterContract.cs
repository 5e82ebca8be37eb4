namespace Multus.Kubernetes.Tests.Contract;

/// <summary>What is promised besides while the cluster cannot be reached.</summary>
public abstract class BreakableClusterContract : ClusterContract
{
    private IBreakableWorld Breakable => (IBreakableWorld)World;

    [ContractFact]
    public async Task What_cannot_be_found_out_is_a_transient_failure_and_never_null()
    {
        await World.PutPodAsync(World.Pod("p1"), "net1");
        await Breakable.BreakAsync();

        var pod = await Assert.ThrowsAsync<KubernetesException>(() =>
            World.Api.GetPodAsync(World.Pod("p1"), CancellationToken.None)
        );
        var network = await Assert.ThrowsAsync<KubernetesException>(() =>
            World.Api.GetNetworkAsync(World.Network("n1"), CancellationToken.None)
        );

        Assert.True(pod.IsTransient);
        Assert.True(network.IsTransient);
    }

    [ContractFact]
    public async Task It_can_be_read_again_when_it_is_back()
    {
        await World.PutPodAsync(World.Pod("p1"), "net1");
        await Breakable.BreakAsync();
        await Assert.ThrowsAsync<KubernetesException>(() =>
            World.Api.GetPodAsync(World.Pod("p1"), CancellationToken.None)
        );

        await Breakable.MendAsync();

        Assert.NotNull(await World.Api.GetPodAsync(World.Pod("p1"), CancellationToken.None));
    }

    [ContractFact]
    public async Task A_watch_says_that_it_hears_nothing_and_begins_anew_when_it_does()
    {
        await World.PutPodAsync(World.Pod("p1"), "net1");
        await World.PutPodAsync(World.Pod("p2"), "net1");
        await using var watch = new WatchedCluster(World);
        await watch.PictureAsync();

        await Breakable.BreakAsync();
        Assert.NotEmpty(Assert.IsType<ClusterChange.Disconnected>(await watch.NextAsync()).Reason);
        await Breakable.MendAsync();

        while (await watch.NextAsync() is ClusterChange.Disconnected)
        {
            // said again for another reason
        }

        var picture = await watch.WhenAsync(picture => picture.Pods.Count == 2);
        Assert.Equal(["p1", "p2"], picture.Pods.Keys.Select(key => key.Name).Order());
    }

    [ContractFact]
    public async Task A_watch_that_hears_nothing_ends_when_cancelled()
    {
        var watch = new WatchedCluster(World);
        await watch.PictureAsync();
        await Breakable.BreakAsync();
        Assert.IsType<ClusterChange.Disconnected>(await watch.NextAsync());

        await watch.DisposeAsync();
    }
}
