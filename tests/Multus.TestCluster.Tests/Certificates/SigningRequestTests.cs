using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Multus.TestCluster.Access;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Tests.Clients;

namespace Multus.TestCluster.Tests.Certificates;

/// <summary>CertificateSigningRequests: who writes what, and certificates that let their owner in until they expire.</summary>
public sealed class SigningRequestTests : IAsyncLifetime
{
    private const string Requests = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
    private const string Node = "system:node:node-1";

    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly List<IDisposable> _own = [];
    private TestApiServer _server = null!; // set before the test begins
    private ApiClient _client = null!; // likewise

    public async Task InitializeAsync()
    {
        _server = await TestApiServer.StartAsync(time: _time);
        _client = Own(new ApiClient(_server, _server.Access.IssueToken(Node)));
    }

    public async Task DisposeAsync()
    {
        foreach (var own in _own)
            own.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task The_server_names_a_request_and_says_who_has_made_it()
    {
        using var key = NewKey();

        var made = await _client.PostAsync(Requests, Body(key));

        Assert.Equal(201, made.Code);
        Assert.StartsWith("csr-", made.Text("metadata", "name"), StringComparison.Ordinal);
        Assert.Equal(Node, made.Text("spec", "username"));
        Assert.Equal(
            ["system:nodes", "system:authenticated"],
            made.Json.GetProperty("spec").GetProperty("groups").EnumerateArray().Select(group => group.GetString())
        );
    }

    [Theory]
    [InlineData(599, 422)]
    [InlineData(600, 201)]
    public async Task Nothing_shorter_than_ten_minutes_is_taken(int seconds, int code)
    {
        using var key = NewKey();

        Assert.Equal(code, (await _client.PostAsync(Requests, Body(key, seconds))).Code);
    }

    [Fact]
    public async Task A_request_is_signed_when_it_is_approved_by_the_sub_resource_and_by_nothing_else()
    {
        using var key = NewKey();
        var made = await _client.PostAsync(Requests, Body(key));
        var path = $"{Requests}/{made.Text("metadata", "name")}";
        var approved = Approved(made);

        await _client.PutAsync(path, approved);
        await _client.PutAsync($"{path}/status", approved);
        Assert.Null(CertificateOf(await _client.GetAsync(path)));
        Assert.Equal(200, (await _client.PutAsync($"{path}/approval", Approved(await _client.GetAsync(path)))).Code);

        using var certificate = X509Certificate2.CreateFromPem(CertificateOf(await _client.GetAsync(path))!);
        Assert.Contains("CN=system:multus:node-1", certificate.Subject, StringComparison.Ordinal);
        Assert.Equal(
            _time.GetUtcNow().AddSeconds(600),
            certificate.NotAfter.ToUniversalTime(),
            TimeSpan.FromSeconds(1)
        );
    }

    [Fact]
    public async Task Who_may_not_approve_for_the_signer_is_told_so()
    {
        using var key = NewKey();
        _server.Access.AllowOnly(
            Node,
            [
                new RoleRule(
                    ["certificates.k8s.io"],
                    ["certificatesigningrequests", "certificatesigningrequests/approval"],
                    ["*"]
                ),
            ]
        );
        var made = await _client.PostAsync(Requests, Body(key));

        var answer = await _client.PutAsync($"{Requests}/{made.Text("metadata", "name")}/approval", Approved(made));

        Assert.Equal(403, answer.Code);
        Assert.Contains("not permitted to approve", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_denied_request_is_not_signed()
    {
        using var key = NewKey();
        var made = await _client.PostAsync(Requests, Body(key));
        var name = made.Text("metadata", "name")!;

        _server.Signer.Deny(name);
        _server.Signer.Approve(name);

        Assert.Null(CertificateOf(await _client.GetAsync($"{Requests}/{name}")));
    }

    [Fact]
    public async Task A_certificate_lets_its_owner_in_until_it_expires_on_the_clock_of_the_server()
    {
        using var key = NewKey();
        _server.Signer.ApprovesAll = true;
        var made = await _client.PostAsync(Requests, Body(key));
        using var certificate = X509Certificate2.CreateFromPem(CertificateOf(made)!, key.ExportECPrivateKeyPem());
        var owner = Own(new ApiClient(_server, certificate: certificate));

        Assert.Equal(200, (await owner.GetAsync("/api/v1/pods")).Code);
        _time.Advance(TimeSpan.FromSeconds(598));
        Assert.Equal(200, (await owner.GetAsync("/api/v1/pods")).Code);
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(401, (await owner.GetAsync("/api/v1/pods")).Code);

        Assert.Equal(
            ["system:multus:node-1", "system:multus:node-1", null],
            _server.Journal.All.Where(request => request.Resource == ResourceType.Pods).Select(request => request.User)
        );
    }

    private T Own<T>(T thing)
        where T : IDisposable
    {
        _own.Add(thing);
        return thing;
    }

    private static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static string? CertificateOf(Answer answer) =>
        answer.Json.GetProperty("status").TryGetProperty("certificate", out var certificate)
            ? Encoding.ASCII.GetString(certificate.GetBytesFromBase64())
            : null;

    private static string Body(ECDsa key, int seconds = 600)
    {
        var request = new CertificateRequest("O=system:multus, CN=system:multus:node-1", key, HashAlgorithmName.SHA256);
        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["generateName"] = "csr-" },
            ["spec"] = new JsonObject
            {
                ["request"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(request.CreateSigningRequestPem())),
                ["signerName"] = "kubernetes.io/kube-apiserver-client",
                ["usages"] = new JsonArray("digital signature", "client auth"),
                ["expirationSeconds"] = seconds,
                ["username"] = "somebody:else",
            },
        }.ToJsonString();
    }

    private static string Approved(Answer request)
    {
        var content = JsonNode.Parse(request.Body)!.AsObject();
        content["status"] = new JsonObject
        {
            ["conditions"] = new JsonArray(
                new JsonObject
                {
                    ["type"] = "Approved",
                    ["status"] = "True",
                    ["reason"] = "Test",
                }
            ),
        };
        return content.ToJsonString();
    }
}
