using System.Net;
using System.Security.Cryptography.X509Certificates;
using Multus.TestCluster.Access;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Tests.Clients;

namespace Multus.TestCluster.Tests.Access;

public sealed class AccessTests : ServerTest
{
    private const string User = "system:serviceaccount:kube-system:multus";

    [Theory]
    [InlineData(null)]
    [InlineData("no-such-token")]
    public async Task Nobody_is_let_in_without_a_token_that_was_issued(string? token)
    {
        var refused = await NewClient(token).GetAsync(AllPods);

        Assert.Equal(
            (401, "Unauthorized", "Unauthorized"),
            (refused.Code, refused.Text("reason"), refused.Text("message"))
        );
    }

    [Fact]
    public async Task A_revoked_token_lets_nobody_in_and_its_successor_does()
    {
        var old = Server.Access.IssueToken();
        var client = NewClient(old);
        Assert.Equal(200, (await client.GetAsync(AllPods)).Code);

        Server.Access.Revoke(old);

        Assert.Equal(401, (await client.GetAsync(AllPods)).Code);
        Assert.Equal(200, (await NewClient(Server.Access.IssueToken()).GetAsync(AllPods)).Code);
    }

    [Fact]
    public async Task A_watch_that_is_open_outlives_its_token()
    {
        var token = Server.Access.IssueToken();
        using var watch = await NewClient(token).WatchAsync($"{AllPods}?watch=1");

        Server.Access.Revoke(token);
        AddPod("p1");

        Assert.Equal(["ADDED p1"], await watch.TakeAsync(1));
    }

    [Theory]
    [InlineData("2.0")]
    [InlineData("1.1")]
    public async Task A_client_certificate_of_the_servers_authority_names_its_user(string version)
    {
        using var client = ClientWith(Server.Identity.Authority.IssueClient("system:multus:node-1"), version);

        Assert.Equal(200, (await client.GetAsync(AllPods)).Code);

        Assert.Equal("system:multus:node-1", Assert.Single(Server.Journal.All).User);
    }

    [Fact]
    public async Task A_client_certificate_past_its_time_or_of_another_authority_lets_nobody_in()
    {
        await using var other = await TestApiServer.StartAsync();
        using var foreign = ClientWith(other.Identity.Authority.IssueClient("system:multus:node-1"));
        using var late = ClientWith(
            Server.Identity.Authority.IssueClient("system:multus:node-1", TimeSpan.FromMinutes(-1))
        );

        Assert.Equal(401, (await foreign.GetAsync(AllPods)).Code);
        Assert.Equal(401, (await late.GetAsync(AllPods)).Code);
    }

    [Fact]
    public async Task A_user_with_a_role_may_do_what_a_rule_of_it_allows_and_nothing_else()
    {
        AddPod("p1");
        Server.Access.AllowOnly(
            User,
            [new RoleRule([""], ["pods"], ["get", "list"]), new RoleRule(["k8s.cni.cncf.io"], ["*"], ["list"])]
        );

        Assert.Equal(200, (await Client.GetAsync($"{Pods}/p1")).Code);
        Assert.Equal(200, (await Client.GetAsync(AllPods)).Code);
        Assert.Equal(200, (await Client.GetAsync(AllNetworks)).Code);
        Assert.Equal(403, (await Client.PatchAsync($"{Pods}/p1/status", "{}")).Code);
        Assert.Equal(403, (await Client.PatchAsync($"{Pods}/p1", "{}")).Code);
        Assert.Equal(403, (await Client.GetAsync("/apis/resource.k8s.io/v1/resourceslices")).Code);
        Assert.Equal(
            200,
            (
                await NewClient(Server.Access.IssueToken("somebody"))
                    .GetAsync("/apis/resource.k8s.io/v1/resourceslices")
            ).Code
        );
    }

    [Fact]
    public async Task What_is_denied_is_forbidden_in_the_servers_words_until_allowed_again()
    {
        AddPod("p1");
        var denial = Server.Access.Deny(new DenyRule(Verb: "patch", Resource: "pods/status"));

        var refused = await Client.PatchAsync($"{Pods}/p1/status", "{}");

        Assert.Equal((403, "Forbidden"), (refused.Code, refused.Text("reason")));
        Assert.Equal(
            $"pods \"p1\" is forbidden: User \"{User}\" cannot patch resource \"pods/status\" in API group \"\" in the namespace \"default\"",
            refused.Text("message")
        );
        Assert.Equal(200, (await Client.PatchAsync($"{Pods}/p1", "{}")).Code);
        denial.Dispose();
        Assert.Equal(200, (await Client.PatchAsync($"{Pods}/p1/status", "{}")).Code);
    }

    [Fact]
    public async Task A_collection_can_be_denied_too()
    {
        using var denial = Server.Access.Deny(new DenyRule("list", ResourceType.Networks.Plural));

        Assert.Equal(
            $"network-attachment-definitions.k8s.cni.cncf.io is forbidden: User \"{User}\" cannot list resource \"network-attachment-definitions\" "
                + "in API group \"k8s.cni.cncf.io\" at the cluster scope",
            (await Client.GetAsync(AllNetworks)).Text("message")
        );
        Assert.Equal(200, (await Client.GetAsync(AllPods)).Code);
    }

    [Fact]
    public async Task A_new_server_certificate_is_shown_to_new_connections_and_trusted_as_the_old_one_was()
    {
        Assert.Equal(200, (await Client.GetAsync(AllPods)).Code);

        Server.Identity.RenewCertificate();

        Assert.Equal(200, (await Client.GetAsync(AllPods)).Code); // on the old connection
        Assert.Equal(200, (await NewClient(Server.Access.IssueToken()).GetAsync(AllPods)).Code);
        Assert.Equal(2, Server.Connections.Accepted);
    }

    [Fact]
    public async Task Who_trusts_the_old_authority_only_makes_no_connection_after_a_new_one_came()
    {
        var trustsOld = NewClient(Server.Access.IssueToken());

        Server.Identity.ReplaceAuthority();

        var cut = await Assert.ThrowsAsync<HttpRequestException>(() => trustsOld.GetAsync(AllPods));
        Assert.Equal(HttpRequestError.SecureConnectionError, cut.HttpRequestError);
        Assert.Equal(200, (await NewClient(Server.Access.IssueToken()).GetAsync(AllPods)).Code);
    }

    private ApiClient ClientWith(TestCluster.Certificates.CertificateWithKey certificate, string version = "2.0") =>
        new(
            Server,
            certificate: X509Certificate2.CreateFromPem(certificate.CertificatePem, certificate.KeyPem),
            version: new Version(version)
        );
}
