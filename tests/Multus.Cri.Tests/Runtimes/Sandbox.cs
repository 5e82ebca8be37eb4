using System.Text.Json;
using Multus.Cri.Tests.Protocol;
using Multus.TestSupport;

namespace Multus.Cri.Tests.Runtimes;

/// <summary>A sandbox as the runtime describes it, and a look into its network namespace.</summary>
internal sealed class Sandbox
{
    private readonly PodSandboxStatusResponse _status;

    public Sandbox(PodSandboxStatusResponse status)
    {
        _status = status;
        using var info = JsonDocument.Parse(status.Info["info"]);
        var namespaces = info.RootElement.GetProperty("runtimeSpec").GetProperty("linux").GetProperty("namespaces");
        NetNs = namespaces
            .EnumerateArray()
            .Single(one => one.GetProperty("type").GetString() == "network")
            .GetProperty("path")
            .GetString()!;
    }

    public bool IsReady => _status.Status.State == PodSandboxState.SandboxReady;

    public string Ip => _status.Status.Network.Ip;

    public string NetNs { get; }

    /// <summary>Each link in it but lo with its IPv4 addresses, sorted by name: "eth0 10.1.2.3".</summary>
    public IReadOnlyList<string> Links()
    {
        using var json = JsonDocument.Parse(
            ProcessTool.Run("nsenter", $"--net={NetNs}", "ip", "-json", "-4", "address", "show")
        );
        return
        [
            .. json
                .RootElement.EnumerateArray()
                .Where(link => link.TryGetProperty("ifname", out var name) && name.GetString() != "lo")
                .Select(Describe)
                .Order(StringComparer.Ordinal),
        ];
    }

    private static string Describe(JsonElement link) =>
        string.Join(
            ' ',
            link.GetProperty("addr_info")
                .EnumerateArray()
                .Select(address => address.GetProperty("local").GetString())
                .Prepend(link.GetProperty("ifname").GetString())
        );
}
