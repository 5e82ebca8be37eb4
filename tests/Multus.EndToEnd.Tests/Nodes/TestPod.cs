using System.Text.Json;
using Multus.TestSupport;

namespace Multus.EndToEnd.Tests.Nodes;

/// <summary>A pod sandbox: a container id, a network namespace, and the name the kubelet would say.</summary>
public sealed class TestPod : IDisposable
{
    private readonly TestNamespace _namespace = new("mpod");

    /// <param name="uid">Kubelet gives a static pod a hash; null: a new one, as an API server gives.</param>
    public TestPod(string name, string ns, string? uid = null)
    {
        Uid = uid ?? Guid.NewGuid().ToString();
        Name = name;
        Namespace = ns;
    }

    public string Name { get; }

    public string Namespace { get; }

    public string Uid { get; }

    public string Sandbox { get; } = Unique.ContainerId();

    public string NetNs => _namespace.Path;

    /// <summary>The name of the network namespace, as ip-netns(8) has it.</summary>
    public string NetNsName => _namespace.Name;

    /// <summary>The names of its links, without lo, sorted.</summary>
    public IReadOnlyList<string> Links() => _namespace.Links();

    public string Ip(params IEnumerable<string> arguments) => _namespace.Ip(arguments);

    public ToolResult TryExec(string file, params IEnumerable<string> arguments) => _namespace.TryExec(file, arguments);

    /// <summary>The IPv4 addresses of a link, as CIDR.</summary>
    public IReadOnlyList<string> Addresses(string link)
    {
        using var json = JsonDocument.Parse(_namespace.Ip("-json", "-4", "address", "show", "dev", link));
        return
        [
            .. from shown in json.RootElement.EnumerateArray()
            where shown.TryGetProperty("addr_info", out _)
            from address in shown.GetProperty("addr_info").EnumerateArray()
            select $"{address.GetProperty("local").GetString()}/{address.GetProperty("prefixlen").GetInt32()}",
        ];
    }

    public string Mac(string link) => Show(link).GetProperty("address").GetString()!;

    /// <summary>The kind of a link as the kernel says it: veth, macvlan …</summary>
    public string Kind(string link) => Show(link).GetProperty("linkinfo").GetProperty("info_kind").GetString()!;

    public void Dispose() => _namespace.Dispose();

    private JsonElement Show(string link)
    {
        using var json = JsonDocument.Parse(_namespace.Ip("-json", "-details", "link", "show", "dev", link));
        return json.RootElement[0].Clone();
    }
}
