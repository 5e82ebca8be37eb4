using System.Collections.Immutable;
using System.Text.Json;
using Multus.Actors.Cluster;
using Multus.Cni;
using Multus.Core.Devices;
using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.Engine.Requests;
using Multus.Kubernetes.Kubelet;

namespace Multus.Actors.Tests.Sandboxes;

/// <summary>
/// Networks that take devices, from the kubelet's answer to what plugin and network-status are told (attach.md §9;
/// user-pain 22, 37).
/// </summary>
public class DeviceAttachTests : DeviceFixture
{
    [Fact]
    public async Task Two_containers_two_devices_each_two_networks_and_a_hundred_sandboxes_always_the_same()
    {
        (await StartKubeletAsync())
            .With("ns", "pod", "main", Vf, "0000:03:02.3", "0000:03:02.1")
            .With("ns", "pod", "side", Vf, "0000:03:02.0", "0000:03:02.2");
        foreach (var function in Enumerable.Range(0, 4))
            DescribeDevice(Vf, $"0000:03:02.{function}");
        PodAsksFor("""[{"name":"second","device-container":"side"},{"name":"third"}]""");

        for (var restart = 0; restart < 100; restart++)
        {
            Given.Clear();
            var sandboxes = Sandboxes(); // also the daemon's memory is gone
            Assert.IsType<CniReply.Attached>(await Attach(sandboxes, $"c{restart}"));

            Assert.Equal(["second 0000:03:02.0", "third 0000:03:02.1"], Given.Order(StringComparer.Ordinal));
            Assert.Equal(["ns/second 0000:03:02.0", "ns/third 0000:03:02.1"], InStatus());
            Assert.IsType<CniReply.Done>(await Detach(sandboxes, $"c{restart}"));
        }
    }

    [Fact]
    public async Task The_kubelet_is_asked_once_for_all_networks_and_not_at_all_for_networks_without_devices()
    {
        (await StartKubeletAsync()).With("ns", "pod", "main", Vf, "a", "b");
        Assert.IsType<CniReply.Attached>(await Attach(Sandboxes()));
        Assert.Equal(["Get"], Kubelet.Calls);

        PodAsksFor("second,third", second: "", third: "");
        Assert.IsType<CniReply.Attached>(await Attach(Sandboxes(), "c2"));
        Assert.Equal(["Get"], Kubelet.Calls);
    }

