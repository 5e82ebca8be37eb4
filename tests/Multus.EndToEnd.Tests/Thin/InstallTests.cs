using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;

namespace Multus.EndToEnd.Tests.Thin;

/// <summary><c>multus install</c> as the DaemonSet of thin mode runs it.</summary>
public sealed class InstallTests : IDisposable
{
    private const string ClusterNetwork =
        """{"cniVersion":"0.4.0","name":"cluster","type":"bridge","capabilities":{"portMappings":true}}""";

    private readonly TempFolder _folder = new();

    public InstallTests()
    {
        Rotate("first token", "first CA");
        _folder.File("net.d/10-cluster.conf", ClusterNetwork);
    }

    private string Kubeconfig => _folder["net.d", "multus.d", "multus.kubeconfig"];

    private string RuntimeConfiguration => _folder["net.d", "00-multus.conf"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Once_the_files_are_there_and_it_ends()
    {
        using var install = Start("--once");

        Assert.Equal(0, await Exited(install));

        Assert.Equal(File.ReadAllBytes(Binaries.Thin), File.ReadAllBytes(_folder["bin", "multus"]));
        Assert.True(File.GetUnixFileMode(_folder["bin", "multus"]).HasFlag(UnixFileMode.OtherExecute));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Kubeconfig));
        var kubeconfig = await File.ReadAllTextAsync(Kubeconfig);
        Assert.Contains("server: https://[fd00::1]:6443\n", kubeconfig, StringComparison.Ordinal);
        Assert.Contains("token: \"first token\"\n", kubeconfig, StringComparison.Ordinal);
        Assert.Contains(Base64("first CA"), kubeconfig, StringComparison.Ordinal);
        using var conf = JsonDocument.Parse(await File.ReadAllTextAsync(RuntimeConfiguration));
        Assert.Equal("multus", conf.RootElement.GetProperty("type").GetString());
        Assert.Equal(Kubeconfig, conf.RootElement.GetProperty("kubeconfig").GetString());
        Assert.Equal(_folder["net.d", "10-cluster.conf"], conf.RootElement.GetProperty("clusterNetwork").GetString());
        Assert.Equal("0.4.0", conf.RootElement.GetProperty("cniVersion").GetString());
        Assert.Equal(
            ["bin/multus", "net.d/00-multus.conf", "net.d/10-cluster.conf", "net.d/multus.d/multus.kubeconfig"],
            _folder.Files().Where(file => !file.StartsWith("account", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task A_cluster_network_that_is_named_is_the_one_in_the_runtimes_file()
    {
        using var install = Start("--once", "--cluster-network=/etc/cni/net.d/10-canal.conflist");

        Assert.Equal(0, await Exited(install));

        using var conf = JsonDocument.Parse(await File.ReadAllTextAsync(RuntimeConfiguration));
        Assert.Equal("/etc/cni/net.d/10-canal.conflist", conf.RootElement.GetProperty("clusterNetwork").GetString());
    }

    [Fact]
    public async Task Values_that_upstream_takes_are_taken_an_empty_one_for_none_and_a_level_in_any_case()
    {
        using var install = Start("--once", "--multus-log-level=Debug", "--global-namespaces=", "--multus-log-file=");

        Assert.Equal(0, await Exited(install));

        using var conf = JsonDocument.Parse(await File.ReadAllTextAsync(RuntimeConfiguration));
        Assert.Equal("debug", conf.RootElement.GetProperty("logLevel").GetString());
        Assert.False(conf.RootElement.TryGetProperty("globalNamespaces", out _));
    }

    [Theory]
    [InlineData(
        "--multus-log-level=loud",
        "--multus-log-level must be one of panic, error, verbose, debug; found loud"
    )]
    [InlineData("--no-such-flag=", "unknown argument --no-such-flag=")]
    public async Task A_flag_that_cannot_be_used_is_named(string flag, string reason)
    {
        using var install = Start("--once", flag);

        var said = await install.StandardError.ReadToEndAsync();

        Assert.Equal(64, await Exited(install));
        Assert.Contains(reason, said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_new_token_and_CA_are_taken_over_until_SIGTERM(bool cleansUp)
    {
        using var install = Start(cleansUp ? ["--cleanup-config-on-exit"] : []);
        try
        {
            await Wait.Until("the files are written", () => File.Exists(RuntimeConfiguration));

            Rotate("second token", "second CA");

            await Wait.Until(
                "the kubeconfig has the new token and CA",
                () =>
                    File.ReadAllText(Kubeconfig) is var text
                    && text.Contains("second token", StringComparison.Ordinal)
                    && text.Contains(Base64("second CA"), StringComparison.Ordinal),
                () => File.ReadAllText(Kubeconfig)
            );
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Kubeconfig));
            ProcessTool.Run("kill", "-TERM", install.Id.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(0, await Exited(install));
            Assert.Equal(!cleansUp, File.Exists(RuntimeConfiguration));
        }
        finally
        {
            if (!install.HasExited)
                install.Kill();
        }
    }

    [Fact]
    public async Task Without_a_service_account_it_fails_and_the_node_is_as_it_was()
    {
        File.Delete(_folder["account", "token"]);
        using var install = Start("--once");

        var said = await install.StandardError.ReadToEndAsync();

        Assert.Equal(1, await Exited(install));
        Assert.Contains(_folder["account", "token"], said, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["bin"]));
        Assert.Equal(
            ["10-cluster.conf"],
            Directory.EnumerateFileSystemEntries(_folder["net.d"]).Select(Path.GetFileName)
        );
    }

    [Fact]
    public async Task Once_without_a_cluster_network_it_fails_and_says_what_was_looked_for()
    {
        File.Delete(_folder["net.d", "10-cluster.conf"]);
        using var install = Start("--once");

        var said = await install.StandardError.ReadToEndAsync();

        Assert.Equal(1, await Exited(install));
        Assert.Contains($"no usable cluster network in {_folder["net.d"]}", said, StringComparison.Ordinal);
        Assert.False(File.Exists(RuntimeConfiguration));
    }

    [Fact]
    public async Task The_runtimes_file_is_put_back_and_follows_the_cluster_network()
    {
        using var install = Start();
        try
        {
            await Wait.Until("the file is written", () => File.Exists(RuntimeConfiguration));
            File.Move(RuntimeConfiguration, RuntimeConfiguration + ".cilium_bak");
            await Wait.Until("the file is back", () => File.Exists(RuntimeConfiguration));

            _folder.File("net.d/05-other.conf", ClusterNetwork.Replace("cluster", "other", StringComparison.Ordinal));

            await Wait.Until(
                "it names the other network",
                () => File.ReadAllText(RuntimeConfiguration).Contains("05-other.conf", StringComparison.Ordinal)
            );
        }
        finally
        {
            install.Kill();
            await install.WaitForExitAsync();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task By_upstreams_name_it_takes_upstreams_flags_and_writes_what_upstream_writes(bool renames)
    {
        var entry = _folder["thin_entrypoint"];
        File.CreateSymbolicLink(entry, Binaries.Thin);
        Directory.CreateDirectory(_folder["bin"]);
        using var install = StartProgram(
            entry,
            "--multus-conf-file=auto",
            $"--multus-autoconfig-dir={_folder["net.d"]}",
            $"--cni-conf-dir={_folder["net.d"]}",
            $"--cni-bin-dir={_folder["bin"]}",
            $"--multus-bin-file={Binaries.Thin}",
            $"--service-account-dir={_folder["account"]}",
            "--namespace-isolation=true",
            "--global-namespaces=kube-system",
            "--multus-log-level=debug",
            $"--rename-conf-file={(renames ? "true" : "false")}",
            "--cleanup-config-on-exit"
        );
        try
        {
            await Wait.Until("the file is written", () => File.Exists(RuntimeConfiguration));
            using var conf = JsonDocument.Parse(await File.ReadAllTextAsync(RuntimeConfiguration));
            Assert.Equal(
                $$"""
                {"capabilities":{"portMappings":true},"cniVersion":"0.4.0","logLevel":"debug",
                "name":"multus-cni-network","namespaceIsolation":true,"globalNamespaces":"kube-system",
                "type":"multus","kubeconfig":"/etc/cni/net.d/multus.d/multus.kubeconfig",
                "delegates":[{{ClusterNetwork}}]}
                """.ReplaceLineEndings(""),
                conf.RootElement.GetRawText()
            );
            Assert.True(File.Exists(Kubeconfig));
            if (renames)
                await Wait.Until("it is renamed", () => File.Exists(_folder["net.d", "10-cluster.conf.old"]));

            ProcessTool.Run("kill", "-TERM", install.Id.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(0, await Exited(install));
            Assert.False(File.Exists(RuntimeConfiguration));
            Assert.Equal(ClusterNetwork, await File.ReadAllTextAsync(_folder["net.d", "10-cluster.conf"])); // as before
        }
        finally
        {
            if (!install.HasExited)
                install.Kill();
        }
    }

    [Fact]
    public async Task A_cluster_network_that_is_renamed_is_in_the_runtimes_file()
    {
        using var install = Start("--once", "--rename-conf-file");

        Assert.Equal(0, await Exited(install));

        Assert.True(File.Exists(_folder["net.d", "10-cluster.conf.old"]));
        using var conf = JsonDocument.Parse(await File.ReadAllTextAsync(RuntimeConfiguration));
        Assert.Equal(ClusterNetwork, conf.RootElement.GetProperty("delegates")[0].GetRawText());
        Assert.False(conf.RootElement.TryGetProperty("clusterNetwork", out _)); // its file is gone
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_network_that_is_renamed_stays_the_one_in_use_and_has_its_name_again_at_the_end(bool earlier)
    {
        _folder.File("net.d/20-other.conf", ClusterNetwork.Replace("cluster", "other", StringComparison.Ordinal));
        if (earlier)
        {
            using var before = Start("--once", "--rename-conf-file");
            Assert.Equal(0, await Exited(before));
        }

        using var install = Start("--rename-conf-file", "--cleanup-config-on-exit", "--multus-log-level=debug");
        try
        {
            await Wait.Until(
                "the file is written anew, and the network renamed",
                () =>
                    File.Exists(RuntimeConfiguration)
                    && File.ReadAllText(RuntimeConfiguration).Contains("debug", StringComparison.Ordinal)
                    && File.Exists(_folder["net.d", "10-cluster.conf.old"])
            );
            using var conf = JsonDocument.Parse(await File.ReadAllTextAsync(RuntimeConfiguration));
            Assert.Equal(ClusterNetwork, conf.RootElement.GetProperty("delegates")[0].GetRawText());

            ProcessTool.Run("kill", "-TERM", install.Id.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(0, await Exited(install));

            Assert.Equal(
                ["10-cluster.conf", "20-other.conf"],
                Directory.EnumerateFiles(_folder["net.d"]).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            );
        }
        finally
        {
            if (!install.HasExited)
                install.Kill();
        }
    }

    [Fact]
    public async Task A_kubeconfig_that_is_missing_or_another_installers_is_written_again()
    {
        using var install = Start();
        try
        {
            await Wait.Until("the files are written", () => File.Exists(RuntimeConfiguration));
            var text = await File.ReadAllTextAsync(Kubeconfig);

            File.Delete(Kubeconfig);
            await Wait.Until("it is back", () => File.Exists(Kubeconfig));
            await File.WriteAllTextAsync(Kubeconfig, text.Replace("first token", "void", StringComparison.Ordinal));

            await Wait.Until("it has the token again", () => File.ReadAllText(Kubeconfig) == text);
        }
        finally
        {
            install.Kill();
            await install.WaitForExitAsync();
        }
    }

    private Process Start(params string[] flags) =>
        StartProgram(
            Binaries.Thin,
            [
                "install",
                $"--bin-dir={_folder["bin"]}",
                $"--cni-conf-dir={_folder["net.d"]}",
                $"--kubeconfig={Kubeconfig}",
                $"--service-account-dir={_folder["account"]}",
                .. flags,
            ]
        );

    private static Process StartProgram(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true };
        start.Environment["KUBERNETES_SERVICE_HOST"] = "fd00::1";
        start.Environment["KUBERNETES_SERVICE_PORT"] = "6443";
        return Process.Start(start)!;
    }

    private static async Task<int> Exited(Process process) =>
        await Wait.For("end of multus install", ExitCode(process));

    private static async Task<int> ExitCode(Process process)
    {
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    // As kubelet does it: the files are links through ..data, which is swapped by rename.
    private void Rotate(string token, string authority)
    {
        var version = $"..{Guid.NewGuid():n}";
        _folder.File($"account/{version}/token", token + "\n");
        _folder.File($"account/{version}/ca.crt", authority);
        File.CreateSymbolicLink(_folder["account", $"{version}.link"], version);
        ProcessTool.Run("mv", "-T", _folder["account", $"{version}.link"], _folder["account", "..data"]);
        foreach (var name in (string[])["token", "ca.crt"])
        {
            if (!File.Exists(_folder["account", name]))
                File.CreateSymbolicLink(_folder["account", name], $"..data/{name}");
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
