using Multus.Kubernetes.Api.Configuration;
using Multus.TestSupport;

namespace Multus.Kubernetes.Tests.Api.Configuration;

public sealed class InClusterTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public InClusterTests()
    {
        _folder.File("token", "t");
        _folder.File("ca.crt", "c");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("10.96.0.1", "443", "https://10.96.0.1/")]
    [InlineData("fd00::1", "6443", "https://[fd00::1]:6443/")]
    [InlineData("kubernetes.default", "6443", "https://kubernetes.default:6443/")]
    public void The_server_is_where_the_variables_say(string host, string port, string server)
    {
        var access = InCluster.Read(Environment(host, port), _folder.Path);

        Assert.Equal(server, access.Server.ToString());
        Assert.Equal((_folder["token"], _folder["ca.crt"]), (access.User.TokenFile, access.Authority?.Place));
    }

    [Fact]
    public void Another_address_may_stand_in_for_the_variables() =>
        Assert.Equal(
            "https://10.1.1.1:6443/",
            InCluster.Read(Environment(null, null), _folder.Path, new Uri("https://10.1.1.1:6443")).Server.ToString()
        );

    [Theory]
    [InlineData(null, "443", "KUBERNETES_SERVICE_HOST is ''")]
    [InlineData("a", "x", "KUBERNETES_SERVICE_PORT is 'x'")]
    public void Outside_of_a_cluster_it_says_what_would_do(string? host, string port, string problem) =>
        Assert.Contains(
            problem,
            Assert
                .Throws<ApiConfigurationException>(() => InCluster.Read(Environment(host, port), _folder.Path))
                .Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("token")]
    [InlineData("ca.crt")]
    public void A_file_that_is_not_there_is_named(string name)
    {
        File.Delete(_folder[name]);
        Assert.Contains(
            _folder[name],
            Assert.Throws<ApiConfigurationException>(() => InCluster.Read(Environment("a", "1"), _folder.Path)).Message,
            StringComparison.Ordinal
        );
    }

    private static Func<string, string?> Environment(string? host, string? port) =>
        name =>
            name == "KUBERNETES_SERVICE_HOST" ? host
            : name == "KUBERNETES_SERVICE_PORT" ? port
            : null;
}
