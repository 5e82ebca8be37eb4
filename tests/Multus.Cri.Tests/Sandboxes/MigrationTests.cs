using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Multus.Cri.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.Cri.Tests.Sandboxes;

/// <summary>
/// Coming from upstream's Multus while pods start all the time: its daemon ends late, and takes the runtime's
/// configuration away as it does.
/// </summary>
public sealed class MigrationTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Pods = 6;

    // As upstream's daemon: no body at /healthz (wire-and-daemon.md §3), and at SIGTERM its socket goes first, its
    // configuration last. Whoever asks for a pod waits until its end.
    private const string UpstreamsDaemon = """
        my ($path, $conf, $gate) = @ARGV;
        my $socket = IO::Socket::UNIX->new(Local => $path, Listen => 99) or die "$path: $!";
        my ($told, @waiting) = (0);
        $SIG{TERM} = sub { $told = 1 };
        until ($told) {
            my $client = $socket->accept or next;
            sysread($client, my $request, 4096);
            if ($request =~ /^GET/) {
                syswrite($client, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            } else { push @waiting, $client }
        }
        unlink $path;
        undef @waiting;
        undef $socket;
        select(undef, undef, undef, 0.02) until -e $gate;
        unlink $conf;
        """;

    private MultusNode _node = null!; // set before the test begins

    private string Conf => Path.Combine(_node.Runtime.Folders.CniConfig, "00-multus.conf");

    public async Task InitializeAsync()
    {
        _node = await MultusNode.StartWithoutDaemonAsync(isAuto: true);
        _node.AddNetwork("one", "10.1.0.0/16");
        _node.AddNetwork("two", "10.2.0.0/16");
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        output.WriteLine(_node.Log.ToString());
    }

    [PluginFact("bridge", "host-local")]
    public async Task No_pod_starts_without_its_networks_though_upstreams_pod_ends_late_and_takes_the_configuration_away()
    {
        _node.State.Folder("run");
        var (gate, kubelet) = (Path.Combine(_node.State.Root, "gate"), new Kubelet(_node));
        using var upstream = Process.Start(
            "perl",
            ["-MIO::Socket::UNIX", "-e", UpstreamsDaemon, _node.State.Socket, Conf, gate]
        );
        try
        {
            await Wait.Until("upstream's daemon listens", () => File.Exists(_node.State.Socket));
            var installing = Task.Run(Install);
            await Wait.Until(
                "install waits for upstream's end",
                () => File.Exists(Path.ChangeExtension(Conf, ".conflist")) || installing.IsCompleted
            );
            Assert.False(installing.IsCompleted);
            var pods = Enumerable.Range(0, Pods).Select(i => StartAsync(kubelet, $"p{i}")).ToList();

            ProcessTool.Run("kill", "-TERM", upstream.Id.ToString(CultureInfo.InvariantCulture));
            await Wait.Until("its socket is gone", () => !File.Exists(_node.State.Socket));
            pods.Add(StartAsync(kubelet, "late"));
            await File.WriteAllTextAsync(gate, "");
            await Wait.Until("its configuration is gone", () => !File.Exists(Conf));
            pods.Add(StartAsync(kubelet, "later"));
            var installed = await Wait.For("the end of install", installing);
            Assert.True(installed.ExitCode == 0, installed.Stderr);
            await _node.StartDaemonAsync();

            var ids = await Task.WhenAll(pods);

            Assert.True(File.Exists(Conf));
            Assert.False(File.Exists(Path.ChangeExtension(Conf, ".conflist")));
            await kubelet.RemoveAsync(ids);
            await Wait.Until(
                "nothing is left",
                () => _node.Remains().Count == 0,
                () => string.Join('\n', _node.Remains())
            );
        }
        finally
        {
            if (!upstream.HasExited)
                upstream.Kill();
            await upstream.WaitForExitAsync();
            output.WriteLine(string.Join('\n', kubelet.Refusals));
        }
    }

    private ToolResult Install() =>
        ProcessTool.Try(
            Binaries.Daemon,
            "install",
            $"--bin-dir={_node.State.Plugins}",
            $"--conf-dir={_node.Runtime.Folders.CniConfig}",
            $"--cni-dir={_node.State.CniDir}",
            $"--socket-dir={_node.State.SocketDir}"
        );

    private async Task<string> StartAsync(Kubelet kubelet, string name)
    {
        var id = await kubelet.RunAsync(name, _node.AddPod(name, "one,two"));
        var links = (await _node.Runtime.InspectAsync(id)).Links();
        Assert.Equal(["eth0", "net1", "net2"], links.Select(link => link.Split(' ')[0]));
        return id;
    }
}
