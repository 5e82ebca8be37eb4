using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Multus.Linux.Namespaces;

namespace Multus.TestSupport;

/// <summary>
/// A network namespace of its own for one test, with <c>lo</c> up. When disposed, what still runs in it is killed, its
/// links are deleted (so that the other ends of its veth pairs are gone too, at once and not when the kernel gets to
/// it), and then the namespace.
/// </summary>
public sealed class TestNamespace : IDisposable
{
    public TestNamespace(string prefix = "mns")
    {
        Name = Unique.Name(prefix);
        ProcessTool.Run("ip", "netns", "add", Name);
        try
        {
            Ip("link", "set", "lo", "up");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Name { get; }

    /// <summary>What a runtime passes as CNI_NETNS.</summary>
    public string Path => $"/var/run/netns/{Name}";

    /// <summary>Runs a command in the namespace; it must succeed. Returns its stdout.</summary>
    public string Exec(string file, params IEnumerable<string> arguments) =>
        ProcessTool.Run("ip", ["netns", "exec", Name, file, .. arguments]);

    /// <summary>Runs a command in the namespace; its failure is an answer, too.</summary>
    public ToolResult TryExec(string file, params IEnumerable<string> arguments) =>
        ProcessTool.Try("ip", ["netns", "exec", Name, file, .. arguments]);

    /// <summary>Runs <c>ip</c> on the namespace without entering it with a second process.</summary>
    public string Ip(params IEnumerable<string> arguments) => ProcessTool.Run("ip", ["-n", Name, .. arguments]);

    /// <summary>The names of the links in it, without <c>lo</c>, sorted.</summary>
    public IReadOnlyList<string> Links()
    {
        using var json = JsonDocument.Parse(Ip("-json", "link", "show"));
        return [.. LinkNames(json.RootElement).Where(name => name != "lo").Order(StringComparer.Ordinal)];
    }

    /// <summary>A TCP socket of the namespace for a server in this process, bound to an address there.</summary>
    public Socket Bind(EndPoint address) =>
        NetworkNamespace.Run(
            Path,
            () =>
            {
                var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(address);
                return socket;
            }
        );

    public void Dispose()
    {
        if (!File.Exists(Path))
            return;

        KillProcesses();
        foreach (var link in Links())
            ProcessTool.Try("ip", "-n", Name, "link", "delete", "dev", link); // one may have gone with another: both ends of a veth pair

        ProcessTool.Run("ip", "netns", "delete", Name);
    }

    // An empty namespace of some iproute2 versions answers [{}] where others answer [].
    private static IEnumerable<string> LinkNames(JsonElement links) =>
        from link in links.EnumerateArray()
        where link.TryGetProperty("ifname", out _)
        select link.GetProperty("ifname").GetString()!;

    private void KillProcesses()
    {
        foreach (
            var line in ProcessTool.Run("ip", "netns", "pids", Name).Split('\n', StringSplitOptions.RemoveEmptyEntries)
        )
        {
            try
            {
                using var process = Process.GetProcessById(int.Parse(line, CultureInfo.InvariantCulture));
                process.Kill();
            }
            catch (ArgumentException)
            {
                // Ended by itself in the meantime: what was wanted.
            }
        }
    }
}
