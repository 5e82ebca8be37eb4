using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Engine.Requests;
using Multus.Kubernetes.Api;
using Multus.Kubernetes.Api.Configuration;
using Multus.Kubernetes.Kubelet;
using Multus.TestCluster;
using Multus.TestCluster.Objects;

namespace Multus.Actors.Tests.Sandboxes;

/// <summary>
/// Networks that take devices of ResourceClaims, with the kubelet and an API server both telling of them (user-pain
/// 38).
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit disposes of it through IAsyncLifetime")]
public class ClaimAttachTests : DeviceFixture, IAsyncLifetime
{
    private const string Driver = "sriov.example.com";
    private TestApiServer _server = null!;
    private ApiCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _server = await TestApiServer.StartAsync();
        var access = Kubeconfig.Read(_server.FilesIn(Temp["client"]).KubeconfigWithToken(_server.Access.IssueToken()));
        _cluster = new ApiCluster(
            access,
            new ApiClusterSettings("node-1", "1.2.3"),
            null,
            _ => null,
            TimeProvider.System,
            new Random(1),
            NullLogger<ApiCluster>.Instance
        );
        await StartKubeletAsync();
        Devices = new JoinedDevices([Devices!, _cluster.ClaimedDevices]);
        _server.Objects.Create(
            ResourceType.Pods,
            TestObjects.Pod("ns", "pod", "second,third", "node-1", "u1").WithClaim("net", "pod-net-x1", "main")
        );
        _server.Objects.Create(
            ResourceType.ResourceSlices,
            TestClaims.Slice(
                "slice",
                "node-1",
                Driver,
                "node-1",
                1,
                ("vf-0", [("k8s.cni.cncf.io/deviceID", "0000:03:02.0"), ("k8s.cni.cncf.io/resourceName", Vf)]),
                ("vf-1", [("k8s.cni.cncf.io/deviceID", "0000:03:02.1"), ("k8s.cni.cncf.io/resourceName", Vf)])
            )
        );
    }

    public async Task DisposeAsync()
    {
        _cluster.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Edge_177_a_pod_with_a_claim_of_a_template_gets_its_devices()
    {
        AddClaim("vf-0", "vf-1");

        Assert.IsType<CniReply.Attached>(await Attach(Sandboxes()));

        Assert.Equal(["second 0000:03:02.0", "third 0000:03:02.1"], Given.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_claim_s_device_and_a_device_plugin_s_go_to_the_networks_that_name_them()
    {
        AddClaim("vf-1");
        Kubelet.With("ns", "pod", "main", "vendor.com/other", "0000:05:00.2");
        PodAsksFor("second,third", third: "vendor.com/other");

        Assert.IsType<CniReply.Attached>(await Attach(Sandboxes()));

        Assert.Equal(["second 0000:03:02.1", "third 0000:05:00.2"], Given.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_one_device_of_a_claim_is_not_given_twice_once_by_the_claim_s_name_and_once_by_its_resource()
    {
        AddClaim("vf-0");
        Kubelet.WithAllocated("ns", "pod", "main", "pod-net-x1", $"{Driver}/node-1/vf-0", "vendor.com/vf=0000-03-02-0");
        PodAsksFor("second,third", second: "pod-net-x1");

        var refused = Assert.IsType<CniReply.Refused>(await Attach(Sandboxes()));

        Assert.Equal(
            "network ns/third takes a device of vendor.com/vf, and the pod has none left",
            refused.Error.Message
        );
        Assert.Empty(Plugins.Calls);
    }

    [Fact]
    public async Task A_cluster_without_the_API_gives_a_device_plugin_s_devices_as_ever()
    {
        _server.Objects.Install(ResourceType.ResourceClaims, isInstalled: false);
        Kubelet.With("ns", "pod", "main", Vf, "a", "b");

        Assert.IsType<CniReply.Attached>(await Attach(Sandboxes()));

        Assert.Equal(["second a", "third b"], Given.Order(StringComparer.Ordinal));
    }

    private void AddClaim(params string[] devices) =>
        _server.Objects.Create(
            ResourceType.ResourceClaims,
            TestClaims.Claim("ns", "pod-net-x1", [.. devices.Select(device => $"vfs {Driver}/node-1/{device}")])
        );
}
