using Multus.Kubernetes.Runtimes;

namespace Multus.Kubernetes.Tests;

public sealed class CriVersionTests
{
    [Theory]
    [InlineData("containerd", "v2.1.9", "1.1.0")]
    [InlineData("containerd", "2.0.0-rc.1", "1.1.0")]
    [InlineData("containerd", "1.7.27", "1.0.0")]
    [InlineData("cri-o", "1.30.0", "1.1.0")]
    [InlineData("cri-o", "1.29.4", "1.0.0")]
    [InlineData("docker", "27.0.1", null)]
    [InlineData("containerd", "unknown", null)]
    public void What_a_runtime_speaks_is_known_by_its_name_and_version(string name, string version, string? expected) =>
        Assert.Equal(expected, CriVersion.Of(name, version)?.ToString());
}
