using System.Text;
using Multus.Kubernetes.Api;
using Multus.Kubernetes.Api.Configuration;
using Multus.TestCluster.Objects;
using Multus.TestSupport;

namespace Multus.Kubernetes.Tests.Api.Credentials;

public sealed class CredentialRotationTests
{
    private static readonly ApiClusterSettings LooksOnceAnHour = ApiFixture.Settings with { CredentialInterval = TimeSpan.FromHours(1) };

    [Fact]
    public async Task A_token_file_is_read_again_when_its_token_is_refused()
    {
        await using var fixture = await ApiFixture.StartAsync();
        fixture.AddPod();
        var old = fixture.Server.Access.IssueToken();
        var cluster = fixture.Cluster(Kubeconfig.Read(fixture.Files.KubeconfigWithTokenFile(old)), LooksOnceAnHour);
        Assert.NotNull(await cluster.GetPodAsync(ApiFixture.Web, default));

        fixture.Files.ReplaceTokenFile(fixture.Server.Access.IssueToken());
        fixture.Server.Access.Revoke(old);

        Assert.NotNull(await cluster.GetPodAsync(ApiFixture.Web, default));
        Assert.Equal([200, 401, 200], fixture.Server.Journal.All.Select(request => request.Code));
    }

    [Fact]
    public async Task A_rotated_token_file_is_used_before_the_old_token_expires()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var cluster = fixture.Cluster(Kubeconfig.Read(fixture.Files.KubeconfigWithTokenFile(fixture.Server.Access.IssueToken("old"))));
        await cluster.GetPodAsync(ApiFixture.Web, default);

        fixture.Files.ReplaceTokenFile(fixture.Server.Access.IssueToken("new"));
        await cluster.GetPodAsync(ApiFixture.Web, default);

