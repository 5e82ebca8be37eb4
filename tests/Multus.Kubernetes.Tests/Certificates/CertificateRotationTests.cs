using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Multus.Core.Pods;
using Multus.Kubernetes.Certificates;
using Multus.Kubernetes.Tests.Api;
using Multus.TestCluster.Access;
using Multus.TestCluster.Objects;
using Multus.TestSupport;

namespace Multus.Kubernetes.Tests.Certificates;

public sealed class CertificateRotationTests : IAsyncLifetime
{
    private static readonly PodKey Web = new("shop", "web");

    private NodeFixture _node = null!; // set before the test begins

    public async Task InitializeAsync() => _node = await NodeFixture.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_request_has_what_upstreams_has()
    {
        _node.Server.Signer.ApprovesAll = true;

        await _node.Rotation.TurnAsync(default);

        var request = Assert.Single(_node.Requests);
        var spec = request.Json.GetProperty("spec");
        Assert.StartsWith("csr-", request.Key.Name, StringComparison.Ordinal);
        Assert.Equal("csr-", request.Text("metadata", "generateName"));
        Assert.Equal("kubernetes.io/kube-apiserver-client", request.Text("spec", "signerName"));
        Assert.Equal(
            ["digital signature", "client auth"],
            spec.GetProperty("usages").EnumerateArray().Select(usage => usage.GetString())
        );
        Assert.Equal(600, spec.GetProperty("expirationSeconds").GetInt32());
        var asked = CertificateRequest.LoadSigningRequestPem(
            Encoding.ASCII.GetString(spec.GetProperty("request").GetBytesFromBase64()),
            HashAlgorithmName.SHA256
        );
        var names = CertificateNames.Of(asked.SubjectName);
        Assert.Equal(NodeFixture.Multus, Assert.Single(names.CommonNames));
        Assert.Equal("system:multus", Assert.Single(names.Organizations));
        using var key = asked.PublicKey.GetECDsaPublicKey();
        Assert.Equal(ECCurve.NamedCurves.nistP256.Oid.Value, key!.ExportParameters(false).Curve.Oid.Value);
        Assert.Equal(NodeFixture.Kubelet, _node.Creations.Single().User);
    }

    [Fact]
    public async Task A_day_with_certificates_of_ten_minutes_goes_by_without_one_request_refused()
    {
        _node.Server.Signer.ApprovesAll = true;
        await _node.Rotation.TurnAsync(default);
        _node.Server.Objects.Create(ResourceType.Pods, TestObjects.Pod("shop", "web", "blue", "node-1"));
        var cluster = _node.Cluster(watchLifetime: TimeSpan.FromHours(2));
        await using var watched = new WatchedChanges(cluster);
        await watched.NextAsync<ClusterChange.Replaced>();
        // The bootstrap credential is for the first certificate alone.
        _node.Server.Access.Revoke(_node.BootstrapToken);

        var step = TimeSpan.FromSeconds(30);
        for (var gone = TimeSpan.Zero; gone < TimeSpan.FromHours(24); gone += step)
        {
            _node.Time.Advance(step);
            await _node.Rotation.TurnAsync(default);
            Assert.NotNull(await cluster.GetPodAsync(Web, default));
        }

        Assert.DoesNotContain(_node.Server.Journal.All, request => request.Code is 401 or 403);
        Assert.InRange(_node.Requests.Count, 24 * 6, 24 * 13); // each good for 15 minutes, five of which are the signer's leeway
        Assert.Equal(3, Directory.GetFileSystemEntries(_node.Settings.CertDir).Length);
        Assert.All(_node.Creations.Skip(1), request => Assert.Equal(NodeFixture.Multus, request.User));
        // Each watch ends before the certificate does that it was let in with.
        var watches = _node.Server.Journal.All.Where(request => request.Verb == "watch").ToList();
        Assert.True(watches.Count > 2 * 24 * 6, $"{watches.Count} watches of two kinds of objects");
    }

