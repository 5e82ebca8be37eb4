using Multus.Kubernetes.Api;
using Multus.Kubernetes.Api.Configuration;
using Multus.TestCluster.Objects;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;

namespace Multus.Kubernetes.Tests.Api.Credentials;

public sealed class CredentialRotationTests
{
    private static readonly ApiClusterSettings LooksOnceAnHour = ApiFixture.Settings with
    {
        CredentialInterval = TimeSpan.FromHours(1),
    };

    [Fact]
    public async Task Finding_3_a_token_file_is_read_again_when_its_token_is_refused()
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
    public async Task Finding_3_a_rotated_token_file_is_used_before_the_old_token_expires()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var cluster = fixture.Cluster(
            Kubeconfig.Read(fixture.Files.KubeconfigWithTokenFile(fixture.Server.Access.IssueToken("old")))
        );
        await cluster.GetPodAsync(ApiFixture.Web, default);

        fixture.Files.ReplaceTokenFile(fixture.Server.Access.IssueToken("new"));
        await cluster.GetPodAsync(ApiFixture.Web, default);

        Assert.Equal(["old", "new"], UsersOf(fixture));
    }

    [Fact]
    public async Task A_credential_that_stays_refused_is_passing_trouble()
    {
        await using var fixture = await ApiFixture.StartAsync();

        var e = await Assert.ThrowsAsync<KubernetesException>(() =>
            fixture
                .Cluster(Kubeconfig.Read(fixture.Files.KubeconfigWithToken("nobody")))
                .GetPodAsync(ApiFixture.Web, default)
        );

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
    public async Task Finding_3_a_service_account_outlives_its_token_and_the_authority()
    {
        await using var fixture = await ApiFixture.StartAsync();
        fixture.AddPod();
        var old = fixture.Server.Access.IssueToken();
        var cluster = fixture.Cluster(
            InCluster.Read(
                name => fixture.Files.InClusterEnvironment.GetValueOrDefault(name),
                fixture.Files.ServiceAccount(old)
            )
        );
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
        await fixture
            .Cluster(Kubeconfig.Read(fixture.Files.KubeconfigWithInlineCertificate("node")))
            .GetPodAsync(ApiFixture.Web, default);
        Assert.Equal(["node"], UsersOf(fixture));
    }

    [Fact]
    public async Task Finding_6_a_new_client_certificate_is_used_and_a_half_written_one_is_not()
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

        var e = await Assert.ThrowsAsync<KubernetesException>(() =>
            fixture.Cluster(Kubeconfig.Read(path)).GetPodAsync(ApiFixture.Web, default)
        );

        Assert.Contains(Path.Combine(folder, "client.crt"), e.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(folder, "client.key"), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finding_6_a_watch_goes_on_while_a_new_certificate_serves_new_requests()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var cluster = fixture.Cluster(Kubeconfig.Read(fixture.Files.KubeconfigWithCertificateFiles("old")));
        await using var watched = new WatchedChanges(cluster);
        await watched.NextAsync<ClusterChange.Replaced>();
        await fixture.Server.Watches.WhenOpenAsync(ResourceType.Pods).WaitAsync(Wait.Patience);

        fixture.Files.ReplaceCertificateFiles("new");
        await cluster.GetPodAsync(ApiFixture.Web, default);
        fixture.AddPod();

        await watched.NextAsync<ClusterChange.PodChanged>();
        Assert.Equal("new", UsersOf(fixture)[^1]);
        Assert.Equal(
            1,
            fixture.Server.Journal.Count(request => request.Verb == "watch" && request.Resource == ResourceType.Pods)
        );
    }

    private static IReadOnlyList<string?> UsersOf(ApiFixture fixture) =>
        [.. fixture.Server.Journal.All.Select(request => request.User)];
}
