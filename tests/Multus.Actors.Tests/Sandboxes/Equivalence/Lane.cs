using System.Globalization;
using Multus.TestSupport;

namespace Multus.Actors.Tests.Sandboxes.Equivalence;

/// <summary>
/// What the pods of one line of rounds, one after the other, use of the node: links to be parents, bridges, devices to
/// be moved, subnets of its own.
/// </summary>
internal sealed class Lane : IDisposable
{
    private const int DeviceCount = 2;

    private readonly int _number;
    private readonly int _firstDeviceIndex = Random.Shared.Next(1_000_000, int.MaxValue - DeviceCount); // far from what the kernel gives by itself
    private readonly int _second = Random.Shared.Next(100, 250);
    private readonly int _third = Random.Shared.Next(0, 250 - RandomPod.MostNetworks);
    private readonly string _prefix = Unique.Name("ml");
    private readonly TempFolder _temp = new();
    private readonly List<string> _made = [];

    /// <param name="number">Unlike that of any other lane of the process.</param>
    public Lane(int number)
    {
        _number = number;
        try
        {
            for (var i = 1; i <= RandomPod.MostNetworks; i++)
                MakePair(Master(i));
            for (var i = 1; i <= RandomPod.MostNetworks; i++)
                MakeBridge(i);
            Restore();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IEnumerable<string> Devices => Enumerable.Range(0, DeviceCount).Select(DeviceName);

    public string ClusterMaster => Master(1);

    public string IpamFolder => _temp["ipam"];

    public string CniFolder => _temp["cni"];

    public int HostPort => 41_000 + _number;

    /// <summary>"10.1.2." of a network's IPv4 subnet: bridges and ptp put addresses of it on the node.</summary>
    public string V4(int network) => $"10.{_second}.{_third + network}.";

    /// <summary>"fd00:1:2::" of its IPv6 one.</summary>
    public string V6(int network) => $"fd00:{_second}:{_third + network}::";

    public string Bridge(int network) => $"{_prefix}b{network}";

    public string Master(int network) => $"{_prefix}m{network}";

    /// <summary>
    /// Has the next pod find what the last one found: no address taken, and all devices, of which a host-device that
    /// failed may have kept one.
    /// </summary>
    public void Restore()
    {
        for (var i = 0; i < DeviceCount; i++)
        {
            if (!Directory.Exists($"/sys/class/net/{DeviceName(i)}"))
                MakePair(DeviceName(i), "index", (_firstDeviceIndex + i).ToString(CultureInfo.InvariantCulture)); // keeps it in the pod
        }

        if (Directory.Exists(IpamFolder))
            Directory.Delete(IpamFolder, recursive: true);
    }

    public void Dispose()
    {
        foreach (var link in _made)
            ProcessTool.Try("ip", "link", "delete", link);
        _temp.Dispose();
    }

    private string DeviceName(int i) => $"{_prefix}d{i}";

    // With an address of its own. The plugin makes bridges without: such a one has none any more once its last port is
    // gone, and the next pod to which it is the gateway fails ("could not set bridge's mac: invalid argument"),
    // whatever the mode.
    private void MakeBridge(int network)
    {
        ProcessTool.Run(
            "ip",
            "link",
            "add",
            Bridge(network),
            "address",
            string.Create(CultureInfo.InvariantCulture, $"02:00:00:00:{_number:x2}:{network:x2}"),
            "type",
            "bridge"
        );
        _made.Add(Bridge(network));
    }

    private void MakePair(string name, params IEnumerable<string> more)
    {
        ProcessTool.Run("ip", ["link", "add", name, .. more, "type", "veth", "peer", "name", $"{name}p"]);
        _made.Add($"{name}p"); // deleted by its other end, which stays on the node
        ProcessTool.Run("ip", "link", "set", name, "up");
        ProcessTool.Run("ip", "link", "set", $"{name}p", "up");
    }
}
