using Multus.Kubernetes.Api.Configuration;
using Multus.Kubernetes.Certificates;
using Multus.TestSupport;

namespace Multus.Kubernetes.Tests.Certificates;

public sealed class NodeKubeconfigTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_has_upstreams_names_and_no_secret()
    {
        var text = Render("""{server: "https://10.0.0.1:6443", certificate-authority-data: QUJD}""");

        Assert.Equal(
            $"""
            apiVersion: v1
            clusters:
            - cluster:
                certificate-authority-data: "QUJD"
                server: "https://10.0.0.1:6443"
              name: default-cluster
            contexts:
            - context:
                cluster: default-cluster
                namespace: default
                user: default-auth
              name: default-context
            current-context: default-context
            kind: Config
            users:
            - name: default-auth
              user:
                client-certificate: "{_folder["certs"]}/multus-client-current.pem"
                client-key: "{_folder["certs"]}/multus-client-current.pem"

            """.ReplaceLineEndings("\n"),
            text
        );
    }

    [Fact]
    public void What_the_bootstrap_kubeconfig_says_of_the_server_is_read_out_of_it_again()
    {
        var text = Render(
            """{server: "https://api.example:6443/a", tls-server-name: api, proxy-url: "http://proxy:3128"}"""
        );

        var read = Kubeconfig.Read(_folder.File("made", text));

        Assert.Equal(new Uri("https://api.example:6443/a"), read.Server);
        Assert.Equal(
            ("api", new Uri("http://proxy:3128"), false),
            (read.TlsServerName, read.Proxy, read.SkipsTlsVerification)
        );
        Assert.Equal("client certificate", read.User.ToString());
        Assert.True(
            Kubeconfig
                .Read(_folder.File("made", Render("""{server: "https://a", insecure-skip-tls-verify: true}""")))
                .SkipsTlsVerification
        );
    }

    private string Render(string cluster)
    {
        var bootstrap = _folder.File(
            "bootstrap",
            $$$"""
            apiVersion: v1
            kind: Config
            clusters: [{name: c, cluster: {{{cluster}}} }]
            users: [{name: u, user: {token: secret}}]
            contexts: [{name: x, context: {cluster: c, user: u}}]
            current-context: x
            """
        );
        return NodeKubeconfig.Render(TestCertificates.Settings(_folder["certs"], bootstrap));
    }
}
