using System.Diagnostics.CodeAnalysis;
using Multus.EndToEnd.Tests.Deployment;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;

namespace Multus.EndToEnd.Tests.Documents;

/// <summary>The page about a cluster in a folder, command by command, on a node with nothing but plugins.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit disposes of it through IAsyncLifetime")]
public sealed class WithoutKubernetesTests : IAsyncLifetime
{
    private readonly Machine _machine = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _machine.DisposeAsync();

    [PluginFact("bridge", "macvlan", "host-local")]
    public void A_pod_of_the_samples_is_attached_and_detached_as_the_page_says()
    {
        foreach (var plugin in (string[])["bridge", "macvlan", "host-local"])
            _machine.Copy(Path.Combine(Requirements.PluginFolder, plugin), $"/opt/cni/bin/{plugin}");
        _machine.AddCard("eth0");
        _machine.Run("mount", "-t", "tmpfs", "local", "/usr/local"); // the node's own: what the page installs there is not for this machine
        var workstation = new Workstation(_machine);
        workstation.Prepare(kubeconfig: null);
        _machine.Copy(Binaries.Daemon, $"{Workstation.Tree}/artifacts/multus-daemon");
        _machine.Copy(Binaries.Shim, $"{Workstation.Tree}/artifacts/multus-shim");
        const string path = "docs/guide/without-kubernetes.md";

        var printed = string.Concat(
            Page.Read(path)
                .Blocks.Where(block => block.Language == "sh" && !Exemptions.Has(block))
                .Select(block => workstation.Run(block.Text, $"{path}:{block.Line}"))
        );

        Assert.Contains("eth0\nlo\nnet1\nnet2\n", printed, StringComparison.Ordinal);
        Assert.Contains("\"name\": \"demo/macvlan-conf\"", printed, StringComparison.Ordinal);
        Assert.Empty(_machine.Files("/run/multus-status"));
        Assert.Empty(_machine.Files("/var/lib/cni/multus/results"));
    }
}
