using System.Net.Sockets;
using System.Text;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Daemons;

/// <summary>
/// What the kernel gives each process so much of and no more: one who uses it up harms no one but itself.
/// </summary>
public sealed class ShortageTests(ITestOutputHelper output) : NodeTest(output)
{
    private const int Pods = 24;

    [PidsCgroupFact]
    public async Task A_plugin_that_uses_up_all_processes_fails_ADDs_and_not_the_daemon()
    {
        using var group = new PidsCgroup();
        Node.Launcher = group.Launcher;
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", "hog", "1.0.0")))
            .WithJson("allowNoAddress", "true");
        var satisfied = Path.Combine(Node.Folders.Root, "satisfied");
        InstallHog(satisfied);
        var greedy = Node.Pod(name: "greedy");
        TestPod[] pods = [.. Enumerable.Range(0, Pods).Select(_ => Node.Pod())];
        var daemon = await Node.StartDaemon();
        group.Max = group.Current + 6;

        var failed = (await Node.Add(greedy)).Error();
        Assert.Contains("plugin hog", failed.Message, StringComparison.Ordinal);
        Assert.True(group.Current >= group.Max - 1, $"the plugin has left room: {group.Current} of {group.Max}");
        group.Max = group.Current; // its own shell has ended

        var adds = await Task.WhenAll(pods.Select(pod => Node.Add(pod)));

        Assert.All(adds, add => Assert.Equal(11u, add.Error().Code));
        Assert.Contains(
            $"Resource temporarily unavailable (EAGAIN); end what plugins have left running, or raise the limit of processes: pids.max of the daemon's cgroup is {group.Max}",
            Node.Log.ToString(),
            StringComparison.Ordinal
        );
        Assert.False(daemon.HasExited);
        Assert.True(await Node.Client.IsFine("/readyz"));

        File.WriteAllText(satisfied, "");
        group.KillAllBut(daemon.Id);
        group.Max += 16; // who was killed counts until it is reaped
        foreach (var pod in pods.Append(greedy))
            (await Node.Add(pod)).Succeeded();
        foreach (var pod in pods.Append(greedy))
            (await Node.Del(pod)).Succeeded();
        Assert.Empty(Node.Folders.CniFiles());
        Assert.Equal(0, await Stop(daemon));
    }

    [RootFact]
    public async Task Clients_that_do_not_send_their_request_leave_an_ADD_the_descriptors_that_it_needs()
    {
        Node.Launcher = ["prlimit", "--nofile=64:64"];
        Node.Hocon = "multus.server.read-timeout = 1h"; // they would hold what they have for longer than the ADD is waited for
        Node.Steered("plain");
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", "plain")));
        var pod = Node.Pod();
        var daemon = await Node.StartDaemon();
        List<Socket> clients = [];
        try
        {
            for (var i = 0; i < 60; i++)
                clients.Add(
                    await HalfRequest(
                        i % 2 == 0
                            ? "POST /cni HTTP/1.1\r\nHost: multus\r\nContent-Le"
                            : "POST /cni HTTP/1.1\r\nHost: multus\r\nContent-Length: 100\r\n\r\n{ "
                    )
                );

            (await Node.Add(pod)).Succeeded();
            (await Node.Del(pod)).Succeeded();
            Assert.True(await Node.Client.IsFine("/readyz"));
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }

        (await Node.Add(pod)).Succeeded();
        (await Node.Del(pod)).Succeeded();
        Assert.Contains(
            "the limit of open files (RLIMIT_NOFILE) is 64: only 16 clients are taken at once",
            Node.Log.ToString(),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("no connection can be taken", Node.Log.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await Stop(daemon));
    }

    private static Task<int> Stop(DaemonProcess daemon)
    {
        daemon.AskToStop();
        return daemon.Exited();
    }

    private async Task<Socket> HalfRequest(string half)
    {
        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(Node.Folders.Socket));
        await client.SendAsync(Encoding.ASCII.GetBytes(half));
        return client;
    }

    // The shell ends at the first process that it cannot make; those that it has made stay.
    private void InstallHog(string satisfied)
    {
        var hog = Path.Combine(Node.Folders.Plugins, "hog");
        File.WriteAllText(
            hog,
            $$"""
            #!/bin/sh
            [ "$CNI_COMMAND" = ADD ] || exit 0
            exec 3>&1 >/dev/null 2>&1
            while [ ! -e '{{satisfied}}' ]; do sleep 600 3>&- & done
            echo '{"cniVersion":"1.0.0","interfaces":[{"name":"eth0","sandbox":"/x"}]}' >&3
            """
        );
        File.SetUnixFileMode(hog, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
