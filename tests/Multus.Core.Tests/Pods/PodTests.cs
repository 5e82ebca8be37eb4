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
        Assert.Equal(isStatic, new Pod(new PodKey("ns", "p"), "u", ImmutableDictionary<string, string>.Empty.Add(annotation, value)).IsStatic);
}