    [Fact]
    public async Task A_hundred_pods_at_once_cost_a_kubelet_without_Get_two_lists()
    {
        (await StartKubeletAsync()).With("ns", "pod", "main", Vf, "a", "b");
        Kubelet.GetFails = (12, "unknown method Get");
        await Devices!.ReadAsync(new PodKey("ns", "pod"), "u1", CancellationToken.None); // now it is known that there is no Get
        Kubelet.Calls.Clear();
        var asked = new AskedDevices(Devices, 100);
        Devices = asked;
        Kubelet.BeforeList = () => asked.ByAll;
        var sandboxes = Sandboxes(maxAttaching: 100);

        var replies = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Attach(sandboxes, $"c{i}")));

        Assert.All(replies, reply => Assert.IsType<CniReply.Attached>(reply));
        Assert.Equal(["List", "List"], Kubelet.Calls);
    }

    [Fact]
    public async Task Edge_100_a_node_without_kubelet_and_checkpoint_is_told_to_try_again_and_runs_nothing()
    {
        Devices = DevicesOfKubelet();

        var refused = Assert.IsType<CniReply.Refused>(await Attach(Sandboxes()));

        Assert.Equal(CniErrorCode.TryAgainLater, refused.Error.Code);
        Assert.Contains(
            $"error reading file {KubeletDir}/device-plugins/kubelet_internal_checkpoint",
            refused.Error.Message,
            StringComparison.Ordinal
        );
        Assert.Empty(Plugins.Calls);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task A_kubelet_that_fails_is_an_error_with_its_words_and_nothing_runs()
    {
        await StartKubeletAsync();
        (Kubelet.GetFails, Kubelet.ListFails) = ((2, "no"), (13, "out of order"));

        var refused = Assert.IsType<CniReply.Refused>(await Attach(Sandboxes()));

        Assert.Equal(CniErrorCode.TryAgainLater, refused.Error.Code);
        Assert.Contains(
            "pod ns/pod has: out of order (gRPC status Internal)",
            refused.Error.Message,
            StringComparison.Ordinal
        );
        Assert.Empty(Plugins.Calls);
    }

    [Fact]
    public async Task A_pod_with_fewer_devices_than_networks_is_refused_before_anything_runs()
    {
        (await StartKubeletAsync()).With("ns", "pod", "main", Vf, "a");

        var refused = Assert.IsType<CniReply.Refused>(await Attach(Sandboxes()));

        Assert.Equal(
            (
                CniErrorCode.InvalidNetworkConfig,
                "network ns/third takes a device of vendor.com/vf, and the pod has none left"
            ),
            (refused.Error.Code, refused.Error.Message)
        );
        Assert.Empty(Plugins.Calls);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task Without_anybody_to_ask_a_network_that_takes_a_device_is_refused_and_the_key_to_set_is_named()
    {
        var refused = Assert.IsType<CniReply.Refused>(await Attach(Sandboxes()));

        Assert.Contains("this daemon asks no kubelet", refused.Error.Message, StringComparison.Ordinal);
        Assert.Contains("'kubeletDir'", refused.Error.Details, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_runtime_that_says_no_UID_leaves_it_to_the_pod_object()
    {
        Temp.File(
            "kubelet/device-plugins/kubelet_internal_checkpoint",
            """
            {"Data":{"PodDeviceEntries":[{"PodUID":"u1","ContainerName":"main","ResourceName":"vendor.com/vf","DeviceIDs":{"0":["b","a"]}}]},"Checksum":1}
            """
        );
        Devices = DevicesOfKubelet();
        var request = Request() with { Pod = new PodIdentity("ns", "pod", "", "") };

        Assert.IsType<CniReply.Attached>(
            await Sandboxes()
                .Ask<CniReply>(new CniRequest.Attach(request, CancellationToken.None), Patience, CancellationToken.None)
        );

        Assert.Equal(["second a", "third b"], Given.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Status_asks_no_kubelet_though_the_cluster_network_takes_a_device()
    {
        await StartKubeletAsync();
        ExtraKeys += ",\"clusterNetwork\":\"second\"";
        Cluster = question =>
            question is ClusterProtocol.FindNetworks
                ? new ClusterProtocol.NetworksReply.Found(
                    ImmutableDictionary<NetworkKey, NetworkAttachmentDefinition>.Empty.Add(
                        new NetworkKey("kube-system", "second"),
                        new NetworkAttachmentDefinition(
                            new NetworkKey("kube-system", "second"),
                            """{"cniVersion":"1.0.0","type":"second"}""",
                            ImmutableDictionary<string, string>.Empty.Add(
                                NetworkAttachmentDefinition.ResourceNameAnnotation,
                                Vf
                            )
                        )
                    )
                )
                : null;

        Assert.IsType<CniReply.Done>(await Status(Sandboxes()));
        Assert.Empty(Kubelet.Calls);
    }

    private IEnumerable<string> InStatus()
    {
        using var status = JsonDocument.Parse(Published);
        return
        [
            .. status
                .RootElement.EnumerateArray()
                .Where(entry => entry.TryGetProperty("device-info", out _))
                .Select(entry =>
                    $"{entry.GetProperty("name").GetString()} {entry.GetProperty("device-info").GetProperty("pci").GetProperty("pci-address").GetString()}"
                ),
        ];
    }

    /// <summary>Says when so many have asked.</summary>
    private sealed class AskedDevices(IDeviceSource devices, int expected) : IDeviceSource
    {
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _asked;

        public Task ByAll => _all.Task;

        public Task<ImmutableArray<PodDevice>> ReadAsync(PodKey pod, string uid, CancellationToken cancel)
        {
            var reading = devices.ReadAsync(pod, uid, cancel);
            if (Interlocked.Increment(ref _asked) == expected)
                _all.SetResult();
            return reading;
        }
    }
}
