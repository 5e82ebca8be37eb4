using System.Security.Cryptography;
using System.Text;
using Multus.Kubernetes.Api.Configuration;
using Multus.TestCluster.ClientFiles;
using Multus.TestSupport;

namespace Multus.Kubernetes.Tests.Api.Configuration;

/// <summary>The kubeconfigs that upstream's programs leave on a node (wire-and-daemon.md §11.1, §14.3).</summary>
public sealed class UpstreamKubeconfigTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // as with --skip-tls-verify
    public async Task That_of_the_thin_plugin_leads_to_its_server(bool namesTheAuthority)
    {
        await using var fixture = await ApiFixture.StartAsync();
        var trust = namesTheAuthority
            ? $"certificate-authority-data: {Base64(fixture.Server.Identity.Authority.Pem)}"
            : "insecure-skip-tls-verify: true";
        var path = _folder.File(
            "multus.kubeconfig",
            $"""
            # Kubeconfig file for Multus CNI plugin.
            apiVersion: v1
            kind: Config
            clusters:
            - name: local
              cluster:
                server: {fixture.Server.Address.GetLeftPart(UriPartial.Authority)}
                {trust}
            users:
            - name: multus
              user:
                token: "{fixture.Server.Access.IssueToken("thin")}"
            contexts:
            - name: multus-context
              context:
                cluster: local
                user: multus
            current-context: multus-context

            """
        );

        Assert.Null(await fixture.Cluster(Kubeconfig.Read(path)).GetPodAsync(ApiFixture.Web, default)); // there is none, as we were told

        Assert.Equal(["thin"], Users(fixture));
    }

    [Fact]
    public async Task That_with_a_certificate_of_the_node_leads_to_its_server_and_follows_the_renewal()
    {
        await using var fixture = await ApiFixture.StartAsync();
        Renew(fixture, "multus-client-2026-11-21-10-00-00.pem", "system:multus:node-1");
        var path = _folder.File(
            "kubeconfig",
            $$"""
            apiVersion: v1
            clusters:
              - cluster:
                  certificate-authority-data: {{Base64(fixture.Server.Identity.Authority.Pem)}}
                  server: {{fixture.Server.Address.GetLeftPart(UriPartial.Authority)}}
                name: default-cluster
            contexts:
              - context:
                  cluster: default-cluster
                  namespace: default
                  user: default-auth
                name: default-context
            current-context: default-context
            kind: Config
            preferences: {}
            users:
              - name: default-auth
                user:
                  client-certificate: {{_folder.Path}}/multus-client-current.pem
                  client-key: {{_folder.Path}}/multus-client-current.pem

            """
        );
        var cluster = fixture.Cluster(Kubeconfig.Read(path));
        await cluster.GetPodAsync(ApiFixture.Web, default);

        Renew(fixture, "multus-client-2026-11-21-10-08-00.pem", "system:multus:node-1-renewed");
        await cluster.GetPodAsync(ApiFixture.Web, default);

        Assert.Equal(["system:multus:node-1", "system:multus:node-1-renewed"], Users(fixture));
    }

    /// <summary>Certificate and key in one file, the key in its older form, behind a link that is swapped.</summary>
    private void Renew(ApiFixture fixture, string file, string user)
    {
        var issued = fixture.Server.Identity.Authority.IssueClient(user);
        using var key = ECDsa.Create();
        key.ImportFromPem(issued.KeyPem);
        var path = _folder.File(file, $"{issued.CertificatePem}\n{key.ExportECPrivateKeyPem()}\n");
        LinkSwap.Point(_folder["multus-client-current.pem"], path);
    }

    private static IEnumerable<string?> Users(ApiFixture fixture) =>
        fixture.Server.Journal.All.Select(request => request.User).Distinct();

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
