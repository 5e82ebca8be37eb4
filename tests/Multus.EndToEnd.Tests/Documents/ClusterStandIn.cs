using System.Globalization;
using System.Text.Json.Nodes;
using Multus.EndToEnd.Tests.Deployment;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestCluster.Objects;
using Multus.TestSupport;

namespace Multus.EndToEnd.Tests.Documents;

/// <summary>
/// Scheduler, kubelet and DaemonSet controller of a cluster with one node: binds pods, makes their sandboxes and attaches them through the shim that is installed,
/// detaches them when they are gone, and starts, replaces and stops the daemon as its DaemonSet comes, changes and goes.
/// </summary>
internal sealed class ClusterStandIn : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly DeployedNode _node;
    private readonly Workstation _workstation;
    private readonly Dictionary<string, TestSandbox> _sandboxes = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _work;
    private string _template = ""; // of the DaemonSet whose daemon runs
    private volatile string _failure = "";

    public ClusterStandIn(DeployedNode node, Workstation workstation)
    {
        _node = node;
        _workstation = workstation;
        _work = Task.Run(WorkAsync);
    }

    /// <summary>What the last pod that could not be attached was told; empty when there was none.</summary>
    public string Failure => _failure;

    /// <summary>Whether each pod of the cluster has its sandbox, attached, and no other pod has one.</summary>
    /// <exception cref="Exception">What the stand-in itself failed with.</exception>
    public bool IsSettled()
    {
        if (_work.IsFaulted)
            throw new InvalidOperationException("the stand-in for the cluster has failed", _work.Exception);
        var pods = _node.Cluster.Objects.All(ResourceType.Pods);
        return pods.All(pod => pod.Text("status", "phase") == "Running") && Sandboxes == pods.Count;
    }

    private int Sandboxes
    {
        get
        {
            lock (_sandboxes)
                return _sandboxes.Count;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _work;
        _stopping.Dispose();
    }

    private async Task WorkAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            await FollowDaemonSetAsync();
            if (_template.Length > 0)
                FollowPods();
            await Task.WhenAny(Task.Delay(Interval, TimeProvider.System, _stopping.Token));
        }
    }

    private async Task FollowDaemonSetAsync()
    {
        var wanted = _node.Cluster.Objects.Find(ResourceType.DaemonSets, "kube-system", "multus");
        var template = wanted?.Json.GetProperty("spec").GetProperty("template").GetRawText() ?? "";
        if (template != _template)
        {
            if (_template.Length > 0)
            {
                _node.Daemon.AskToStop();
                await _node.Daemon.Exited();
            }

            if (template.Length > 0)
                await StartDaemonAsync();
            _template = template;
        }

        if (wanted is not null)
            _workstation.Note("rolled-out", wanted.Text("metadata", "resourceVersion")!);
    }

    private async Task StartDaemonAsync()
    {
        var configuration = _node.Cluster.Objects.Get(ResourceType.ConfigMaps, "kube-system", "multus-config");
        foreach (var file in configuration.Json.GetProperty("data").EnumerateObject())
            _node.Machine.Write($"{ContainerSetup.Volumes}/config/{file.Name}", file.Value.GetString()!);
        await _node.InstallAsync();
        await _node.StartDaemonAsync();
        _workstation.Note("daemon", _node.Daemon.DaemonId);
    }

    private void FollowPods()
    {
        var pods = _node.Cluster.Objects.All(ResourceType.Pods);
        foreach (var (uid, sandbox) in _sandboxes.Where(one => pods.All(pod => pod.Uid != one.Key)).ToList())
            Detach(uid, sandbox);
        foreach (var pod in pods.Where(pod => !_sandboxes.ContainsKey(pod.Uid)))
            Attach(pod);
    }

    private void Attach(StoredObject pod)
    {
        Change(pod, content => content["spec"]!["nodeName"] = DeployedNode.Name);
        var sandbox = new TestSandbox(pod.Key.Namespace, pod.Key.Name, pod.Uid);
        GiveDevices(pod);
        _node.Machine.AddSandbox(sandbox);
        _node.Machine.Run("ip", "-n", sandbox.Name, "link", "set", "lo", "up"); // as runtimes do
        var ran = _node.Machine.Shim("ADD", sandbox);
        if (ran.ExitCode != 0)
        {
            _failure = ran.ToString();
            _node.Machine.Shim("DEL", sandbox).Succeeded();
            _node.Machine.Run("ip", "netns", "delete", sandbox.Name);
            return;
        }

        lock (_sandboxes)
            _sandboxes[pod.Uid] = sandbox;
        _workstation.Note($"pods/{sandbox.Namespace}/{sandbox.Pod}", sandbox.Name);
        Change(
            pod,
            content =>
                content["status"] = new JsonObject
                {
                    ["phase"] = "Running",
                    ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "True" }),
                }
        );
    }

    /// <summary>As the kubelet does, to the containers that request any; it says so in its checkpoint.</summary>
    private void GiveDevices(StoredObject pod)
    {
        var requested = pod
            .Json.GetProperty("spec")
            .GetProperty("containers")
            .EnumerateArray()
            .Where(container =>
                container.TryGetProperty("resources", out var resources) && resources.TryGetProperty("limits", out _)
            )
            .SelectMany(container =>
                container
                    .GetProperty("resources")
                    .GetProperty("limits")
                    .EnumerateObject()
                    .Select(resource =>
                        (
                            Container: container.GetProperty("name").GetString(),
                            resource.Name,
                            Count: int.Parse(resource.Value.GetString()!, CultureInfo.InvariantCulture)
                        )
                    )
            )
            .ToList();
        if (requested.Count == 0)
            return;

        var entries = new JsonArray([
            .. requested.Select(one => new JsonObject
            {
                ["PodUID"] = pod.Uid,
                ["ContainerName"] = one.Container,
                ["ResourceName"] = one.Name,
                ["DeviceIDs"] = new JsonObject
                {
                    ["0"] = new JsonArray([
                        .. Enumerable.Range(0, one.Count).Select(index => (JsonNode)$"0000:03:02.{index}"),
                    ]),
                },
                ["AllocResp"] = "",
            }),
        ]);
        var checkpoint = new JsonObject
        {
            ["Data"] = new JsonObject { ["PodDeviceEntries"] = entries, ["RegisteredDevices"] = new JsonObject() },
            ["Checksum"] = 1,
        };
        _node.Machine.Write("/var/lib/kubelet/device-plugins/kubelet_internal_checkpoint", checkpoint.ToJsonString());
    }

    private void Detach(string uid, TestSandbox sandbox)
    {
        _node.Machine.Shim("DEL", sandbox).Succeeded();
        _node.Machine.Run("ip", "netns", "delete", sandbox.Name);
        _workstation.Forget($"pods/{sandbox.Namespace}/{sandbox.Pod}");
        lock (_sandboxes)
            _sandboxes.Remove(uid);
    }

    private void Change(StoredObject pod, Action<JsonObject> change) =>
        _node.Cluster.Objects.Update(
            ResourceType.Pods,
            pod.Key.Namespace,
            pod.Key.Name,
            current =>
            {
                var content = current.ToMutable();
                change(content);
                return content;
            }
        );
}
