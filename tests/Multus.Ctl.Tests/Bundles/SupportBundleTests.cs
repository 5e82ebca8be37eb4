using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Multus.Ctl.Bundles;
using Multus.TestSupport;

namespace Multus.Ctl.Tests.Bundles;

public sealed class SupportBundleTests : IDisposable
{
    private const string Secret = "s3cr3t-Value+/=";
    private const string Jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtdWx0dXMifQ.c2lnbmF0dXJl";

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData($$"""{"password":"{{Secret}}","x":1}""")]
    [InlineData($"token: {Secret}\nx: 1")]
    [InlineData($"client-key-data: {Secret}")]
    [InlineData($"API_KEY={Secret}")]
    [InlineData($"""{"{"}"psk" : "{Secret}"{"}"}""")]
    [InlineData($"Authorization: Bearer {Secret}")]
    [InlineData($"proxy https://user:{Secret}@10.0.0.1:8080")]
    [InlineData($"-----BEGIN PRIVATE KEY-----\n{Secret}\n-----END PRIVATE KEY-----")]
    [InlineData($"-----BEGIN RSA PRIVATE KEY-----\\n{Secret}\\n-----END RSA PRIVATE KEY-----")]
    public void A_secret_does_not_get_through(string text)
    {
        var redacted = Redaction.Of(text);

        Assert.DoesNotContain(Secret, redacted, StringComparison.Ordinal);
        Assert.Contains("(removed)", redacted, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"cniVersion":"1.0.0","name":"blue","type":"macvlan","master":"eth0"}""")]
    [InlineData("ADD of sandbox c1 failed: no IP addresses available in range set: 10.1.0.1-10.1.0.2")]
    [InlineData("mac 02:00:00:00:00:01, https://10.96.0.1:443/api")]
    public void What_is_none_stays_as_it_is(string text) => Assert.Equal(text, Redaction.Of(text));

    [Fact]
    public async Task The_archive_has_what_an_issue_needs_and_no_secret_though_no_daemon_runs()
    {
        var netD = _temp.Folder("net.d");
        File.WriteAllText(Path.Combine(netD, "00-multus.conf"), """{"type":"multus-shim"}""");
        File.WriteAllText(Path.Combine(netD, "multus.kubeconfig"), $"users:\n- user:\n    token: {Jwt}\n");
        var cniDir = _temp.Folder("cni");
        File.WriteAllText(Path.Combine(cniDir, "c1"), $$"""[{"psk":"{{Secret}}"}]""");
        var configuration = _temp.File(
            "daemon-config.json",
            $$"""
            {"cniDir":"{{cniDir}}","socketDir":"{{_temp["run"]}}","multusConfigFile":"auto","cniConfigDir":"{{netD}}",
             "logFile":"{{_temp.File("multus.log", $"a line with {Jwt}\n")}}"}
            """
        );
        var archive = _temp["bundle.tar.gz"];

        var ran = await Ctl.RunAsync("support-bundle", archive, "--config", configuration);

        Assert.Equal((0, ""), (ran.Status, ran.Errors));
        var files = Unpacked(archive);
        Assert.All(files.Values, text => Assert.DoesNotContain(Secret, text, StringComparison.Ordinal));
        Assert.All(files.Values, text => Assert.DoesNotContain("c2lnbmF0dXJl", text, StringComparison.Ordinal));
        foreach (
            var name in (string[])
                [
                    "about.txt",
                    "configuration/daemon-config.json",
                    "configuration/net.d/00-multus.conf",
                    "daemon/healthz.json",
                    "daemon/status.json",
                    "state/files.txt",
                    "state/records/c1",
                    "log/multus.log",
                    "machine/version.txt",
                ]
        )
            Assert.Contains(name, files.Keys);
        Assert.Contains("no daemon answers", files["daemon/healthz.json"], StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(archive));
    }

    [Fact]
    public async Task A_file_that_is_there_is_not_replaced()
    {
        var archive = _temp.File("bundle.tar.gz", "mine");

        var ran = await Ctl.RunAsync("support-bundle", archive, "--config", _temp.File("c.json", "{}"));

        Assert.Equal(ExitCode.NoAnswer, ran.Status);
        Assert.Contains(archive, ran.Errors, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(archive));
    }

    private static Dictionary<string, string> Unpacked(string archive)
    {
        using var gzip = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress);
        using var tar = new TarReader(gzip);
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        while (tar.GetNextEntry(copyData: true) is { } entry)
        {
            using var content = new MemoryStream();
            entry.DataStream?.CopyTo(content);
            files[entry.Name] = Encoding.UTF8.GetString(content.ToArray());
        }

        return files;
    }
}
