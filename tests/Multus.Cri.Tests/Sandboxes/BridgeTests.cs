using Grpc.Core;
using Multus.Cri.Tests.Protocol;
using Multus.Cri.Tests.Runtimes;
using Multus.TestSupport;

namespace Multus.Cri.Tests.Sandboxes;

/// <summary>
/// The runtime with the distribution's own bridge plugin, and nothing of ours: what the other tests here rest on.
/// </summary>
public sealed class BridgeTests : IAsyncLifetime
{
    private const int Addresses = 5; // of a /29, without network, gateway and broadcast

    private Containerd _runtime = null!; // set before the test begins

    public async Task InitializeAsync() => _runtime = await Containerd.StartAsync(Requirements.PluginFolder, Network);

    public async Task DisposeAsync() => await _runtime.DisposeAsync();

    [RootFact]
    public async Task A_sandbox_runs_is_ready_with_its_address_and_goes_without_a_trace()
    {
        var id = await _runtime.RunAsync("p1", Guid.NewGuid().ToString());
        var running = await _runtime.InspectAsync(id);
        Assert.True(running.IsReady);
        Assert.StartsWith("10.97.0.", running.Ip, StringComparison.Ordinal);
        Assert.Equal([$"eth0 {running.Ip}"], running.Links());
        Assert.Equal(
            ["file", "mount", "process", "shim"],
            _runtime.Remains().Select(what => what.Split(' ')[0]).Distinct().Order(StringComparer.Ordinal)
        ); // they are seen

        await _runtime.Cri.StopPodSandboxAsync(id);
        Assert.False((await _runtime.InspectAsync(id)).IsReady);
        await _runtime.Cri.RemovePodSandboxAsync(id);

        var gone = await Assert.ThrowsAsync<RpcException>(() => _runtime.InspectAsync(id));
        Assert.Equal(StatusCode.NotFound, gone.StatusCode);
        Assert.Empty(_runtime.Remains());
        Assert.Equal(["br0"], _runtime.Node.Links());
        Assert.Empty(AddressesInUse());
    }

    [RootFact]
    public async Task Sandboxes_started_at_once_each_have_their_own_address()
    {
        var ids = await Task.WhenAll(
            Enumerable.Range(0, Addresses).Select(i => _runtime.RunAsync($"p{i}", Guid.NewGuid().ToString()))
        );

        var sandboxes = await Task.WhenAll(ids.Select(_runtime.InspectAsync));

        Assert.All(sandboxes, sandbox => Assert.True(sandbox.IsReady));
        Assert.Equal(Addresses, sandboxes.Select(sandbox => sandbox.Ip).Distinct().Count());
        Assert.Equal(Addresses, AddressesInUse().Count());
    }

    [RootFact]
    public async Task What_the_plugin_refuses_is_the_answer_and_no_sandbox_is_left()
    {
        await Task.WhenAll(
            Enumerable.Range(0, Addresses).Select(i => _runtime.RunAsync($"p{i}", Guid.NewGuid().ToString()))
        );

        var refused = await Assert.ThrowsAsync<RpcException>(() =>
            _runtime.RunAsync("late", Guid.NewGuid().ToString())
        );

        Assert.Contains("no IP addresses available", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(await _runtime.Cri.ListPodSandboxAsync(), sandbox => sandbox.Metadata.Name == "late");
    }

    private static Dictionary<string, string> Network(ContainerdFolders folders) =>
        new()
        {
            ["10-test.conflist"] = $$$"""
                {"cniVersion":"0.4.0","name":"net","plugins":[{"type":"bridge","bridge":"br0",
                  "ipam":{"type":"host-local","dataDir":"{{{folders.Ipam}}}","ranges":[[{"subnet":"10.97.0.0/29"}]]}}]}
                """,
        };

    private IEnumerable<string> AddressesInUse() =>
        Directory
            .EnumerateFiles(_runtime.Folders.Ipam, "*", SearchOption.AllDirectories)
            .Where(file => char.IsAsciiDigit(Path.GetFileName(file)[0]));
}
