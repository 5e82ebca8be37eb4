using System.Diagnostics.CodeAnalysis;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestCluster;
using Multus.TestCluster.Objects;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>The sample of a configuration with an API server, letter for letter, on a node where each file is where it says.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit disposes of it through IAsyncLifetime")]
public sealed class SampleTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Daemon = "/opt/bin/multus-daemon";

    private readonly DaemonLog _log = new();
    private Machine _machine = null!; // set before the test begins
    private DaemonProcess? _daemon;

    public async Task InitializeAsync()
    {
        _machine = new Machine();
        try
        {
            foreach (
                var plugin in ((string[])["bridge", "host-local", "macvlan"]).Where(plugin =>
                    Requirements.Plugins(plugin) is null
                )
            )
                _machine.Copy(Path.Combine(Requirements.PluginFolder, plugin), $"/opt/cni/bin/{plugin}");
            _machine.Copy(Binaries.Daemon, Daemon);
            _machine.Copy(Binaries.Shim, "/opt/cni/bin/multus-shim");
            _machine.Copy(Sample("00-multus.conf"), "/etc/cni/net.d/00-multus.conf");
            _machine.Copy(Sample("10-bridge.conf"), "/etc/cni/multus/net.d/10-bridge.conf");
            _machine.AddCard("eth0");
        }
        catch // xunit disposes of nothing that was not made whole
        {
            await DisposeAsync();
            throw;
        }
    }

    public async Task DisposeAsync()
    {
        _daemon?.Dispose();
        await _machine.DisposeAsync();
        output.WriteLine(_log.ToString());
    }

    [PluginFact("bridge", "host-local")]
    public async Task With_a_kubeconfig_pods_and_networks_come_from_the_API_server()
    {
        await using var server = await TestApiServer.StartAsync(
            new TestApiServerSettings { Bind = _machine.Network.Bind }
        );
        _machine.Write(
            "/etc/cni/net.d/multus.d/multus.kubeconfig",
            await File.ReadAllTextAsync(
                server.FilesIn(_machine["/tmp"]).KubeconfigWithToken(server.Access.IssueToken())
            )
        );
        server.Objects.Create(
            ResourceType.Networks,
            TestObjects.Network(
                "default",
                "one",
                """{"cniVersion":"1.0.0","name":"one","type":"bridge","bridge":"one0","ipam":{"type":"host-local","subnet":"10.1.0.0/16"}}"""
            )
        );
        var pod = new TestSandbox(
            "default",
            "pod",
            server.Objects.Create(ResourceType.Pods, TestObjects.Pod("default", "pod", "one")).Uid
        );
        _machine.AddSandbox(pod);
        await StartAsync("daemon-config-kubernetes.json");

        _machine.Shim("ADD", pod).Succeeded();

        Assert.Equal(["eth0", "net1"], _machine.Links(pod.Name));
    }

    private static string Sample(string file) => Path.Combine(DeployedFiles.Root, "deploy", "samples", file);

    private async Task StartAsync(string configuration)
    {
        _machine.Copy(Sample(configuration), "/etc/daemon-config.json");
        _daemon = new DaemonProcess([.. _machine.Enter, Daemon, "-config", "/etc/daemon-config.json"], [], _log);
        using var client = new DaemonClient(_machine["/run/multus/multus.sock"]);
        await Wait.Until(
            "the daemon is ready",
            async () =>
                !_daemon.HasExited
                    ? await client.IsFine("/readyz")
                    : throw new InvalidOperationException($"the daemon has ended:\n{_log}"),
            () => $"\n{_log}"
        );
    }
}
