using System.Collections.Immutable;
using Multus.Actors.Cluster;
using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.Kubernetes;

namespace Multus.Actors.Tests.Cluster;

public class ClusterViewTests
{
    private static readonly PodKey Key = new("ns", "pod");

    [Fact]
    public void Nothing_is_known_before_a_complete_picture_came()
    {
        var view = ClusterView.Empty.Apply(new ClusterChange.PodChanged(Pod("u1"))).Apply(new ClusterChange.NetworkChanged(Network()));

        Assert.False(view.Synced);
        Assert.Null(view.Find(Key, "u1"));
        Assert.Null(view.Find(Network().Key));
    }

    [Fact]
    public void A_complete_picture_forgets_what_it_does_not_hold()
    {
        var view = ClusterView.Empty.Apply(new ClusterChange.PodChanged(Pod("u1"))).Apply(new ClusterChange.Replaced([], [Network()]));

        Assert.True(view.Synced);
        Assert.Null(view.Find(Key, ""));
        Assert.Single(view.Networks);
    }

    [Fact]
    public void Losing_the_source_forgets_nothing()
    {
        var view = ClusterView.Empty.Apply(new ClusterChange.Replaced([Pod("u1")], [])).Apply(new ClusterChange.Disconnected("gone"));

        Assert.True(view.Synced);
        Assert.NotNull(view.Find(Key, "u1"));
    }

    [Theory]
    [InlineData("u1", "u1", true)]
    [InlineData("u1", "u2", false)]
    [InlineData("u1", "", true)]
    [InlineData(null, "u2", true)]
    public void A_pod_is_the_one_meant_unless_both_uids_are_known_and_differ(string? found, string asked, bool meant) =>
        Assert.Equal(meant, ClusterView.IsMeant(Pod(found), asked));

    [Fact]
    public void A_static_pod_is_meant_whatever_its_mirror_has_as_uid()
    {
        var mirror = Pod("mirror") with { Annotations = ImmutableDictionary<string, string>.Empty.Add("kubernetes.io/config.source", "file") };

        Assert.True(ClusterView.IsMeant(mirror, "the-runtime's"));
    }

    private static Pod Pod(string? uid) => new(Key, uid, ImmutableDictionary<string, string>.Empty);

    private static NetworkAttachmentDefinition Network() => new(new NetworkKey("ns", "net"), "{}", ImmutableDictionary<string, string>.Empty);
}