    [Fact]
    public async Task A_certificate_is_replaced_between_70_and_90_percent_of_its_life()
    {
        _node.Server.Signer.ApprovesAll = true;
        var before = _node.Time.GetUtcNow();
        await _node.Rotation.TurnAsync(default);
        var first = _node.Store.Find().Pair!;
        var life = first.NotAfter - first.NotBefore;

        while (_node.Requests.Count == 1)
        {
            _node.Time.Advance(TimeSpan.FromSeconds(1));
            await _node.Rotation.TurnAsync(default);
        }

        Assert.InRange(_node.Time.GetUtcNow(), first.NotBefore + (life * 0.7), first.NotBefore + (life * 0.9));
        Assert.Equal(
            before,
            _node.Server.Identity.Authority.Certificate.NotBefore.ToUniversalTime().AddMinutes(5),
            TimeSpan.FromSeconds(2)
        );
    }

    [Theory]
    [InlineData("O=system:multus, CN=system:multus:node-2")]
    [InlineData("O=other, CN=system:multus:node-1")]
    [InlineData("O=other, O=system:multus, CN=system:multus:node-1")]
    public async Task A_certificate_of_somebody_else_is_replaced_at_once_and_not_used(string subject)
    {
        _node.Server.Signer.ApprovesAll = true;
        var now = _node.Time.GetUtcNow();
        var (certificate, key) = TestCertificates.Issue(now, now.AddHours(1), subject);
        _node.Store.Save(certificate, key);
        _node.Time.Advance(TimeSpan.FromSeconds(1));

        await _node.Rotation.TurnAsync(default);

        Assert.True(_node.Rotation.HasGood);
        Assert.Equal(NodeFixture.Kubelet, _node.Creations.Single().User);
    }

    [Fact]
    public async Task An_expired_certificate_is_replaced_with_the_bootstrap_credential()
    {
        _node.Server.Signer.ApprovesAll = true;
        await _node.Rotation.TurnAsync(default);
        _node.Time.Advance(TimeSpan.FromMinutes(11));

        await _node.Rotation.TurnAsync(default);

        Assert.True(_node.Rotation.HasGood);
        Assert.Equal([NodeFixture.Kubelet, NodeFixture.Kubelet], _node.Creations.Select(request => request.User));
    }

    [Fact]
    public async Task Where_the_node_itself_may_not_ask_the_bootstrap_credential_does()
    {
        _node.Server.Signer.ApprovesAll = true;
        await _node.Rotation.TurnAsync(default);
        using var denied = _node.Server.Access.Deny(
            new DenyRule("create", "certificatesigningrequests", User: NodeFixture.Multus)
        );
        _node.Time.Advance(TimeSpan.FromMinutes(9));

        await _node.Rotation.TurnAsync(default);

        Assert.Equal(
            [NodeFixture.Kubelet, NodeFixture.Multus, NodeFixture.Kubelet],
            _node.Creations.Select(request => request.User)
        );
        Assert.Equal(2, _node.Requests.Count);
    }

    [Fact]
    public async Task After_the_authority_has_changed_the_bootstrap_file_is_read_again_and_leads_in()
    {
        _node.Server.Signer.ApprovesAll = true;
        await _node.Rotation.TurnAsync(default);
        var cluster = _node.Cluster(watchLifetime: TimeSpan.FromHours(2));
        await cluster.GetPodAsync(Web, default);
        _node.Server.Identity.ReplaceAuthority();
        _node.Server.Connections.ResetAll();
        _node.Time.Advance(TimeSpan.FromMinutes(9));

        var wait = await _node.Rotation.TurnAsync(default);
        Assert.Equal(TimeSpan.FromSeconds(2), wait); // nobody trusted has signed the server's certificate
        _node.Files.KubeconfigWithToken(_node.BootstrapToken);
        await _node.Rotation.TurnAsync(default);

        Assert.True(_node.Rotation.HasGood);
        Assert.Equal(NodeFixture.Kubelet, _node.Creations.Last().User); // the old certificate counts no more
        _node.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(await cluster.GetPodAsync(Web, default)); // and the client follows both
    }

