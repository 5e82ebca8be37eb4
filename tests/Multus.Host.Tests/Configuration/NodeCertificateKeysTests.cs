using System.Text;
using Multus.Configuration;
using Multus.Kubernetes.Api.Configuration;
using Multus.TestSupport;

namespace Multus.Host.Tests.Configuration;

public sealed class NodeCertificateKeysTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Ten_minutes_are_the_default()
    {
        var (daemon, errors) = Parse("""{"enabled":true,"bootstrapKubeconfig":"/b","certDir":"/c"}""");

        Assert.Empty(errors);
        Assert.Equal(new NodeCertificateKeys("/b", "/c", TimeSpan.FromMinutes(10)), daemon.NodeCertificate);
        Assert.DoesNotContain(
            daemon.WithoutEffect,
            line => line.Contains("perNodeCertificate", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("""{"enabled":false,"certDuration":"never"}""")]
    [InlineData("{}")]
    [InlineData("null")]
    public void It_is_off_unless_it_is_on(string json)
    {
        var (daemon, errors) = Parse(json);

        Assert.Empty(errors);
        Assert.Null(daemon.NodeCertificate);
    }

    [Theory]
    [InlineData(
        """{"enabled":true,"certDir":"/c"}""",
        "perNodeCertificate.bootstrapKubeconfig must be the absolute path"
    )]
    [InlineData(
        """{"enabled":true,"bootstrapKubeconfig":"/b"}""",
        "perNodeCertificate.certDir must be the absolute path"
    )]
    [InlineData("""{"enabled":true,"bootstrapKubeconfig":"b","certDir":"/c"}""", "found \"b\"")]
    [InlineData(
        """{"enabled":true,"bootstrapKubeconfig":"/b","certDir":"/c","certDuration":"9m59s"}""",
        "perNodeCertificate.certDuration must be a duration from 10m"
    )]
    [InlineData("""{"enabled":true,"bootstrapKubeconfig":"/b","certDir":"/c","certDuration":"1d"}""", "found \"1d\"")]
    [InlineData(
        """{"enabled":true,"bootstrapKubeconfig":"/b","certDir":"/c","certDuration":"999999h"}""",
        "certDuration must be"
    )]
    [InlineData("""{"enabled":"yes"}""", "perNodeCertificate.enabled must be true or false")]
    public void What_cannot_be_is_named(string json, string error)
    {
        var (_, errors) = Parse(json);

        Assert.Contains(error, Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_manifests_has_nobody_to_sign()
    {
        var (_, errors) = Parse(
            """{"enabled":true,"bootstrapKubeconfig":"/b","certDir":"/c"}""",
            ""","manifestDir":"/m" """
        );

        Assert.Contains("manifestDir is set", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public void The_bootstrap_kubeconfig_says_where_and_the_certificate_who_and_another_kubeconfig_does_not_count()
    {
        var chosen = Assert.IsType<ClusterSource.ApiServer>(Choose("node-1"));

        Assert.Equal(new Uri("https://10.0.0.1:6443"), chosen.Access.Server);
        Assert.Equal("client certificate", chosen.Access.User.ToString());
        Assert.Equal("/c/multus-client-current.pem", chosen.Access.User.Certificate!.Place);
        Assert.Equal("node-1", chosen.Certificate!.NodeName);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Node_1")]
    public void Without_the_nodes_name_there_is_no_subject(string? node)
    {
        var e = Assert.Throws<ApiConfigurationException>(() => Choose(node));

        Assert.Contains("MULTUS_NODE_NAME", e.Message, StringComparison.Ordinal);
    }

    private ClusterSource Choose(string? node)
    {
        var bootstrap = _folder.File(
            "bootstrap",
            """
            apiVersion: v1
            kind: Config
            clusters: [{name: c, cluster: {server: "https://10.0.0.1:6443"}}]
            users: [{name: u, user: {token: secret}}]
            contexts: [{name: x, context: {cluster: c, user: u}}]
            current-context: x
            """
        );
        var (daemon, errors) = Parse(
            $$"""{"enabled":true,"bootstrapKubeconfig":"{{bootstrap}}","certDir":"/c"}""",
            ""","kubeconfig":"/no/such/file" """
        );
        Assert.Empty(errors);
        return ClusterSource.Of(daemon, name => name == "MULTUS_NODE_NAME" ? node : null);
    }

    private static (DaemonConfiguration Daemon, List<string> Errors) Parse(string keys, string more = "")
    {
        var errors = new List<string>();
        var json = $$"""{"clusterNetwork":"/n.conf","perNodeCertificate":{{keys}}{{more}}}""";
        return (DaemonConfiguration.Parse(Encoding.UTF8.GetBytes(json), errors)!, errors);
    }
}
