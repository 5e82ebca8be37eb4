using Multus.Core.Networks;

namespace Multus.Kubernetes.Tests.Contract;

/// <summary>
/// What every implementation of <see cref="IClusterApi"/> promises, asked of one in a world of its own. The parts are
/// in the other files.
/// </summary>
public abstract partial class ClusterContract : IAsyncLifetime
{
    protected const string StatusKey = "k8s.v1.cni.cncf.io/network-status";
    private const string Config = """{"cniVersion":"0.3.1","type":"macvlan"}""";

    protected ClusterWorld World { get; private set; } = null!; // set before the test begins

    protected abstract Task<ClusterWorld> MakeWorldAsync();

    public async Task InitializeAsync() => World = await MakeWorldAsync();

    public async Task DisposeAsync() => await World.DisposeAsync();

    [ContractFact]
    public async Task A_pod_is_read_with_its_uid_and_its_networks()
    {
        var uid = await World.PutPodAsync(World.Pod("p1"), "net1@eth5");

        var pod = await World.Api.GetPodAsync(World.Pod("p1"), CancellationToken.None);

        Assert.Equal((World.Pod("p1"), uid), (pod?.Key, pod?.Uid));
        Assert.Equal("net1@eth5", NetworksOf(pod));
        Assert.False(pod?.IsStatic);
    }

    [ContractFact]
    public async Task What_is_not_there_is_null()
    {
        await World.PutPodAsync(new(World.OtherNamespace, "p1"), "net1");
        await World.PutNetworkAsync(new(World.OtherNamespace, "n1"), Config);

        Assert.Null(await World.Api.GetPodAsync(World.Pod("p1"), CancellationToken.None));
        Assert.Null(await World.Api.GetNetworkAsync(World.Network("n1"), CancellationToken.None));
    }

    [ContractFact]
    public async Task The_same_name_in_another_namespace_is_another_object()
    {
        await World.PutPodAsync(World.Pod("p1"), "here");
        await World.PutPodAsync(new(World.OtherNamespace, "p1"), "there");

        Assert.Equal("here", NetworksOf(await World.Api.GetPodAsync(World.Pod("p1"), CancellationToken.None)));
        Assert.Equal(
            "there",
            NetworksOf(await World.Api.GetPodAsync(new(World.OtherNamespace, "p1"), CancellationToken.None))
        );
    }

    [ContractFact]
    public async Task A_read_sees_what_was_changed_just_before_it()
    {
        for (var i = 0; i < 10; i++)
        {
            await World.PutPodAsync(World.Pod("p1"), $"net{i}");

            Assert.Equal($"net{i}", NetworksOf(await World.Api.GetPodAsync(World.Pod("p1"), CancellationToken.None)));
        }

        await World.RemovePodAsync(World.Pod("p1"));
        Assert.Null(await World.Api.GetPodAsync(World.Pod("p1"), CancellationToken.None));
    }

    [ContractFact]
    public async Task A_networks_configuration_is_read_as_it_was_written()
    {
        const string Odd = "{ \"name\": \"größe\",\n\t\"type\":\"macvlan\", \"a\":\"\\u003c\" }";
        await World.PutNetworkAsync(World.Network("n1"), Odd);
        await World.PutNetworkAsync(World.Network("n2"), config: null);

        var with = await World.Api.GetNetworkAsync(World.Network("n1"), CancellationToken.None);
        var without = await World.Api.GetNetworkAsync(World.Network("n2"), CancellationToken.None);

        Assert.Equal((World.Network("n1"), Odd), (with?.Key, with?.Config));
        Assert.Equal("", without?.Config);
        Assert.True(without?.HasNoConfig);
    }

    [ContractFact]
    public async Task Many_reads_at_once_each_get_their_own()
    {
        foreach (var i in Enumerable.Range(0, 20))
            await World.PutPodAsync(World.Pod($"p{i}"), $"net{i}");

        var pods = await Task.WhenAll(
            Enumerable.Range(0, 200).Select(i => World.Api.GetPodAsync(World.Pod($"p{i % 20}"), CancellationToken.None))
        );

        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"net{i % 20}"), pods.Select(NetworksOf));
    }

    [ContractFact]
    public async Task A_cancelled_read_says_that_it_was()
    {
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            World.Api.GetPodAsync(World.Pod("p1"), cancelled)
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            World.Api.GetNetworkAsync(World.Network("n1"), cancelled)
        );
    }

    [ContractFact]
    public void It_says_what_it_is() => Assert.False(string.IsNullOrWhiteSpace(World.Api.Description));

    private static string? NetworksOf(Core.Pods.Pod? pod) =>
        pod?.Annotations.GetValueOrDefault(NetworkSelectionParser.NetworksAnnotation);
}
