using System.Net;
using Multus.Kubernetes.Api.Configuration;

namespace Multus.Kubernetes.Tests.Api.Transport;

public sealed class ProxyTests
{
    [Fact]
    public async Task Finding_5_requests_go_through_the_proxy_that_the_kubeconfig_names()
    {
        await using var fixture = await ApiFixture.StartAsync();
        using var proxy = new TunnelProxy();
        var access = Kubeconfig.Read(fixture.Files.KubeconfigWithToken(fixture.Server.Access.IssueToken())) with
        {
            Proxy = proxy.Address,
        };

        Assert.Null(await fixture.Cluster(access).GetPodAsync(ApiFixture.Web, default));

        Assert.Equal([fixture.Server.Address.Authority], proxy.Tunnels);
        Assert.Equal("HTTP/2", Assert.Single(fixture.Server.Journal.All).Protocol);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("kube.example", false)]
    public async Task Requests_go_through_the_proxy_of_the_environment_unless_it_exempts_the_server(
        string noProxy,
        bool isProxied
    )
    {
        await using var fixture = await ApiFixture.StartAsync();
        using var proxy = new TunnelProxy { Behind = IPEndPoint.Parse(fixture.Server.Address.Authority) };
        fixture.Environment["HTTPS_PROXY"] = proxy.Address.ToString();
        fixture.Environment["NO_PROXY"] = noProxy;
        var access = Kubeconfig.Read(fixture.Files.KubeconfigWithToken(fixture.Server.Access.IssueToken()));
        var cluster = fixture.Cluster(
            access with
            {
                Server = new Uri($"https://kube.example:{fixture.Server.Port}"),
                TlsServerName = "kubernetes",
            }
        );

        if (isProxied)
            Assert.Null(await cluster.GetPodAsync(ApiFixture.Web, default));
        else
            await Assert.ThrowsAsync<KubernetesException>(() => cluster.GetPodAsync(ApiFixture.Web, default)); // nobody knows such a name

        Assert.Equal(isProxied ? [$"kube.example:{fixture.Server.Port}"] : [], proxy.Tunnels);
    }
}
