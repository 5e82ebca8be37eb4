using System.Text.Json;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestCluster.Kubelets;
using Multus.TestCluster.Objects;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>
/// What is deployed, on an API server that allows what its role says and nothing else: user-pain row 33.
/// </summary>
public sealed class RoleTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Resource = "vendor.example/vf";
    private const string ClaimedResource = "vendor.example/nic";
    private const string Device = "0000:03:02.0";
    private const string ClaimedDevice = "0000:04:00.1";
    private const string TakesDevice = ""","capabilities":{"deviceID":true,"CNIDeviceInfoFile":true}""";

    private DeployedNode _node = null!; // set before the test begins
    private FakeKubelet _kubelet = null!;

    public async Task InitializeAsync()
    {
        _node = await DeployedNode.StartAsync();
        try
        {
            _kubelet = await FakeKubelet.StartAsync(_node.Machine["/var/lib/kubelet/pod-resources/kubelet.sock"]);
        }
        catch // xunit disposes of nothing that was not made whole
        {
            await _node.DisposeAsync();
            throw;
        }
    }

    public async Task DisposeAsync()
    {
        await _kubelet.DisposeAsync();
        await _node.DisposeAsync();
        output.WriteLine(_node.Log.ToString());
    }

    [PluginFact("bridge", "host-local")]
    public async Task The_role_allows_all_that_the_daemon_asks_for_and_nothing_that_it_does_not()
    {
        await _node.InstallAsync();
        await _node.StartDaemonAsync();
        var pod = AddPodWithDevices();
        var refused = _node.AddPod("refused", "nowhere");

        _node.Machine.Shim("ADD", pod).Succeeded();
        Assert.Contains(
            "cannot find a network-attachment-definition (nowhere)",
            _node.Machine.Shim("ADD", refused).Error().Message,
            StringComparison.Ordinal
        );

        Assert.Equal([null, Device, ClaimedDevice], DevicesOnRecord(pod));
        await Wait.Until("the pod has its status", () => _node.Status("pod") is not null);
        Assert.Equal([null, Device, null], DevicesInStatus("pod")); // of the other no device plugin has told anything
        await Wait.Until(
            "both events are there",
            () => Events() is ["AddedInterface pod", "NoNetworkFound refused"],
            () => string.Join(", ", Events())
        );
        Assert.DoesNotContain(_node.Cluster.Journal.All, request => request.Code is 401 or 403);
        Assert.Equal(Role.Permissions, Asked());
    }

    [PluginFact("bridge", "host-local")]
    public async Task Pods_are_listed_and_watched_of_this_node_only()
    {
        await _node.StartDaemonAsync();

        var followed = _node
            .Cluster.Journal.All.Where(request =>
                request.Verb is "list" or "watch" && request.Resource == ResourceType.Pods
            )
            .ToList();
        Assert.Equal(["list", "watch"], followed.Select(request => request.Verb).Distinct());
        Assert.All(
            followed,
            request => Assert.Contains($"spec.nodeName%3D{DeployedNode.Name}", request.Query, StringComparison.Ordinal)
        );
    }

    /// <summary>One network on a device of the kubelet's, one on a device of a claim.</summary>
    private TestSandbox AddPodWithDevices()
    {
        _node.AddNetwork("dev", "10.1.0.0/16", TakesDevice, Resource);
        _node.AddNetwork("claimed", "10.2.0.0/16", TakesDevice, ClaimedResource);
        _kubelet.With("default", "pod", "main", Resource, Device);
        _node.Machine.Write(
            $"/run/k8s.cni.cncf.io/devinfo/dp/vendor.example-vf-{Device}-device.json",
            $$"""{"type":"pci","version":"1.0.0","pci":{"pci-address":"{{Device}}"} }"""
        );
        _node.Cluster.Objects.Create(
            ResourceType.ResourceClaims,
            TestClaims.Claim("default", "pod-nic", "nic driver.example/pool-1/nic-1")
        );
        _node.Cluster.Objects.Create(
            ResourceType.ResourceSlices,
            TestClaims.Slice(
                "slice",
                DeployedNode.Name,
                "driver.example",
                "pool-1",
                1,
                (
                    "nic-1",
                    [("k8s.cni.cncf.io/resourceName", ClaimedResource), ("k8s.cni.cncf.io/deviceID", ClaimedDevice)]
                )
            )
        );
        return _node.AddPod("pod", "dev,claimed", pod => pod.WithClaim("nic", "pod-nic", "main"));
    }

    private IReadOnlyList<string?> DevicesOnRecord(TestSandbox pod)
    {
        using var record = JsonDocument.Parse(
            File.ReadAllText(_node.Machine[$"{DeployedNode.StateFolder}/multus/{pod.Id}"])
        );
        return
        [
            .. record
                .RootElement.EnumerateArray()
                .Select(network => network.TryGetProperty("deviceID", out var device) ? device.GetString() : null),
        ];
    }

    private IReadOnlyList<string?> DevicesInStatus(string pod)
    {
        using var status = JsonDocument.Parse(_node.Status(pod)!);
        return
        [
            .. status
                .RootElement.EnumerateArray()
                .Select(network =>
                    network.TryGetProperty("device-info", out var device)
                        ? device.GetProperty("pci").GetProperty("pci-address").GetString()
                        : null
                ),
        ];
    }

    private IReadOnlyList<string> Events() =>
        [
            .. _node
                .Cluster.Objects.All(ResourceType.CoreEvents)
                .Select(happened => $"{happened.Text("reason")} {happened.Text("involvedObject", "name")}")
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>What the daemon has asked for, as the role says it.</summary>
    private SortedSet<string> Asked() =>
        new(
            _node.Cluster.Journal.All.Select(request =>
                request.Resource is { } type
                    ? Role.Permission(
                        request.Verb,
                        request.Subresource.Length == 0 ? type.Plural : $"{type.Plural}/{request.Subresource}",
                        type.Group
                    )
                    : request.ToString()
            ),
            StringComparer.Ordinal
        );
}