        Assert.Equal(["old", "new"], UsersOf(fixture));
    }

    [Fact]
    public async Task A_credential_that_stays_refused_is_passing_trouble()
    {
        await using var fixture = await ApiFixture.StartAsync();

        var e = await Assert.ThrowsAsync<KubernetesException>(
            () => fixture.Cluster(Kubeconfig.Read(fixture.Files.KubeconfigWithToken("nobody"))).GetPodAsync(ApiFixture.Web, default));

        Assert.Equal((401, true), (e.Status, e.IsTransient));
        Assert.Contains("does not accept our credentials (401)", e.Message, StringComparison.Ordinal);
        Assert.Equal(2, fixture.Server.Journal.All.Count);
    }

    [Fact]
    public async Task A_missing_token_file_leaves_the_last_token_in_use()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var path = fixture.Files.KubeconfigWithTokenFile(fixture.Server.Access.IssueToken("multus"));
        var cluster = fixture.Cluster(Kubeconfig.Read(path));
        await cluster.GetPodAsync(ApiFixture.Web, default);

        File.Delete(Path.Combine(Path.GetDirectoryName(path)!, "token.txt"));
        await cluster.GetPodAsync(ApiFixture.Web, default);

        Assert.Equal(["multus", "multus"], UsersOf(fixture));
    }

    [Fact]
    public async Task A_service_account_outlives_its_token_and_the_authority()
    {
        await using var fixture = await ApiFixture.StartAsync();
        fixture.AddPod();
        var old = fixture.Server.Access.IssueToken();
        var cluster = fixture.Cluster(InCluster.Read(name => fixture.Files.InClusterEnvironment.GetValueOrDefault(name), fixture.Files.ServiceAccount(old)));
        Assert.NotNull(await cluster.GetPodAsync(ApiFixture.Web, default));

        fixture.Server.Identity.ReplaceAuthority();
        fixture.Files.ServiceAccount(fixture.Server.Access.IssueToken());
        fixture.Server.Access.Revoke(old);
        fixture.Server.Connections.ResetAll();

        Assert.NotNull(await cluster.GetPodAsync(ApiFixture.Web, default));
    }

    [Fact]
    public async Task A_client_certificate_in_the_kubeconfig_proves_who_we_are()
    {
        await using var fixture = await ApiFixture.StartAsync();
        await fixture.Cluster(Kubeconfig.Read(fixture.Files.KubeconfigWithInlineCertificate("node"))).GetPodAsync(ApiFixture.Web, default);
        Assert.Equal(["node"], UsersOf(fixture));
    }

    [Fact]
    public async Task A_new_client_certificate_is_used_and_a_half_written_one_is_not()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var path = fixture.Files.KubeconfigWithCertificateFiles("old");
        var cluster = fixture.Cluster(Kubeconfig.Read(path));
        await cluster.GetPodAsync(ApiFixture.Web, default);

        var key = Path.Combine(Path.GetDirectoryName(path)!, "client.key");
        await File.WriteAllTextAsync(key, (await File.ReadAllTextAsync(key))[..60]);
        await cluster.GetPodAsync(ApiFixture.Web, default);
        fixture.Files.ReplaceCertificateFiles("new");
        await cluster.GetPodAsync(ApiFixture.Web, default);

        Assert.Equal(["old", "old", "new"], UsersOf(fixture));
    }

    [Fact]
    public async Task A_key_that_is_not_the_certificates_is_named_with_both_files()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var path = fixture.Files.KubeconfigWithCertificateFiles("one");
        var folder = Path.GetDirectoryName(path)!;
        var key = await File.ReadAllTextAsync(Path.Combine(folder, "client.key"));
        fixture.Files.ReplaceCertificateFiles("two");
        await File.WriteAllTextAsync(Path.Combine(folder, "client.key"), key);

        var e = await Assert.ThrowsAsync<KubernetesException>(() => fixture.Cluster(Kubeconfig.Read(path)).GetPodAsync(ApiFixture.Web, default));

        Assert.Contains(Path.Combine(folder, "client.crt"), e.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(folder, "client.key"), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_goes_on_while_a_new_certificate_serves_new_requests()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var cluster = fixture.Cluster(Kubeconfig.Read(fixture.Files.KubeconfigWithCertificateFiles("old")));
        await using var watched = new WatchedChanges(cluster);
        await watched.NextAsync<ClusterChange.Replaced>();
        await fixture.Server.Watches.WhenOpenAsync(ResourceType.Pods).WaitAsync(ProcessTool.Patience);

        fixture.Files.ReplaceCertificateFiles("new");
        await cluster.GetPodAsync(ApiFixture.Web, default);
        fixture.AddPod();

        await watched.NextAsync<ClusterChange.PodChanged>();
        Assert.Equal("new", UsersOf(fixture)[^1]);
        Assert.Equal(1, fixture.Server.Journal.Count(request => request.Verb == "watch" && request.Resource == ResourceType.Pods));
    }

    [Fact]
    public async Task A_plugin_is_asked_once_for_all_and_again_when_its_credential_expires()
    {
        var time = new ManualTime();
        await using var fixture = await ApiFixture.StartAsync();
        fixture.ClientTime = time;
        var plugin = new FakePlugin(() => Credential(fixture.Server.Access.IssueToken(), time.GetUtcNow().AddMinutes(10)));
        fixture.Runner = plugin;
        var cluster = fixture.Cluster(Kubeconfig.Read(fixture.Files.KubeconfigWithExecPlugin("unused")));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => cluster.GetPodAsync(ApiFixture.Web, default)));
        Assert.Single(plugin.Calls);
        time.Advance(TimeSpan.FromMinutes(11));
        await cluster.GetPodAsync(ApiFixture.Web, default);

        Assert.Equal(2, plugin.Calls.Count);
        Assert.Contains(
            plugin.Calls[0].Environment,
            variable => variable is { Key: "KUBERNETES_EXEC_INFO", Value: """{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false}}""" });
    }

    [Fact]
    public async Task A_plugin_is_asked_again_when_its_credential_is_refused()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var token = fixture.Server.Access.IssueToken();
        fixture.Runner = new FakePlugin(() => Credential(token, null));
        var cluster = fixture.Cluster(Kubeconfig.Read(fixture.Files.KubeconfigWithExecPlugin("unused")));
        await cluster.GetPodAsync(ApiFixture.Web, default);

        fixture.Server.Access.Revoke(token);
        token = fixture.Server.Access.IssueToken();
        await cluster.GetPodAsync(ApiFixture.Web, default);

        Assert.Equal([404, 401, 404], fixture.Server.Journal.All.Select(request => request.Code));
    }

    [Fact]
    public async Task A_plugin_may_give_a_certificate()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var issued = fixture.Server.Identity.Authority.IssueClient("by-plugin");
        var status = $$"""{"clientCertificateData":{{Quoted(issued.CertificatePem)}},"clientKeyData":{{Quoted(issued.KeyPem)}}}""";
        fixture.Runner = new FakePlugin(() => Answer(status));

        await fixture.Cluster(Kubeconfig.Read(fixture.Files.KubeconfigWithExecPlugin("unused"))).GetPodAsync(ApiFixture.Web, default);

        Assert.Equal(["by-plugin"], UsersOf(fixture));
    }

    [Theory]
    [InlineData("""{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"x"}}""", "must be ExecCredential of client.authentication.k8s.io/v1")]
    [InlineData("""{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1"}""", "has no status")]
    [InlineData("""{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{}}""", "neither a token nor a clientCertificateData")]
    [InlineData("""{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"x","expirationTimestamp":"soon"}}""", "must be a time")]
    [InlineData("""{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"clientKeyData":"x"}}""", "only one of clientCertificateData")]
    [InlineData("oops", "stdout is not JSON")]
    public async Task An_answer_that_is_no_credential_is_passing_trouble_that_names_the_plugin(string stdout, string problem)
    {
        await using var fixture = await ApiFixture.StartAsync();
        fixture.Runner = new FakePlugin(() => new ExecPluginEnd(0, Encoding.UTF8.GetBytes(stdout), ""));

        var e = await Assert.ThrowsAsync<KubernetesException>(
            () => fixture.Cluster(Kubeconfig.Read(fixture.Files.KubeconfigWithExecPlugin("unused"))).GetPodAsync(ApiFixture.Web, default));

        Assert.True(e.IsTransient);
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
        Assert.Contains("credential.sh", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_failed_plugin_complains_of_is_passed_on()
    {
        await using var fixture = await ApiFixture.StartAsync();
        fixture.Runner = new FakePlugin(() => new ExecPluginEnd(1, default, "no such role\n"));

        var e = await Assert.ThrowsAsync<KubernetesException>(
            () => fixture.Cluster(Kubeconfig.Read(fixture.Files.KubeconfigWithExecPlugin("unused"))).GetPodAsync(ApiFixture.Web, default));

        Assert.EndsWith("exit code 1: no such role", e.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<string?> UsersOf(ApiFixture fixture) => [.. fixture.Server.Journal.All.Select(request => request.User)];

    private static string Quoted(string pem) => $"\"{pem.ReplaceLineEndings("\\n")}\"";

    private static ExecPluginEnd Credential(string token, DateTimeOffset? expires) =>
        Answer(expires is { } at ? $$"""{"token":"{{token}}","expirationTimestamp":"{{at:yyyy-MM-ddTHH:mm:ssZ}}"}""" : $$"""{"token":"{{token}}"}""");

    private static ExecPluginEnd Answer(string status) => new(
        0, Encoding.UTF8.GetBytes($$"""{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{{status}}}"""), "");

    private sealed class FakePlugin(Func<ExecPluginEnd> answer) : IExecPluginRunner
    {
        private readonly Lock _gate = new();
        private readonly List<ExecPlugin> _calls = [];

        public IReadOnlyList<ExecPlugin> Calls
        {
            get
            {
                lock (_gate)
                    return [.. _calls];
            }
        }

        public async Task<ExecPluginEnd> RunAsync(ExecPlugin plugin, CancellationToken cancel)
        {
            lock (_gate)
                _calls.Add(plugin);
            await Task.Yield(); // others ask meanwhile
            return answer();
        }
    }
}
