using System.Text;
using Multus.Configuration;
using Multus.Kubernetes.Api.Configuration;
using Multus.TestSupport;

namespace Multus.Host.Tests.Configuration;

public sealed class ClusterSourceTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _environment = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_of_manifests_counts_before_everything_else()
    {
        InContainer();

        Assert.Equal(
            new ClusterSource.Folder("/m", "/s"),
            Choose($$"""{"manifestDir":"/m","statusDir":"/s","kubeconfig":"{{KubeconfigFile()}}"}""")
        );
    }

    [Fact]
    public void A_kubeconfig_counts_before_the_container()
    {
        InContainer();
        _environment["MULTUS_NODE_NAME"] = "node-1";

        var chosen = Assert.IsType<ClusterSource.ApiServer>(Choose($$"""{"kubeconfig":"{{KubeconfigFile()}}"}"""));

        Assert.Equal((new Uri("https://10.0.0.1:6443"), "node-1"), (chosen.Access.Server, chosen.NodeName));
    }

    [Fact]
    public void In_a_container_it_is_the_service_account()
    {
        InContainer();

        var chosen = Assert.IsType<ClusterSource.ApiServer>(Choose(ServiceAccount()));

        Assert.Equal((new Uri("https://10.96.0.1:443"), ""), (chosen.Access.Server, chosen.NodeName));
        Assert.Equal(_folder["sa", "token"], chosen.Access.User.TokenFile);
    }

    [Fact]
    public void An_address_of_the_server_needs_no_service_address()
    {
        var chosen = Assert.IsType<ClusterSource.ApiServer>(
            Choose(ServiceAccount(""","apiServer":"https://192.0.2.1:6443" """))
        );

        Assert.Equal(new Uri("https://192.0.2.1:6443"), chosen.Access.Server);
    }

    [Fact]
    public void Where_there_is_none_the_error_names_all_three()
    {
        var error = Assert.Throws<ApiConfigurationException>(() => Choose("{}"));

        Assert.Contains("kubeconfig", error.Message, StringComparison.Ordinal);
        Assert.Contains("KUBERNETES_SERVICE_HOST is not set", error.Message, StringComparison.Ordinal);
        Assert.Contains("manifestDir", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Edge_096_a_kubeconfig_that_is_missing_is_an_error_and_not_passed_over()
    {
        InContainer();

        Assert.Contains(
            "/nowhere/config cannot be read",
            Assert.Throws<ApiConfigurationException>(() => Choose("""{"kubeconfig":"/nowhere/config"}""")).Message,
            StringComparison.Ordinal
        );
    }

    private ClusterSource Choose(string json)
    {
        var errors = new List<string>();
        var configuration = DaemonConfiguration.Parse(Encoding.UTF8.GetBytes(json), errors);
        Assert.Empty(errors);
        return ClusterSource.Of(configuration!, name => _environment.GetValueOrDefault(name));
    }

    private void InContainer()
    {
        _environment["KUBERNETES_SERVICE_HOST"] = "10.96.0.1";
        _environment["KUBERNETES_SERVICE_PORT"] = "443";
    }

    private string ServiceAccount(string more = "")
    {
        _folder.File("sa/token", "t");
        _folder.File("sa/ca.crt", "c");
        return $$"""{"serviceAccountDir":"{{_folder["sa"]}}"{{more}}}""";
    }

    private string KubeconfigFile() =>
        _folder.File(
            "kubeconfig",
            """
            apiVersion: v1
            kind: Config
            clusters: [{name: c, cluster: {server: "https://10.0.0.1:6443"}}]
            contexts: [{name: x, context: {cluster: c}}]
            current-context: x
            """
        );
}
