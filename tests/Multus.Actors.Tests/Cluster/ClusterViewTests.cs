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
        var view = ClusterView
            .Empty.Apply(new ClusterChange.PodChanged(Pod("u1")))
            .Apply(new ClusterChange.NetworkChanged(Network()));

        Assert.False(view.Synced);
        Assert.Null(view.Find(Key, "u1"));
        Assert.Null(view.Find(Network().Key));
    }

    [Fact]
    public void A_complete_picture_forgets_what_it_does_not_hold()
    {
        var view = ClusterView
            .Empty.Apply(new ClusterChange.PodChanged(Pod("u1")))
            .Apply(new ClusterChange.Replaced([], [Network()]));

        Assert.True(view.Synced);
        Assert.Null(view.Find(Key, ""));
        Assert.Single(view.Networks);
    }

    [Fact]
    public void Losing_the_source_forgets_nothing()
    {
        var view = ClusterView
            .Empty.Apply(new ClusterChange.Replaced([Pod("u1")], []))
            .Apply(new ClusterChange.Disconnected("gone"));

        Assert.True(view.Synced);
        Assert.NotNull(view.Find(Key, "u1"));
    }

    [Fact]
    public void The_mirror_of_the_manifest_before_is_not_the_static_pod_of_today()
    {
        var mirror = Pod("mirror") with
        {
            Annotations = ImmutableDictionary<string, string>.Empty.Add(Core.Pods.Pod.MirrorAnnotation, "before"),
        };
        var view = ClusterView.Empty.Apply(new ClusterChange.Replaced([mirror], []));

        Assert.NotNull(view.Find(Key, "before"));
        Assert.Null(view.Find(Key, "today"));
    }

    private static Pod Pod(string? uid) => new(Key, uid, ImmutableDictionary<string, string>.Empty);

    private static NetworkAttachmentDefinition Network() =>
        new(new NetworkKey("ns", "net"), "{}", ImmutableDictionary<string, string>.Empty);
}
