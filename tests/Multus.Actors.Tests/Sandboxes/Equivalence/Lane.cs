using System.Globalization;
using Multus.TestSupport;

namespace Multus.Actors.Tests.Sandboxes.Equivalence;

/// <summary>What the pods of one line of rounds, one after the other, use of the node: links to be parents, bridges, devices to be moved, subnets of its own.</summary>
internal sealed class Lane : IDisposable
{
    private const int DeviceCount = 2;
    private const int FirstDeviceIndex = 700_000;

    private readonly int _number;
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

    /// <summary>The second byte of a network's IPv4 subnet, and a part of its IPv6 one.</summary>
    public int Subnet(int network) => 150 + (_number * 10) + network;

    public string Bridge(int network) => $"{_prefix}b{network}";

    public string Master(int network) => $"{_prefix}m{network}";

    /// <summary>Has the next pod find what the last one found: no address taken, and all devices, of which a host-device that failed may have kept one.</summary>
    public void Restore()
    {
        for (var i = 0; i < DeviceCount; i++)
        {
            if (!Directory.Exists($"/sys/class/net/{DeviceName(i)}"))
                MakePair(DeviceName(i), "index", (FirstDeviceIndex + (_number * DeviceCount) + i).ToString(CultureInfo.InvariantCulture)); // keeps it in the pod
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

    // With an address of its own. The plugin makes bridges without: such a one has none any more once its last port is gone, and the next pod to which it
    // is the gateway fails ("could not set bridge's mac: invalid argument"), whatever the mode.
    private void MakeBridge(int network)
    {
        ProcessTool.Run("ip", "link", "add", Bridge(network), "address", string.Create(CultureInfo.InvariantCulture, $"02:00:00:00:{_number:x2}:{network:x2}"), "type", "bridge");
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
