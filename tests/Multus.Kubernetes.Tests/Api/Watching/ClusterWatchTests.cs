using System.Collections.Immutable;
using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.Kubernetes.Api.Resources;
using Multus.Kubernetes.Api.Watching;

namespace Multus.Kubernetes.Tests.Api.Watching;

public sealed class ClusterWatchTests
{
    private readonly List<ClusterChange> _told = [];
    private readonly ClusterWatch _watch;

    public ClusterWatchTests() =>
        _watch = new ClusterWatch(_told.Add, ApiResources.PodsOf(null).AreSame, ApiResources.Networks.AreSame);

    [Fact]
    public void Nothing_is_told_before_both_lists_are_there()
    {
        _watch.Pods.Listed([PodOf("a")]);
        _watch.Pods.Changed(PodOf("b"));
        Assert.Empty(_told);

        _watch.Networks.Listed([]);
        Assert.Equal(2, Assert.IsType<ClusterChange.Replaced>(Assert.Single(_told)).Pods.Length);
    }

    [Fact]
    public void Trouble_of_one_is_told_and_both_must_be_up_for_the_next_picture()
    {
        BothListed();
        _watch.Pods.Down("p", isOutage: false);
        _watch.Networks.Down("n", isOutage: false);
        _watch.Pods.Up();
        Assert.Equal(["p", "n"], _told.Cast<ClusterChange.Disconnected>().Select(change => change.Reason));

        _watch.Networks.Up();
        Assert.IsType<ClusterChange.Replaced>(_told[^1]);
    }

    [Fact]
    public void The_same_trouble_again_is_no_news()
    {
        BothListed();
        _watch.Pods.Down("p", isOutage: false);
        _watch.Pods.Down("p", isOutage: false);
        Assert.Single(_told);
    }

    [Fact]
    public void What_changed_during_trouble_is_in_the_next_picture()
    {
        BothListed();
        _watch.Networks.Down("n", isOutage: false);
        _watch.Pods.Changed(PodOf("a"));
        Assert.IsType<ClusterChange.Disconnected>(Assert.Single(_told));

        _watch.Networks.Up();
        Assert.Equal("a", Assert.Single(Assert.IsType<ClusterChange.Replaced>(_told[^1]).Pods).Key.Name);
    }

    [Fact]
    public void A_pod_that_was_made_anew_is_a_change()
    {
        BothListed();
        _watch.Pods.Changed(PodOf("a", "u1"));
        _watch.Pods.Changed(PodOf("a", "u1"));
        _watch.Pods.Changed(PodOf("a", "u2"));
        Assert.Equal(["u1", "u2"], _told.Cast<ClusterChange.PodChanged>().Select(change => change.Pod.Uid));
        Assert.Equal("u2", _watch.Find(new PodKey("ns", "a"))?.Uid);
    }

    [Fact]
    public void The_end_of_what_was_not_known_is_no_news()
    {
        BothListed();
        _watch.Networks.Gone(new NetworkKey("ns", "n"));
        Assert.Empty(_told);
    }

    private void BothListed()
    {
        _watch.Pods.Listed([]);
        _watch.Networks.Listed([]);
        _told.Clear();
    }

    private static Pod PodOf(string name, string uid = "u") =>
        new(new PodKey("ns", name), uid, ImmutableDictionary<string, string>.Empty);
}
