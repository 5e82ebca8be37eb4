using Multus.TestCluster.Tests.Clients;
using Multus.TestSupport;

namespace Multus.TestCluster.Tests.ClientFiles;

public sealed class ClientFolderTests : ServerTest, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_kubeconfig_names_the_server_its_authority_and_the_token()
    {
        var text = File.ReadAllText(Server.FilesIn(_folder.Path).KubeconfigWithToken("secret"));

        Assert.Contains($"    server: https://{Server.Host}:{Server.Port}\n", text, StringComparison.Ordinal);
        Assert.Contains("    token: secret\n", text, StringComparison.Ordinal);
        Assert.Contains("current-context: test\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_files_that_a_kubeconfig_names_lie_beside_it()
    {
        var files = Server.FilesIn(_folder.Path);
        files.KubeconfigWithTokenFile("secret");
        files.KubeconfigWithCertificateFiles("system:multus:node-1");

        Assert.Equal("secret\n", File.ReadAllText(_folder["token.txt"]));
        Assert.StartsWith(
            "-----BEGIN CERTIFICATE-----",
            File.ReadAllText(_folder["client.crt"]),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "-----BEGIN PRIVATE KEY-----",
            File.ReadAllText(_folder["client.key"]),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_exec_plugin_prints_what_it_was_given_and_counts_its_runs()
    {
        var files = Server.FilesIn(_folder.Path);
        files.KubeconfigWithExecPlugin("secret", DateTimeOffset.UnixEpoch);
        Assert.Equal(0, files.ExecCalls);

        var printed = ProcessTool.Run(_folder["credential.sh"]);

        Assert.Contains(
            "\"token\":\"secret\",\"expirationTimestamp\":\"1970-01-01T00:00:00Z\"",
            printed,
            StringComparison.Ordinal
        );
        Assert.Equal(1, files.ExecCalls);
    }

    [Fact]
    public void A_service_account_is_rotated_through_one_link()
    {
        var files = Server.FilesIn(_folder.Path);
        var account = files.ServiceAccount("first");
        Server.Identity.ReplaceAuthority();

        Assert.Equal(account, files.ServiceAccount("second"));

        Assert.Equal("second", File.ReadAllText(Path.Combine(account, "token")));
        Assert.Equal(Server.Identity.Authority.Pem, File.ReadAllText(Path.Combine(account, "ca.crt")));
        Assert.Equal(Path.Combine("..data", "token"), new FileInfo(Path.Combine(account, "token")).LinkTarget);
    }
}
