using System.Text;
using Microsoft.Extensions.Time.Testing;
using Multus.Kubernetes.Api.Configuration;
using Multus.Kubernetes.Api.Credentials;
using Multus.TestSupport;

namespace Multus.Kubernetes.Tests.Api.Credentials;

/// <summary>Credential plugins (client.authentication.k8s.io), as client-go runs them.</summary>
public sealed class ExecCredentialTests
{
    [Fact]
    public async Task Finding_4_a_plugin_is_asked_once_for_all_and_again_when_its_credential_expires()
    {
        var time = new CountedTime();
        await using var fixture = await ApiFixture.StartAsync();
        fixture.ClientTime = time;
        var plugin = new FakePlugin(() =>
            Credential(fixture.Server.Access.IssueToken(), time.GetUtcNow().AddMinutes(10))
        );
        fixture.Runner = plugin;
        var cluster = fixture.Cluster(Kubeconfig.Read(fixture.Files.KubeconfigWithExecPlugin("unused")));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => cluster.GetPodAsync(ApiFixture.Web, default)));
        Assert.Single(plugin.Calls);
        time.Advance(TimeSpan.FromMinutes(11));
        await cluster.GetPodAsync(ApiFixture.Web, default);

        Assert.Equal(2, plugin.Calls.Count);
        Assert.Contains(
            plugin.Calls[0].Environment,
            variable =>
                variable
                    is {
                        Key: "KUBERNETES_EXEC_INFO",
                        Value: """{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false}}"""
                    }
        );
    }

    [Fact]
    public async Task Finding_4_a_plugin_is_asked_again_when_its_credential_is_refused()
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
        var status =
            $$"""{"clientCertificateData":{{LogText(issued.CertificatePem)}},"clientKeyData":{{LogText(issued.KeyPem)}}}""";
        fixture.Runner = new FakePlugin(() => Answer(status));

        await fixture
            .Cluster(Kubeconfig.Read(fixture.Files.KubeconfigWithExecPlugin("unused")))
            .GetPodAsync(ApiFixture.Web, default);

        Assert.Equal(["by-plugin"], UsersOf(fixture));
    }

    /// <summary>Many requests are refused at once, and some hear of it late.</summary>
    [Fact]
    public async Task A_certificate_that_was_made_after_another_was_refused_stays()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var plugin = new FakePlugin(() =>
        {
            var issued = fixture.Server.Identity.Authority.IssueClient("by-plugin");
            return Answer(
                $$"""{"clientCertificateData":{{LogText(issued.CertificatePem)}},"clientKeyData":{{LogText(issued.KeyPem)}}}"""
            );
        });
        var access = WithPlugin(fixture, exec => exec);
        using var credentials = new ExecCredentials(access, access.User.Exec!, plugin, TimeProvider.System);
        var old = await credentials.CurrentAsync(default);
        credentials.Refuse(old);
        var made = await credentials.CurrentAsync(default);

        credentials.Refuse(old);

        Assert.Same(made, await credentials.CurrentAsync(default));
        Assert.Equal(2, plugin.Calls.Count);
    }

    [Theory]
    [InlineData(
        """{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"x"}}""",
        "must be ExecCredential of client.authentication.k8s.io/v1"
    )]
    [InlineData("""{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1"}""", "has no status")]
    [InlineData(
        """{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{}}""",
        "neither a token nor a clientCertificateData"
    )]
    [InlineData(
        """{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"x","expirationTimestamp":"soon"}}""",
        "must be a time"
    )]
    [InlineData(
        """{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"clientKeyData":"x"}}""",
        "only one of clientCertificateData"
    )]
    [InlineData("oops", "stdout is not JSON")]
    public async Task An_answer_that_is_no_credential_is_passing_trouble_that_names_the_plugin(
        string stdout,
        string problem
    )
    {
        await using var fixture = await ApiFixture.StartAsync();
        fixture.Runner = new FakePlugin(() => new ExecPluginEnd(0, Encoding.UTF8.GetBytes(stdout), ""));

        var e = await Assert.ThrowsAsync<KubernetesException>(() =>
            fixture
                .Cluster(Kubeconfig.Read(fixture.Files.KubeconfigWithExecPlugin("unused")))
                .GetPodAsync(ApiFixture.Web, default)
        );

        Assert.True(e.IsTransient);
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
        Assert.Contains("credential.sh", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_failed_plugin_complains_of_is_passed_on()
    {
        await using var fixture = await ApiFixture.StartAsync();
        fixture.Runner = new FakePlugin(() => new ExecPluginEnd(1, default, "no such role\n"));

        var e = await Assert.ThrowsAsync<KubernetesException>(() =>
            fixture
                .Cluster(Kubeconfig.Read(fixture.Files.KubeconfigWithExecPlugin("unused")))
                .GetPodAsync(ApiFixture.Web, default)
        );

        Assert.EndsWith("exit code 1: no such role", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plugin_of_the_beta_version_is_spoken_to_in_it()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var token = fixture.Server.Access.IssueToken();
        var plugin = new FakePlugin(() => Answer($$"""{"token":"{{token}}"}""", "v1beta1"));
        fixture.Runner = plugin;

        Assert.Null(
            await fixture
                .Cluster(WithPlugin(fixture, exec => exec with { ApiVersion = "client.authentication.k8s.io/v1beta1" }))
                .GetPodAsync(ApiFixture.Web, default)
        );

        Assert.StartsWith(
            """{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential",""",
            InfoOf(plugin),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Finding_4_a_plugin_that_wants_to_know_the_cluster_is_told_as_client_go_tells()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var token = fixture.Server.Access.IssueToken();
        var plugin = new FakePlugin(() => Credential(token, null));
        fixture.Runner = plugin;
        var access = WithPlugin(fixture, exec => exec with { GetsClusterInfo = true }) with
        {
            TlsServerName = "kubernetes",
        };

        Assert.Null(await fixture.Cluster(access).GetPodAsync(ApiFixture.Web, default));

        var authority = Convert.ToBase64String(Encoding.UTF8.GetBytes(fixture.Server.Identity.Authority.Pem));
        var cluster =
            $$"""{"server":"{{fixture.Server.Address.GetLeftPart(UriPartial.Authority)}}","tls-server-name":"kubernetes","certificate-authority-data":"{{authority}}"}""";
        Assert.Equal(
            $$$"""{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false,"cluster":{{{cluster}}}}}""",
            InfoOf(plugin)
        );
    }

    [Fact]
    public async Task A_plugin_that_fails_is_run_once_for_all_who_wait_and_again_for_the_next()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var mayEnd = new TaskCompletionSource();
        var token = "";
        var plugin = new FakePlugin(() =>
            token.Length > 0 ? Credential(token, null) : new ExecPluginEnd(1, default, "no such role")
        )
        {
            MayEnd = mayEnd.Task,
        };
        fixture.Runner = plugin;
        var cluster = fixture.Cluster(WithPlugin(fixture, exec => exec));

        var asking = Enumerable.Range(0, 20).Select(_ => cluster.GetPodAsync(ApiFixture.Web, default)).ToList();
        mayEnd.SetResult();
        foreach (var each in asking)
            Assert.True((await Assert.ThrowsAsync<KubernetesException>(() => each)).IsTransient);
        Assert.Single(plugin.Calls);

        token = fixture.Server.Access.IssueToken();
        Assert.Null(await cluster.GetPodAsync(ApiFixture.Web, default));
        Assert.Equal(2, plugin.Calls.Count);
    }

    [Fact]
    public async Task Who_stops_waiting_for_a_plugin_does_not_end_it_for_the_others()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var mayEnd = new TaskCompletionSource();
        var token = fixture.Server.Access.IssueToken();
        var plugin = new FakePlugin(() => Credential(token, null)) { MayEnd = mayEnd.Task };
        fixture.Runner = plugin;
        var cluster = fixture.Cluster(WithPlugin(fixture, exec => exec));
        using var cancel = new CancellationTokenSource();

        var impatient = cluster.GetPodAsync(ApiFixture.Web, cancel.Token);
        var patient = cluster.GetPodAsync(ApiFixture.Web, default);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        mayEnd.SetResult();

        Assert.Null(await patient);
        Assert.Single(plugin.Calls);
    }

    [Fact]
    public async Task A_plugin_that_cannot_be_started_is_tried_once_and_its_hint_is_passed_on()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var plugin = new FakePlugin(() => throw new IOException("login is in none of the folders of PATH"));
        fixture.Runner = plugin;

        var e = await Assert.ThrowsAsync<KubernetesException>(() =>
            fixture
                .Cluster(WithPlugin(fixture, exec => exec with { InstallHint = "install login" }))
                .GetPodAsync(ApiFixture.Web, default)
        );

        Assert.True(e.IsTransient);
        Assert.EndsWith("login is in none of the folders of PATH; install login", e.Message, StringComparison.Ordinal);
        Assert.Single(plugin.Calls);
    }

    /// <summary>To go on with what has expired would only be refused.</summary>
    [Fact]
    public async Task An_expired_credential_whose_plugin_fails_is_not_used()
    {
        var time = new CountedTime();
        await using var fixture = await ApiFixture.StartAsync();
        fixture.ClientTime = time;
        var token = fixture.Server.Access.IssueToken();
        var logout = time.GetUtcNow().AddDays(1);
        fixture.Runner = new FakePlugin(() =>
            time.GetUtcNow() < logout
                ? Credential(token, time.GetUtcNow().AddMinutes(10))
                : new ExecPluginEnd(1, default, "logged out")
        );
        var cluster = fixture.Cluster(WithPlugin(fixture, exec => exec));
        Assert.Null(await cluster.GetPodAsync(ApiFixture.Web, default));

        time.Advance(TimeSpan.FromDays(400));
        var e = await Assert.ThrowsAsync<KubernetesException>(() => cluster.GetPodAsync(ApiFixture.Web, default));

        Assert.EndsWith("exit code 1: logged out", e.Message, StringComparison.Ordinal);
        Assert.Single(fixture.Server.Journal.All);
    }

    private static IReadOnlyList<string?> UsersOf(ApiFixture fixture) =>
        [.. fixture.Server.Journal.All.Select(request => request.User)];

    private static string InfoOf(FakePlugin plugin) =>
        Assert.Single(plugin.Calls).Environment.Single(variable => variable.Key == "KUBERNETES_EXEC_INFO").Value;

    private static ApiAccess WithPlugin(ApiFixture fixture, Func<ExecPlugin, ExecPlugin> change)
    {
        var access = Kubeconfig.Read(fixture.Files.KubeconfigWithExecPlugin("unused"));
        return access with { User = access.User with { Exec = change(access.User.Exec!) } };
    }

    private static string LogText(string pem) => $"\"{pem.ReplaceLineEndings("\\n")}\"";

    private static ExecPluginEnd Credential(string token, DateTimeOffset? expires) =>
        Answer(
            expires is { } at
                ? $$"""{"token":"{{token}}","expirationTimestamp":"{{at:yyyy-MM-ddTHH:mm:ssZ}}"}"""
                : $$"""{"token":"{{token}}"}"""
        );

    private static ExecPluginEnd Answer(string status, string version = "v1") =>
        new(
            0,
            Encoding.UTF8.GetBytes(
                $$"""{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/{{version}}","status":{{status}}}"""
            ),
            ""
        );

    private sealed class FakePlugin(Func<ExecPluginEnd> answer) : IExecPluginRunner
    {
        private readonly Lock _gate = new();
        private readonly List<ExecPlugin> _calls = [];

        public Task MayEnd { get; init; } = Task.CompletedTask;

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
            await MayEnd.WaitAsync(cancel);
            return answer();
        }
    }
}