    [Fact]
    public async Task A_good_certificate_that_another_cluster_refuses_is_replaced_once_and_not_again_and_again()
    {
        _node.Server.Signer.ApprovesAll = true;
        await _node.Rotation.TurnAsync(default);
        var cluster = _node.Cluster(watchLifetime: TimeSpan.FromHours(2));
        _node.Server.Identity.ReplaceAuthority(); // the node has joined another cluster, with the folder it had
        _node.Files.KubeconfigWithToken(_node.BootstrapToken);

        await Assert.ThrowsAsync<KubernetesException>(() => cluster.GetPodAsync(Web, default));
        using (_node.Server.Access.Deny(new DenyRule("create", "certificatesigningrequests")))
            Assert.Equal(TimeSpan.FromSeconds(2), await _node.Rotation.TurnAsync(default));
        await _node.Rotation.TurnAsync(default); // a doubt stays until there is a new certificate
        _node.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(await cluster.GetPodAsync(Web, default));
        Assert.All(_node.Creations, request => Assert.Equal(NodeFixture.Kubelet, request.User));

        _node.Rotation.Doubt();
        await _node.Rotation.TurnAsync(default);
        Assert.Equal(2, _node.Requests.Count);
    }

    [Fact]
    public async Task Where_clocks_are_so_far_apart_that_a_new_certificate_is_of_age_it_is_not_replaced_without_a_pause()
    {
        var ahead = new CountedTime(_node.Time.GetUtcNow() + TimeSpan.FromMinutes(9));
        _node.Server.Signer.ApprovesAll = true;
        var rotation = _node.NewRotation(ahead);
        var waits = new List<double>();

        for (var i = 0; i < 3; i++)
            waits.Add((await rotation.TurnAsync(default)).TotalSeconds);

        Assert.Equal([2, 4, 8], waits);
        Assert.Contains("are the clocks right?", rotation.Tried, StringComparison.Ordinal);
        Assert.True(rotation.HasGood);
    }

    [Fact]
    public async Task Without_the_bootstrap_file_a_good_certificate_is_enough()
    {
        _node.Server.Signer.ApprovesAll = true;
        await _node.Rotation.TurnAsync(default);
        File.Delete(_node.Settings.BootstrapKubeconfig);
        _node.Time.Advance(TimeSpan.FromMinutes(9));

        await _node.Rotation.TurnAsync(default);

        Assert.Equal(2, _node.Requests.Count);
        Assert.Equal(NodeFixture.Multus, _node.Creations.Last().User);
    }

    [Fact]
    public async Task Failures_are_five_tries_in_half_a_minute_and_then_one_every_32_seconds()
    {
        using var denied = _node.Server.Access.Deny(new DenyRule("create", "certificatesigningrequests"));
        var waits = new List<double>();

        for (var i = 0; i < 7; i++)
            waits.Add((await _node.Rotation.TurnAsync(default)).TotalSeconds);

        Assert.Equal([2, 4, 8, 16, 32, 32, 32], waits);
        Assert.Contains(
            "RBAC needs verb create on certificatesigningrequests",
            _node.Rotation.Tried,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_denied_request_is_given_up_at_once_with_the_reason()
    {
        _node.Server.Signer.DeniesAll = true;

        var wait = await _node.Rotation.TurnAsync(default);

        Assert.Equal(TimeSpan.FromSeconds(2), wait);
        Assert.Contains("is Denied (TestDenial)", _node.Rotation.Tried, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_nobody_signs_is_given_up_after_a_quarter_of_an_hour()
    {
        await using var node = await NodeFixture.StartHastyAsync();
        var began = node.Clock.GetUtcNow();

        await node.Rotation.TurnAsync(default);

        Assert.InRange(node.Clock.GetUtcNow() - began, TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(15.5));
        Assert.Contains("was not signed within 15 min", node.Rotation.Tried, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_key_is_in_no_line_of_the_log()
    {
        _node.Server.Signer.ApprovesAll = true;
        await _node.Rotation.TurnAsync(default);

        var secret = _node.Store.Find().Pair!.Pem.Split("PRIVATE KEY-----")[1].Split('\n')[1];

        Assert.NotEmpty(_node.Log.Lines);
        Assert.DoesNotContain(_node.Log.Lines, line => line.Contains(secret, StringComparison.Ordinal));
        Assert.DoesNotContain(_node.Log.Lines, line => line.Contains("BEGIN", StringComparison.Ordinal));
    }
}
