using System.Collections.Immutable;
using Multus.Core.Pods;

namespace Multus.Core.Tests.Pods;

public sealed class PodTests
{
    [Theory]
    [InlineData("kubernetes.io/config.source", "file", true)]
    [InlineData("kubernetes.io/config.source", "http", true)]
    [InlineData("kubernetes.io/config.source", "api", false)]
    [InlineData("kubernetes.io/config.mirror", "0f1e2d3c", true)]
    [InlineData("kubernetes.io/config.seen", "2026-01-01T00:00:00Z", false)]
    public void A_static_pod_is_known_by_its_source_or_its_mirror(string annotation, string value, bool isStatic) =>
        Assert.Equal(
            isStatic,
            new Pod(
                new PodKey("ns", "p"),
                "u",
                ImmutableDictionary<string, string>.Empty.Add(annotation, value)
            ).IsStatic
        );

    [Theory]
    [InlineData("u1", null, "u1", true)]
    [InlineData("u1", null, "u2", false)]
    [InlineData("u1", null, "", true)]
    [InlineData("u1", null, null, true)]
    [InlineData(null, null, "u2", true)]
    [InlineData("mirror", "hash", "hash", true)]
    [InlineData("mirror", "hash", "mirror", true)]
    [InlineData("mirror", "hash", "hash-of-the-next-manifest", false)]
    [InlineData("mirror", "", "whatever", true)]
    public void A_pod_is_the_one_meant_unless_both_UIDs_are_known_and_differ(
        string? uid,
        string? mirrors,
        string? asked,
        bool isMeant
    )
    {
        var annotations = mirrors is null
            ? ImmutableDictionary<string, string>.Empty
            : ImmutableDictionary<string, string>.Empty.Add(Pod.MirrorAnnotation, mirrors);

        Assert.Equal(isMeant, new Pod(new PodKey("ns", "p"), uid, annotations).IsFor(asked));
    }

    [Fact]
    public void A_static_pod_that_does_not_say_what_it_mirrors_is_taken_by_its_name() =>
        Assert.True(
            new Pod(
                new PodKey("ns", "p"),
                "u",
                ImmutableDictionary<string, string>.Empty.Add(Pod.SourceAnnotation, "file")
            ).IsFor("hash")
        );
}
