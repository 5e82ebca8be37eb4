using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Multus.Kubernetes.Api.Configuration;

namespace Multus.Kubernetes.Tests.Api.Transport;

/// <summary>Which servers are spoken to, and what is said of the others.</summary>
public sealed class HandshakeTests
{
    [Theory]
    [InlineData("kubernetes", true)]
    [InlineData("somebody.else", false)]
    public async Task Finding_1_the_certificate_must_be_for_the_name_that_the_kubeconfig_wants(
        string name,
        bool isAccepted
    )
    {
        await using var fixture = await ApiFixture.StartAsync();
        fixture.AddPod();
        var access = Kubeconfig.Read(fixture.Files.KubeconfigWithToken(fixture.Server.Access.IssueToken())) with
        {
            TlsServerName = name,
        };

        var getting = fixture.Cluster(access).GetPodAsync(ApiFixture.Web, default);

        if (isAccepted)
            Assert.NotNull(await getting);
        else
            Assert.EndsWith(
                "is not accepted: it is not for somebody.else",
                (await Assert.ThrowsAsync<KubernetesException>(() => getting)).Message,
                StringComparison.Ordinal
            );
    }

    /// <summary>The name in the address, that is, where the kubeconfig wants no other.</summary>
    [Fact]
    public async Task Finding_1_the_certificate_of_a_private_authority_must_be_for_the_name_in_the_address()
    {
        await using var fixture = await ApiFixture.StartAsync();
        using var proxy = new TunnelProxy { Behind = IPEndPoint.Parse(fixture.Server.Address.Authority) };
        var access = Kubeconfig.Read(fixture.Files.KubeconfigWithToken(fixture.Server.Access.IssueToken())) with
        {
            Server = new Uri($"https://somebody.else:{fixture.Server.Port}"),
            Proxy = proxy.Address,
        };

        var e = await Assert.ThrowsAsync<KubernetesException>(() =>
            fixture.Cluster(access).GetPodAsync(ApiFixture.Web, default)
        );

        Assert.EndsWith("is not accepted: it is not for somebody.else", e.Message, StringComparison.Ordinal);
        Assert.Empty(fixture.Server.Journal.All);
    }

    [Fact]
    public async Task Nobody_else_s_server_gets_our_token()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var access = Kubeconfig.Read(fixture.Files.KubeconfigWithToken(fixture.Server.Access.IssueToken()));
        fixture.Server.Identity.ReplaceAuthority();

        var e = await Assert.ThrowsAsync<KubernetesException>(() =>
            fixture.Cluster(access).GetPodAsync(ApiFixture.Web, default)
        );

        Assert.Contains(
            "is not accepted: nobody trusted by certificate-authority-data of kubeconfig",
            e.Message,
            StringComparison.Ordinal
        );
        Assert.EndsWith("has signed it for a server", e.Message, StringComparison.Ordinal);
        Assert.Empty(fixture.Server.Journal.All);
    }

    [Fact]
    public async Task Finding_10_a_servers_certificate_that_has_expired_is_said_to_have()
    {
        await using var fixture = await ApiFixture.StartAsync();
        fixture.Server.Identity.RenewCertificate(TimeSpan.FromSeconds(-2));

        var e = await Assert.ThrowsAsync<KubernetesException>(() =>
            fixture.ClusterWithToken().GetPodAsync(ApiFixture.Web, default)
        );

        Assert.True(e.IsTransient);
        Assert.Contains("is not accepted: it is valid from ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_is_not_accepted_is_logged_once_and_a_second_one_again()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var access = Kubeconfig.Read(fixture.Files.KubeconfigWithToken(fixture.Server.Access.IssueToken()));
        fixture.Server.Identity.ReplaceAuthority();
        var cluster = fixture.Cluster(access);

        for (var tries = 0; tries < 3; tries++)
            await Assert.ThrowsAsync<KubernetesException>(() => cluster.GetPodAsync(ApiFixture.Web, default));
        Assert.Single(fixture.Log.Lines);
        fixture.Server.Identity.RenewCertificate();
        await Assert.ThrowsAsync<KubernetesException>(() => cluster.GetPodAsync(ApiFixture.Web, default));

        Assert.Equal(2, fixture.Log.Lines.Count);
        Assert.All(
            fixture.Log.Lines,
            line =>
                Assert.StartsWith("Warning: The server's certificate is not accepted", line, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_handshake_that_is_broken_off_is_not_blamed_on_a_certificate_that_was_refused_before()
    {
        await using var fixture = await ApiFixture.StartAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var access = Kubeconfig.Read(fixture.Files.KubeconfigWithToken("t")) with
        {
            Server = new Uri($"https://{listener.LocalEndpoint}"),
        };
        var cluster = fixture.Cluster(access);

        var refused = Assert.ThrowsAsync<KubernetesException>(() => cluster.GetPodAsync(ApiFixture.Web, default));
        using (var first = await listener.AcceptTcpClientAsync())
        {
            await ShowStrangersCertificateAsync(first);
            Assert.Contains("is not accepted: ", (await refused).Message, StringComparison.Ordinal);
        }

        var broken = Assert.ThrowsAsync<KubernetesException>(() => cluster.GetPodAsync(ApiFixture.Web, default));
        using (await listener.AcceptTcpClientAsync())
        {
            // hangs up before it has shown any
        }

        Assert.DoesNotContain("is not accepted", (await broken).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verification_can_be_skipped()
    {
        await using var fixture = await ApiFixture.StartAsync();
        fixture.AddPod();
        var access = Kubeconfig.Read(fixture.Files.KubeconfigWithToken(fixture.Server.Access.IssueToken()));

        Assert.NotNull(
            await fixture
                .Cluster(access with { Authority = null, SkipsTlsVerification = true })
                .GetPodAsync(ApiFixture.Web, default)
        );
        await Assert.ThrowsAsync<KubernetesException>(() =>
            fixture.Cluster(access with { Authority = null }).GetPodAsync(ApiFixture.Web, default)
        );
    }

    private static async Task ShowStrangersCertificateAsync(TcpClient client)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=stranger", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch.AddYears(200)
        );
        await using var tls = new SslStream(client.GetStream());
        try
        {
            await tls.AuthenticateAsServerAsync(certificate);
            _ = await tls.ReadAsync(new byte[1]);
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            // the client has hung up, which it tells in its own words
        }
    }
}
