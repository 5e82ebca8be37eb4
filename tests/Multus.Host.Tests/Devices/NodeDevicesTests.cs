using Microsoft.Extensions.Logging.Abstractions;
using Multus.Core.Devices;
using Multus.Core.Pods;
using Multus.Kubernetes.Api;
using Multus.Kubernetes.Api.Configuration;
using Multus.Kubernetes.Folder;
using Multus.Kubernetes.Kubelet;
using Multus.TestSupport;

namespace Multus.Host.Tests.Devices;

/// <summary>Whose kubelet is asked, in which cluster.</summary>
public sealed class NodeDevicesTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void In_a_cluster_of_manifests_no_kubelet_is_asked_unless_one_is_named()
    {
        using var devices = NodeDevices.Of("", Folder(), TimeProvider.System, NullLoggerFactory.Instance);

        Assert.Null(devices.Source);
    }

    [Fact]
    public async Task The_kubelet_that_is_named_is_asked()
    {
        _temp.File(
            "kubelet/device-plugins/kubelet_internal_checkpoint",
            """
            {"Data":{"PodDeviceEntries":[{"PodUID":"u1","ContainerName":"main","ResourceName":"vendor.com/vf","DeviceIDs":{"0":["a"]}}]},"Checksum":1}
            """
        );
        using var devices = NodeDevices.Of(_temp["kubelet"], Folder(), TimeProvider.System, NullLoggerFactory.Instance);

        var found = await devices.Source!.ReadAsync(new PodKey("ns", "pod"), "u1", CancellationToken.None);

        Assert.Equal(new PodDevice("main", "vendor.com/vf", "a"), Assert.Single(found));
    }

    [Fact]
    public void With_an_API_server_the_usual_kubelet_and_the_claims_are_asked()
    {
        var kubeconfig = _temp.File(
            "kubeconfig",
            """
            apiVersion: v1
            kind: Config
            current-context: c
            contexts: [{name: c, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
            users: [{name: u, user: {token: t}}]
            """
        );
        using var cluster = new ApiCluster(
            Kubeconfig.Read(kubeconfig),
            new ApiClusterSettings("node-1", "1"),
            null,
            _ => null,
            TimeProvider.System,
            new Random(1),
            NullLogger<ApiCluster>.Instance
        );
        using var devices = NodeDevices.Of("", cluster, TimeProvider.System, NullLoggerFactory.Instance);

        Assert.IsType<JoinedDevices>(devices.Source);
    }

    private FolderCluster Folder() =>
        new(
            new FolderClusterSettings(_temp.Folder("manifests"), _temp["status"]),
            NullLogger<FolderCluster>.Instance,
            TimeProvider.System
        );
}
