using Multus.Kubernetes.Api.Configuration;

namespace Multus.Kubernetes.Tests.Api.Transport;

/// <summary>Which servers are spoken to, and what is said of the others.</summary>
public sealed class HandshakeTests
{
    [Theory]
    [InlineData("kubernetes", true)]
    [InlineData("somebody.else", false)]
    public async Task The_certificate_must_be_for_the_name_that_the_kubeconfig_wants(string name, bool isAccepted)
    {
        await using var fixture = await ApiFixture.StartAsync();
        fixture.AddPod();
        var access = Kubeconfig.Read(fixture.Files.KubeconfigWithToken(fixture.Server.Access.IssueToken())) with { TlsServerName = name };

        var getting = fixture.Cluster(access).GetPodAsync(ApiFixture.Web, default);

        if (isAccepted)
            Assert.NotNull(await getting);
        else
            Assert.EndsWith("is not accepted: it is not for somebody.else", (await Assert.ThrowsAsync<KubernetesException>(() => getting)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_else_s_server_gets_our_token()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var access = Kubeconfig.Read(fixture.Files.KubeconfigWithToken(fixture.Server.Access.IssueToken()));
        fixture.Server.Identity.ReplaceAuthority();

        var e = await Assert.ThrowsAsync<KubernetesException>(() => fixture.Cluster(access).GetPodAsync(ApiFixture.Web, default));

        Assert.Contains("is not accepted: nobody trusted by certificate-authority-data of kubeconfig", e.Message, StringComparison.Ordinal);
        Assert.EndsWith("has signed it for a server", e.Message, StringComparison.Ordinal);
        Assert.Empty(fixture.Server.Journal.All);
    }

    [Fact]
    public async Task A_servers_certificate_that_has_expired_is_said_to_have()
    {
        await using var fixture = await ApiFixture.StartAsync();
        fixture.Server.Identity.RenewCertificate(TimeSpan.FromSeconds(-2));

        var e = await Assert.ThrowsAsync<KubernetesException>(() => fixture.ClusterWithToken().GetPodAsync(ApiFixture.Web, default));

        Assert.True(e.IsTransient);
        Assert.Contains("is not accepted: it is valid from ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verification_can_be_skipped()
    {
        await using var fixture = await ApiFixture.StartAsync();
        fixture.AddPod();
        var access = Kubeconfig.Read(fixture.Files.KubeconfigWithToken(fixture.Server.Access.IssueToken()));

        Assert.NotNull(await fixture.Cluster(access with { Authority = null, SkipsTlsVerification = true }).GetPodAsync(ApiFixture.Web, default));
        await Assert.ThrowsAsync<KubernetesException>(() => fixture.Cluster(access with { Authority = null }).GetPodAsync(ApiFixture.Web, default));
    }
}
