using System.Text.Json;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Daemons;

/// <summary>The commands of <c>multus-daemon</c> as processes, on a node of the test's own.</summary>
public sealed class CommandTests(ITestOutputHelper output) : NodeTest(output)
{
    private const string Conf = "/etc/cni/net.d/00-multus.conf";

    // A process that answers as upstream's daemon does: /healthz has no body (wire-and-daemon.md §3). Who only looks
    // whether somebody listens says nothing.
    private const string UpstreamsDaemon = """
        my $socket = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 9) or die "$ARGV[0]: $!";
        while (my $client = $socket->accept) {
            next unless sysread($client, my $request, 4096);
            syswrite($client, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            open(my $asked, ">", $ARGV[1]);
        }
        """;

    private string Host => Directory.CreateDirectory(Path.Combine(Node.Folders.Root, "host")).FullName;

    [RootFact]
    public void Install_puts_the_shim_below_the_hosts_root_and_takes_over_what_upstream_has_generated()
    {
        Node.Folders.Write(
            $"host{Conf}",
            """{"cniVersion":"0.3.1","name":"multus-cni-network","type":"multus-shim","namespaceIsolation":true}"""
        );

        var first = Run("install", "--output", "json");
        var second = Run("install", "--output", "json");

        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        var shim = $"{Host}/opt/cni/bin/multus-shim";
        Assert.Equal(File.ReadAllBytes(Binaries.Shim), File.ReadAllBytes(shim));
        Assert.Equal([$"{shim} is installed", $"taken over from {Host}{Conf}: namespaceIsolation"], Steps(first));
        Assert.Equal([$"{shim} was there already"], Steps(second));
        Assert.Equal("""{"namespaceIsolation":true}""", File.ReadAllText($"{Host}/var/lib/cni/multus/.inherited.json"));
    }

    [RootFact]
    public void Install_of_the_thin_plugin_puts_that_there()
    {
        Assert.Equal(0, Run("install", "--thin").ExitCode);

        Assert.Equal(["multus"], Directory.EnumerateFiles($"{Host}/opt/cni/bin").Select(Path.GetFileName));
    }

    [RootFact]
    public void By_upstreams_name_install_puts_the_program_where_upstreams_flags_say_and_does_nothing_else()
    {
        var program = Path.Combine(Node.Folders.Root, "install_multus");
        File.CreateSymbolicLink(program, Binaries.Daemon);

        var run = ProcessTool.Try(program, "-t", "thick", "-d", $"{Host}/opt/cni/bin", "--source", Programs);

        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
        Assert.Equal([$"{Host}/opt/cni/bin/multus-shim"], Directory.GetFiles(Host, "*", SearchOption.AllDirectories));
        Assert.Equal(64, ProcessTool.Try(program, "-d", Host).ExitCode);
    }

