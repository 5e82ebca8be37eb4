using Microsoft.Extensions.Logging.Abstractions;
using Multus.Core.Devices;
using Multus.Core.Pods;
using Multus.Kubernetes.Kubelet;
using Multus.TestSupport;

namespace Multus.Kubernetes.Tests.Kubelet;

public sealed class CheckpointDevicesTests : IDisposable
{
    private static readonly PodKey Pod = new("ns", "pod");
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Edge_171_175_without_a_socket_the_checkpoint_s_devices_of_the_UID_count_sorted_within_a_container()
    {
        Write(
            """
            {"Data":{"PodDeviceEntries":[
              {"PodUID":"u1","ContainerName":"main","ResourceName":"vendor.com/vf","DeviceIDs":{"1":["0000:03:02.3"],"0":["0000:03:02.0"]},"AllocResp":""},
              {"PodUID":"u2","ContainerName":"main","ResourceName":"vendor.com/vf","DeviceIDs":{"-1":["0000:03:02.1"]},"AllocResp":""},
              {"PodUID":"u1","ContainerName":"side","ResourceName":"vendor.com/gpu","DeviceIDs":["g1"],"AllocResp":""}],
             "RegisteredDevices":{}},"Checksum":7}
            """
        );

        Assert.Equal(
            [
                new PodDevice("main", "vendor.com/vf", "0000:03:02.0"),
                new PodDevice("main", "vendor.com/vf", "0000:03:02.3"),
                new PodDevice("side", "vendor.com/gpu", "g1"),
            ],
            await ReadAsync("u1")
        );
    }

    [Theory]
    [InlineData("""{"Data":{"PodDeviceEntries":null,"RegisteredDevices":{}},"Checksum":7}""")]
    [InlineData("""{"Data":{"PodDeviceEntries":[],"RegisteredDevices":{}},"Checksum":7}""")]
    public async Task A_node_that_has_given_out_nothing_has_no_devices(string checkpoint)
    {
        Write(checkpoint);

        Assert.Empty(await ReadAsync("u1"));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("""{"Data":{}}""")]
    [InlineData("""{"Data":{"PodDeviceEntries":[{"PodUID":"u1"}]}}""")]
    [InlineData("""{"Data":{"PodDeviceEntries":[{"PodUID":7}]}}""")]
    public async Task Edge_176_a_file_that_is_none_is_an_error_that_names_it(string checkpoint)
    {
        Write(checkpoint);

        Assert.Contains(
            "kubelet_internal_checkpoint is not a device checkpoint",
            (await Assert.ThrowsAsync<KubernetesException>(() => ReadAsync("u1"))).Message
        );
    }

    [Fact]
    public async Task Edge_171_176_a_missing_file_is_an_error_that_names_it() =>
        Assert.Contains(
            "error reading file",
            (await Assert.ThrowsAsync<KubernetesException>(() => ReadAsync("u1"))).Message
        );

    [Fact]
    public async Task Edge_176_a_pod_without_a_UID_cannot_be_found_in_a_checkpoint()
    {
        Write("""{"Data":{"PodDeviceEntries":[]}}""");

        await Assert.ThrowsAsync<KubernetesException>(() => ReadAsync(""));
    }

    private void Write(string checkpoint) =>
        _temp.File(Path.Combine("device-plugins", "kubelet_internal_checkpoint"), checkpoint);

    private async Task<IReadOnlyList<PodDevice>> ReadAsync(string uid)
    {
        using var devices = new KubeletDevices(_temp.Path, TimeProvider.System, NullLogger.Instance);
        return await devices.ReadAsync(Pod, uid, CancellationToken.None);
    }
}
