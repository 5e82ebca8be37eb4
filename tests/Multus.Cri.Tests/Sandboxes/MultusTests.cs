using Grpc.Core;
using Multus.Cri.Tests.Nodes;
using Multus.Cri.Tests.Protocol;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.Cri.Tests.Sandboxes;

/// <summary>
/// The shim as the CNI plugin of a real container runtime, the daemon behind it, pods that the cluster knows.
/// </summary>
public sealed class MultusTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Crowd = 50;
    private const int Kills = 6; // in the ADDs, and as many in the DELs

    private static readonly string[] Asked = ["eth0", "net1", "net2"];

    private MultusNode _node = null!; // set before the test begins
    private Kubelet _kubelet = null!;

    public async Task InitializeAsync()
    {
        _node = await MultusNode.StartAsync();
        _kubelet = new Kubelet(_node);
        _node.AddNetwork("one", "10.1.0.0/16");
        _node.AddNetwork("two", "10.2.0.0/16");
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        output.WriteLine(string.Join('\n', _kubelet.Refusals));
        output.WriteLine(_node.Log.ToString());
    }

    [PluginFact("bridge", "host-local")]
    public void A_runtime_that_is_too_old_for_the_configuration_is_said_to_be_by_one_command()
    {
        var folder = _node.State.Folder("too-new.d");
        File.WriteAllText(
            Path.Combine(folder, "00-multus.conf"),
            """{"cniVersion":"1.1.0","name":"multus-cni-network","type":"multus-shim"}"""
        );
        var configuration = _node.State.Write(
            "ctl.json",
            $$"""
            {"socketDir":"{{_node.State.SocketDir}}","cniDir":"{{_node.State.CniDir}}","multusConfigFile":"auto",
             "cniConfigDir":"{{folder}}","containerRuntimeSocket":"{{_node.Runtime.Folders.Socket}}"}
            """
        );

        var ran = ProcessTool.Try(Binaries.Ctl, "explain", "default/never-seen", "--config", configuration);

        Assert.Equal(1, ran.ExitCode);
        Assert.Contains(
            "00-multus.conf has cniVersion 1.1.0, and the container runtime knows none above 1.0.0",
            ran.Stdout,
            StringComparison.Ordinal
        );
        Assert.Contains("Set cniVersion to 1.0.0", ran.Stdout, StringComparison.Ordinal);
    }

    [PluginFact("bridge", "host-local")]
    public async Task A_sandbox_has_the_networks_that_its_pod_asks_for_and_goes_without_a_trace()
    {
        var uid = _node.AddPod("p1", "one,two");

        var id = await _node.Runtime.RunAsync("p1", uid);

        var sandbox = await _node.Runtime.InspectAsync(id);
        Assert.True(sandbox.IsReady);
        Assert.StartsWith("10.96.", sandbox.Ip, StringComparison.Ordinal);
        Assert.Collection(
            sandbox.Links(),
            eth0 => Assert.Equal($"eth0 {sandbox.Ip}", eth0),
            net1 => Assert.StartsWith("net1 10.1.", net1, StringComparison.Ordinal),
            net2 => Assert.StartsWith("net2 10.2.", net2, StringComparison.Ordinal)
        );
        Assert.Equal(Asked, _node.Status("p1"));

        await _node.Runtime.Cri.StopPodSandboxAsync(id);
        Assert.False((await _node.Runtime.InspectAsync(id)).IsReady);
        Assert.Empty(_node.State.OfPods());
        await _node.Runtime.Cri.StopPodSandboxAsync(id); // kubelet stops more than once
        await _node.Runtime.Cri.RemovePodSandboxAsync(id);

        Assert.Empty(_node.Remains());
    }

    [PluginFact("bridge", "host-local")]
    public async Task The_runtime_shows_that_it_has_taken_our_configuration_of_the_two_that_are_there()
    {
        var status = await _node.Runtime.Cri.StatusAsync();

        Assert.True(status.Status.Conditions.Single(condition => condition.Type == "NetworkReady").Status);
        Assert.Contains("multus-cni-network", status.Info["cniconfig"], StringComparison.Ordinal);
        Assert.DoesNotContain("br-cluster", status.Info["cniconfig"], StringComparison.Ordinal);
    }

    [PluginFact("bridge", "host-local", "portmap")]
    public async Task Ports_of_the_node_lead_to_the_pod_through_its_cluster_network_until_it_goes()
    {
        _node.MapPorts();
        var uid = _node.AddPod("p1", "one");

        var id = await _node.Runtime.RunAsync(
            "p1",
            uid,
            ports: new PortMapping { HostPort = 18080, ContainerPort = 80 }
        );

        var ip = (await _node.Runtime.InspectAsync(id)).Ip;
        Assert.EndsWith(
            $"DNAT --to-destination {ip}:80",
            Assert.Single(
                _node.Translations().Split('\n'),
                rule => rule.Contains("--dport 18080 -j DNAT", StringComparison.Ordinal)
            ),
            StringComparison.Ordinal
        );
        await _kubelet.RemoveAsync(id);
        Assert.DoesNotContain("18080", _node.Translations(), StringComparison.Ordinal);
        Assert.Empty(_node.Remains());
    }

    [PluginFact("bridge", "host-local")]
    public async Task A_pod_that_asks_for_a_network_that_is_not_there_gets_no_sandbox_and_the_reason()
    {
        var uid = _node.AddPod("p1", "one,none");

        var refused = await Assert.ThrowsAsync<RpcException>(() => _node.Runtime.RunAsync("p1", uid));

        Assert.Contains(
            "cannot find a network-attachment-definition (none)",
            refused.Message,
            StringComparison.Ordinal
        );
        var request = refused.Message.Split("request ")[^1].Split('"', ' ', '(')[0];
        Assert.Contains(_node.Log.Lines, line => line.Contains($"(request {request})", StringComparison.Ordinal)); // README: the error names the request, the log has it
        Assert.DoesNotContain(
            await _node.Runtime.Cri.ListPodSandboxAsync(),
            sandbox => sandbox.State == PodSandboxState.SandboxReady
        );
        Assert.Empty(_node.Remains());
    }

    [PluginFact("bridge", "host-local")]
    public async Task A_sandbox_stopped_and_removed_while_the_daemon_is_away_is_detached_when_it_is_back()
    {
        var id = await _node.Runtime.RunAsync("p1", _node.AddPod("p1", "one,two"));
        await _node.Daemon.Kill();

        await _kubelet.RemoveAsync(id);

        Assert.NotEmpty(_node.State.OfPods());
        await _node.StartDaemonAsync();
        await Wait.Until("nothing is left", () => _node.Remains().Count == 0, () => string.Join('\n', _node.Remains()));
    }

    [PluginFact("bridge", "host-local")]
    public async Task Fifty_sandboxes_at_once_have_all_their_networks_and_go_without_a_trace_though_the_daemon_is_killed_again_and_again()
    {
        string[] names = [.. Enumerable.Range(0, Crowd).Select(i => $"p{i}")];
        var uids = names.ToDictionary(name => name, name => _node.AddPod(name, "one,two"));

        var ids = await WhileTheDaemonIsKilledAsync(
            names,
            async name =>
            {
                var id = await _kubelet.RunAsync(name, uids[name]);
                await RequireWholeAsync(id); // from the moment on in which it is ready
                return id;
            }
        );

        foreach (var id in ids)
            await RequireWholeAsync(id);
        var ready = (await _node.Runtime.Cri.ListPodSandboxAsync())
            .Where(sandbox => sandbox.State == PodSandboxState.SandboxReady)
            .Select(sandbox => sandbox.Id);
        Assert.Equal(ids.Order(StringComparer.Ordinal), ready.Order(StringComparer.Ordinal)); // and no other, of attempts that failed

        await Wait.Until(
            "every pod has its status",
            () => names.All(name => _node.Status(name)?.Count == Asked.Length),
            () => string.Join(' ', names.Where(name => _node.Status(name) is null))
        );

        await WhileTheDaemonIsKilledAsync(
            ids,
            async id =>
            {
                await _kubelet.RemoveAsync(id);
                return id;
            }
        );

        await Wait.Until("nothing is left", () => _node.Remains().Count == 0, () => string.Join('\n', _node.Remains()));
    }

    private async Task RequireWholeAsync(string id)
    {
        var sandbox = await _node.Runtime.InspectAsync(id);
        Assert.True(sandbox.IsReady);
        var links = sandbox.Links();
        Assert.Equal(Asked, links.Select(link => link.Split(' ')[0]));
        Assert.All(links, link => Assert.Contains(' ', link)); // each with its address
    }

    /// <summary>
    /// Does all at once. As they end, the daemon is killed in the middle of the others: by SIGKILL, by SIGTERM, and so
    /// on.
    /// </summary>
    private async Task<IReadOnlyList<string>> WhileTheDaemonIsKilledAsync(
        IReadOnlyList<string> items,
        Func<string, Task<string>> action
    )
    {
        var ended = 0;
        var all = Task.WhenAll(
            items.Select(async item =>
            {
                var result = await action(item);
                Interlocked.Increment(ref ended);
                return result;
            })
        );
        for (var kill = 1; kill <= Kills && !all.IsFaulted; kill++)
        {
            var due = items.Count * kill / (Kills + 1);
            await Wait.Until(
                $"{due} of {items.Count} have ended",
                () => Volatile.Read(ref ended) >= due || all.IsCompleted,
                () => $"{ended}\n{_node.Log}"
            );
            if (kill % 2 == 0)
                _node.Daemon.AskToStop();
            else
                _node.Daemon.KillNow();
            await _node.Daemon.Exited();
            await _node.StartDaemonAsync();
        }

        return await all;
    }
}
