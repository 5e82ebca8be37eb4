using Multus.Cni;
using Multus.Core.Pods;

namespace Multus.Kubernetes.Tests.Contract;

/// <summary>The network-status.</summary>
public abstract partial class ClusterContract
{
    [ContractFact]
    public async Task A_status_that_was_written_can_be_read_by_others_as_it_was()
    {
        const string Odd = "[{\n    \"name\": \"größe \\u003c 'x' \\\"y\\\"\",\n    \"dns\": {}\n}]";
        var uid = await World.PutPodAsync(World.Pod("p1"), "net1");

        await WriteAsync("p1", uid, Odd);

        Assert.Equal(Odd, await World.StatusAsync(World.Pod("p1"), StatusKey));
        Assert.Equal("net1", NetworksOf(await World.Api.GetPodAsync(World.Pod("p1"), CancellationToken.None)));
    }

    [ContractFact]
    public async Task A_large_status_is_written_in_full()
    {
        var large = $"[\"{new string('x', 100_000)}\"]";
        var uid = await World.PutPodAsync(World.Pod("p1"), "net1");

        await WriteAsync("p1", uid, large);

        Assert.Equal(large, await World.StatusAsync(World.Pod("p1"), StatusKey));
    }

    [ContractFact]
    public async Task A_later_status_takes_the_place_of_an_earlier_one()
    {
        var uid = await World.PutPodAsync(World.Pod("p1"), "net1");

        await WriteAsync("p1", uid, "[1]");
        await WriteAsync("p1", uid, "[2]");

        Assert.Equal("[2]", await World.StatusAsync(World.Pod("p1"), StatusKey));
    }

    [ContractFact]
    public async Task The_same_status_again_changes_nothing()
    {
        var uid = await World.PutPodAsync(World.Pod("p1"), "net1");
        await WriteAsync("p1", uid, "[1]");
        var version = await World.StatusVersionAsync(World.Pod("p1"), StatusKey);

        await WriteAsync("p1", uid, "[1]");

        Assert.Equal(version, await World.StatusVersionAsync(World.Pod("p1"), StatusKey));
    }

    [ContractFact]
    public async Task A_status_for_a_pod_of_unknown_uid_is_written()
    {
        await World.PutPodAsync(World.Pod("p1"), "net1");

        await WriteAsync("p1", null, "[1]");
        Assert.Equal("[1]", await World.StatusAsync(World.Pod("p1"), StatusKey));
        await WriteAsync("p1", "", "[2]");
        Assert.Equal("[2]", await World.StatusAsync(World.Pod("p1"), StatusKey));
    }

    [ContractFact]
    public async Task The_status_of_an_earlier_pod_of_the_same_name_is_refused_for_good()
    {
        var old = await World.PutPodAsync(World.Pod("p1"), "net1");
        await World.RemovePodAsync(World.Pod("p1"));
        var uid = await World.PutPodAsync(World.Pod("p1"), "net1");
        Assert.Equal(uid, (await World.Api.GetPodAsync(World.Pod("p1"), CancellationToken.None))?.Uid);
        await WriteAsync("p1", uid, "[\"new\"]");

        var refused = await Assert.ThrowsAsync<KubernetesException>(() => WriteAsync("p1", old, "[\"old\"]"));

        Assert.False(refused.IsTransient);
        Assert.Contains(World.Pod("p1").ToString(), refused.Message, StringComparison.Ordinal);
        Assert.Equal("[\"new\"]", await World.StatusAsync(World.Pod("p1"), StatusKey));
    }

    [ContractFact]
    public async Task A_status_is_gone_when_it_was_cleared_and_its_pod_is_gone()
    {
        var uid = await World.PutPodAsync(World.Pod("p1"), "net1");
        await WriteAsync("p1", uid, "[1]");

        await ClearAsync("p1", uid); // where the status is part of the pod it may stay as long as that
        await World.RemovePodAsync(World.Pod("p1"));
        await ClearAsync("p1", uid);

        Assert.Null(await World.StatusAsync(World.Pod("p1"), StatusKey));
    }

    [ContractFact]
    public async Task Clearing_what_was_never_there_succeeds()
    {
        await ClearAsync("p1", "11111111-2222-3333-4444-555555555555");
        await ClearAsync("p1", null);
    }

    [ContractFact]
    public async Task Clearing_for_an_earlier_pod_leaves_the_status_of_the_new_one()
    {
        var old = await World.PutPodAsync(World.Pod("p1"), "net1");
        await WriteAsync("p1", old, "[\"old\"]");
        await World.RemovePodAsync(World.Pod("p1"));
        var uid = await World.PutPodAsync(World.Pod("p1"), "net1");
        await WriteAsync("p1", uid, "[\"new\"]");

        await ClearAsync("p1", old);

        Assert.Equal("[\"new\"]", await World.StatusAsync(World.Pod("p1"), StatusKey));
    }

    [ContractFact]
    public async Task Statuses_of_many_pods_are_written_at_once()
    {
        var uids = new List<string>();
        for (var i = 0; i < 40; i++)
            uids.Add(await World.PutPodAsync(World.Pod($"p{i}"), "net1"));

        await Task.WhenAll(uids.Select((uid, i) => WriteAsync($"p{i}", uid, $"[{i}]")));

        for (var i = 0; i < 40; i++)
            Assert.Equal($"[{i}]", await World.StatusAsync(World.Pod($"p{i}"), StatusKey));
    }

    [ContractFact]
    public async Task A_cancelled_write_says_that_it_was()
    {
        var uid = await World.PutPodAsync(World.Pod("p1"), "net1");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            World.Api.WriteNetworkStatusAsync(
                World.Pod("p1"),
                uid,
                StatusKey,
                "[1]",
                new CancellationToken(canceled: true)
            )
        );

        Assert.Null(await World.StatusAsync(World.Pod("p1"), StatusKey));
    }

    private Task WriteAsync(string pod, string? uid, string status) =>
        World.Api.WriteNetworkStatusAsync(World.Pod(pod), uid, StatusKey, status, CancellationToken.None);

    // Where a status goes with its pod there is nothing to do.
    private Task ClearAsync(string pod, string? uid) =>
        World.Api.OwnedStatuses?.ClearAsync(SandboxId.Parse("c1"), World.Pod(pod), uid, CancellationToken.None)
        ?? Task.CompletedTask;
}