    [RootFact]
    public void Install_without_its_program_changes_nothing_and_says_what_would_do()
    {
        var run = Run("install", "--source", Node.Folders.Root);

        Assert.Equal(70, run.ExitCode);
        Assert.Contains("--source names the folder", run.Stderr, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Host));
    }

    [RootTheory]
    [InlineData("install")]
    [InlineData("uninstall")]
    public void A_host_root_that_is_not_there_is_named(string command)
    {
        var run = ProcessTool.Try(Binaries.Daemon, command, "--host-root", "/no/such/root");

        Assert.Equal(70, run.ExitCode);
        Assert.Contains("--host-root /no/such/root is no folder", run.Stderr, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Install_waits_until_the_daemon_of_another_Multus_has_ended()
    {
        Directory.CreateDirectory($"{Host}/run/multus");
        var asked = Path.Combine(Node.Folders.Root, "asked");
        using var other = System.Diagnostics.Process.Start(
            "perl",
            ["-MIO::Socket::UNIX", "-e", UpstreamsDaemon, $"{Host}/run/multus/multus.sock", asked]
        );
        try
        {
            await Wait.Until("it listens", () => File.Exists($"{Host}/run/multus/multus.sock"));
            var installing = Task.Run(() => Run("install"));
            await Wait.Until("it has been asked", () => File.Exists(asked) || installing.IsCompleted);
            Assert.False(installing.IsCompleted);
            Assert.False(File.Exists($"{Host}/opt/cni/bin/multus-shim"));

            other.Kill();

            var run = await Wait.For("the end of install", installing);
            Assert.Equal(0, run.ExitCode);
            Assert.Contains("the daemon of the other Multus has ended", run.Stdout, StringComparison.Ordinal);
            Assert.True(File.Exists($"{Host}/opt/cni/bin/multus-shim"));
        }
        finally
        {
            other.Kill();
            await other.WaitForExitAsync();
        }
    }

    [PluginFact("bridge", "host-local")]
    public async Task Uninstall_refuses_while_a_pod_has_further_networks_and_gives_the_node_back_when_it_has_not()
    {
        Node.With("clusterNetwork", Node.ClusterNetwork(Node.Networks.Bridge("cluster", "cni0", Node.ClusterSubnet)));
        Node.Manifests.Network("one", Node.Networks.Bridge("one", "br1", "10.1.0.0/16"));
        var pod = Node.Pod("one");
        var net = Directory.CreateDirectory(Path.Combine(Node.Folders.Root, "net.d")).FullName;
        var bin = Directory.CreateDirectory(Path.Combine(Node.Folders.Root, "shims")).FullName;
        var file = Path.Combine(net, "00-multus.conf");
        var content = """{"cniVersion":"1.0.0","name":"multus-cni-network","type":"multus-shim"}""";
        Node.With("runtimeConfigFile", Node.Folders.Write("given/00-multus.conf", content)).With("cniConfigDir", net);
        await Node.StartDaemon();
        (await Node.Add(pod)).Succeeded();
        File.Copy(Binaries.Shim, Path.Combine(bin, "multus-shim"));
        string[] places = [$"--cni-dir={Node.Folders.CniDir}", $"--conf-dir={net}", $"--bin-dir={bin}"];

        var refused = ProcessTool.Try(Binaries.Daemon, ["uninstall", .. places]);

        Assert.Equal(75, refused.ExitCode);
        Assert.Contains($"still attached: {pod.Namespace}/{pod.Name}", refused.Stdout, StringComparison.Ordinal);
        Assert.Contains("net1 in one", refused.Stdout, StringComparison.Ordinal);
        Assert.True(File.Exists(file));

        (await Node.Del(pod)).Succeeded();
        var given = ProcessTool.Try(Binaries.Daemon, ["uninstall", .. places]);

        Assert.Equal(0, given.ExitCode);
        Assert.False(File.Exists(file) || File.Exists(Path.Combine(bin, "multus-shim")));
        await Node.Log.Line("was removed from this node with uninstall"); // the daemon that runs does not bring it back
        Assert.False(File.Exists(file));
    }

    [RootFact]
    public async Task Uninstall_beside_the_installer_of_thin_mode_leaves_the_program_that_its_configuration_names()
    {
        var conf = $"{Host}{Conf}";
        Node.Folders.Write("host/etc/cni/net.d/10-cluster.conf", """{"cniVersion":"1.0.0","name":"n","type":"x"}""");
        Node.Folders.Write("account/token", "a token");
        Node.Folders.Write("account/ca.crt", "a CA");
        var start = new System.Diagnostics.ProcessStartInfo(
            Binaries.Thin,
            [
                "install",
                $"--bin-dir={Host}/opt/cni/bin",
                $"--cni-conf-dir={Host}/etc/cni/net.d",
                $"--service-account-dir={Path.Combine(Node.Folders.Root, "account")}",
            ]
        );
        start.Environment["KUBERNETES_SERVICE_HOST"] = "10.0.0.1";
        start.Environment["KUBERNETES_SERVICE_PORT"] = "443";
        using var installer = System.Diagnostics.Process.Start(start)!;
        try
        {
            await Wait.Until("it keeps the runtime's file", () => File.Exists(conf));

            var beside = GiveBack();

            Assert.Equal(70, beside.ExitCode);
            Assert.Contains("delete its DaemonSet, and run uninstall again", beside.Stderr, StringComparison.Ordinal);
            Assert.True(File.Exists(conf) && File.Exists($"{Host}/opt/cni/bin/multus"));
        }
        finally
        {
            installer.Kill();
            await installer.WaitForExitAsync();
        }

        Assert.Equal(0, GiveBack().ExitCode);
        Assert.False(File.Exists(conf) || File.Exists($"{Host}/opt/cni/bin/multus"));
    }

    [PluginFact("bridge", "host-local")]
    public async Task Uninstall_carries_out_the_stored_DELs_when_no_daemon_does()
    {
        Node.With("clusterNetwork", Node.ClusterNetwork(Node.Networks.Bridge("cluster", "cni0", Node.ClusterSubnet)));
        Node.Manifests.Network("one", Node.Networks.Bridge("one", "br1", "10.1.0.0/16"));
        var pod = Node.Pod("one");
        var daemon = await Node.StartDaemon();
        (await Node.Add(pod)).Succeeded();
        await daemon.Kill();
        (await Node.Del(pod)).Succeeded(); // by the shim: it is stored
        Assert.Single(Node.Folders.PendingFiles());
        var bin = Directory.CreateDirectory(Path.Combine(Node.Folders.Root, "shims")).FullName;
        File.Copy(Binaries.Shim, Path.Combine(bin, "multus-shim"));

        var run = ProcessTool.Try(
            Binaries.Daemon,
            "uninstall",
            $"--cni-dir={Node.Folders.CniDir}",
            $"--conf-dir={Node.Folders.Root}",
            $"--bin-dir={bin}",
            $"--socket-dir={Node.Folders.SocketDir}",
            $"--config={Path.Combine(Node.Folders.Root, "daemon-config.json")}",
            "--force"
        );

        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
        Assert.Contains("the stored DELs are carried out here", run.Stdout, StringComparison.Ordinal);
        Assert.Contains($"of sandbox {pod.Sandbox} carried out", run.Stdout, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(bin));
        Assert.DoesNotContain(Node.Folders.CniFiles(), file => !file.StartsWith('.'));
        Assert.Empty(Node.Folders.Addresses());
        Assert.Empty(pod.Links());
    }

    [RootFact]
    public async Task Probes_answer_for_the_daemon_that_runs_and_say_when_none_does()
    {
        var daemon = await Node.StartDaemon();
        var config = Path.Combine(Node.Folders.Root, "daemon-config.json");

        var ready = ProcessTool.Try(Binaries.Daemon, "ready", "-config", config);
        Assert.Equal(0, ready.ExitCode);
        using (var body = JsonDocument.Parse(ready.Stdout))
            Assert.True(body.RootElement.GetProperty("ready").GetBoolean());

        await daemon.Kill();
        var health = ProcessTool.Try(Binaries.Daemon, "health", "-config", config);
        Assert.Equal(1, health.ExitCode);
        Assert.Contains($"nobody answers on {Node.Folders.Socket}", health.Stdout, StringComparison.Ordinal);
    }

    private ToolResult Run(string command, params string[] more) =>
        ProcessTool.Try(
            Binaries.Daemon,
            [command, "--host-root", Host, .. more.Contains("--source") ? [] : new[] { "--source", Programs }, .. more]
        );

    private ToolResult GiveBack() => ProcessTool.Try(Binaries.Daemon, "uninstall", "--host-root", Host);

    private static string Programs => Path.GetDirectoryName(Binaries.Daemon)!;

    private static List<string?> Steps(ToolResult run)
    {
        using var report = JsonDocument.Parse(run.Stdout);
        Assert.True(report.RootElement.GetProperty("ok").GetBoolean());
        return [.. report.RootElement.GetProperty("steps").EnumerateArray().Select(step => step.GetString())];
    }
}
