using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Actors.Annotations;
using Multus.Actors.Cluster;
using Multus.Actors.Tests.Fakes;
using Multus.Cni;
using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.Kubernetes.Kubelet;
using Multus.TestCluster.Kubelets;

namespace Multus.Actors.Tests.Sandboxes;

/// <summary>Sandboxes whose networks "second" and "third" take devices, and a kubelet that a test may start.</summary>
public abstract class DeviceFixture : SandboxFixture
{
    internal const string Vf = "vendor.com/vf";

    private readonly List<IDisposable> _sources = [];
    private FakeKubelet? _kubelet;

    protected DeviceFixture()
    {
        ExtraKeys = $",\"deviceInfoDir\":\"{Temp["devinfo"]}\"";
        PodAsksFor("second,third");
        foreach (var type in new[] { "second", "third" })
        {
            Plugins.On(
                CniCommand.Add,
                type,
                call =>
                {
                    using var stdin = JsonDocument.Parse(call.Stdin);
                    var (device, pci) = (Text(stdin.RootElement, "deviceID"), Text(stdin.RootElement, "pciBusID"));
                    Given.Enqueue(device == pci ? $"{type} {device}" : $"{type} {device} but pciBusID {pci}");
                    return Task.FromResult(FakePlugins.Success(call));
                }
            );
        }

        Annotations = question =>
        {
            if (question is AnnotationsProtocol.Publish publish)
                Published = publish.Json;
            return new AnnotationsProtocol.Reply.Stored();
        };
    }

    /// <summary>Which plugin was given which device: "second 0000:03:02.0".</summary>
    internal ConcurrentQueue<string> Given { get; } = [];

    /// <summary>The newest network-status.</summary>
    internal string Published { get; private set; } = "[]";

    internal string KubeletDir => Temp["kubelet"];

    internal FakeKubelet Kubelet => _kubelet ?? throw new InvalidOperationException("no kubelet was started");

    protected override void AfterAll()
    {
        base.AfterAll();
        foreach (var source in _sources)
            source.Dispose();
        _kubelet?.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Has the pod ask for these, and the two networks take devices of these resources.</summary>
    internal void PodAsksFor(string annotation, string second = Vf, string third = Vf) =>
        Cluster = question =>
            question switch
            {
                ClusterProtocol.FindPod find => new ClusterProtocol.PodReply.Found(
                    new Pod(
                        find.Key,
                        "u1",
                        ImmutableDictionary<string, string>.Empty.Add("k8s.v1.cni.cncf.io/networks", annotation)
                    )
                ),
                ClusterProtocol.FindNetworks asked => new ClusterProtocol.NetworksReply.Found(
                    new[] { Network("second", second), Network("third", third) }
                        .Where(network => asked.Keys.Contains(network.Key))
                        .ToImmutableDictionary(network => network.Key)
                ),
                _ => null,
            };

    /// <summary>Starts a kubelet and asks it for devices.</summary>
    internal async Task<FakeKubelet> StartKubeletAsync()
    {
        _kubelet = await FakeKubelet.StartAsync(Path.Combine(KubeletDir, "pod-resources", "kubelet.sock"));
        Devices = DevicesOfKubelet();
        return _kubelet;
    }

    internal KubeletDevices DevicesOfKubelet()
    {
        var devices = new KubeletDevices(KubeletDir, TimeProvider.System, NullLogger.Instance);
        _sources.Add(devices);
        return devices;
    }

    /// <summary>The file that a device plugin leaves for a device.</summary>
    internal void DescribeDevice(string resource, string id) =>
        Temp.File(
            $"devinfo/dp/{resource.Replace('/', '-')}-{id}-device.json",
            $$$"""{"type":"pci","version":"1.1.0","pci":{"pci-address":"{{{id}}}"}}"""
        );

    private static NetworkAttachmentDefinition Network(string type, string resource) =>
        new(
            new NetworkKey("ns", type),
            $$$"""{"cniVersion":"1.0.0","type":"{{{type}}}","capabilities":{"CNIDeviceInfoFile":true}}""",
            resource.Length == 0
                ? ImmutableDictionary<string, string>.Empty
                : ImmutableDictionary<string, string>.Empty.Add(
                    NetworkAttachmentDefinition.ResourceNameAnnotation,
                    resource
                )
        );

    private static string? Text(JsonElement configuration, string key) =>
        configuration.TryGetProperty(key, out var text) ? text.GetString() : null;
}
