using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Multus.TestSupport;

/// <summary>
/// A node as the manifests see it: a root file system, a mount namespace and a network namespace of its own, so that
/// every path in them can be what it says. Programs come from the machine that the test runs on; what is in /etc, /opt,
/// /run and /var is the node's. Gone when disposed.
/// </summary>
public sealed class Machine : IAsyncDisposable
{
    private readonly TempFolder _root = new("mdep-");
    private readonly TestNamespace _network = new("mdep");
    private readonly Process _holder = new(); // keeps the mount namespace

    public Machine()
    {
        _holder.StartInfo = new ProcessStartInfo(
            "unshare",
            ["--mount", "--propagation=private", "sh", "-ec", Setup, "sh", _root.Path]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _holder.Start();
        if (_holder.StandardOutput.ReadLine() == "ready")
            return;

        var reason = _holder.StandardError.ReadToEnd();
        _holder.Dispose();
        _network.Dispose();
        _root.Dispose();
        throw new InvalidOperationException($"the mounts of a node cannot be made: {reason}");
    }

    public TestNamespace Network => _network;

    /// <summary>The command that runs another one on the node.</summary>
    public IReadOnlyList<string> Enter =>
        [
            "nsenter",
            $"--target={_holder.Id.ToString(CultureInfo.InvariantCulture)}",
            "--mount",
            "--root",
            "--wd",
            $"--net={_network.Path}",
        ];

    /// <summary>Where a path of the node is for this process.</summary>
    public string this[string path] => $"/proc/{_holder.Id}/root{path}";

    /// <summary>Writes a file of the node, its folder included.</summary>
    public void Write(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[path])!);
        File.WriteAllText(this[path], content);
    }

    public void Copy(string from, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[path])!);
        File.Copy(from, this[path]);
    }

    /// <summary>Every file below a folder of the node, relative to it, sorted; none when it is not there.</summary>
    public IReadOnlyList<string> Files(string folder) =>
        !Directory.Exists(this[folder])
            ? []
            :
            [
                .. Directory
                    .EnumerateFiles(this[folder], "*", SearchOption.AllDirectories)
                    .Select(file => Path.GetRelativePath(this[folder], file))
                    .Order(StringComparer.Ordinal),
            ];

    /// <summary>The processes that see its mounts, but for the one that keeps them.</summary>
    public IReadOnlyList<int> Processes()
    {
        var mounts = new FileInfo($"/proc/{_holder.Id}/ns/mnt").LinkTarget;
        return
        [
            .. Directory
                .EnumerateDirectories("/proc")
                .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
                .Where(id => id > 0 && id != _holder.Id && new FileInfo($"/proc/{id}/ns/mnt").LinkTarget == mounts),
        ];
    }

    public string Run(params IReadOnlyList<string> command) =>
        ProcessTool.Run(Enter[0], [.. Enter.Skip(1), .. command]);

    public ToolResult Try(params IReadOnlyList<string> command) =>
        ProcessTool.Try(Enter[0], [.. Enter.Skip(1), .. command]);

    /// <summary>Makes the network namespace of a sandbox as runtimes do, by mounting it below /run/netns.</summary>
    public void AddSandbox(TestSandbox sandbox) => Run("ip", "netns", "add", sandbox.Name);

    public IReadOnlyList<string> Links(TestSandbox sandbox) => Links(sandbox.Name);

    /// <summary>The names of the links in a network namespace of the node, without lo, sorted.</summary>
    public IReadOnlyList<string> Links(string netNs)
    {
        using var links = JsonDocument.Parse(Run("ip", "-json", "-n", netNs, "link", "show"));
        return
        [
            .. links
                .RootElement.EnumerateArray()
                .Select(link => link.GetProperty("ifname").GetString()!)
                .Where(name => name != "lo")
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Gives the node a network card, with a cable to nowhere.</summary>
    public void AddCard(string name)
    {
        Network.Ip("link", "add", name, "type", "veth", "peer", "name", $"{name}-wire");
        Network.Ip("link", "set", name, "up");
        Network.Ip("link", "set", $"{name}-wire", "up");
    }

    /// <summary>The IPv4 address of a sandbox's link, as CIDR.</summary>
    public string Address(TestSandbox sandbox, string link)
    {
        var address = Show(sandbox, "-4", "address", link).GetProperty("addr_info").EnumerateArray().Single();
        return $"{address.GetProperty("local").GetString()}/{address.GetProperty("prefixlen").GetInt32()}";
    }

    /// <summary>What a sandbox's link is: veth, macvlan …</summary>
    public string Kind(TestSandbox sandbox, string link) =>
        Show(sandbox, "-details", "link", link).GetProperty("linkinfo").GetProperty("info_kind").GetString()!;

    private JsonElement Show(TestSandbox sandbox, string option, string what, string link)
    {
        using var shown = JsonDocument.Parse(Run("ip", "-json", option, "-n", sandbox.Name, what, "show", "dev", link));
        return shown.RootElement.EnumerateArray().Single(found => found.TryGetProperty("ifname", out _)).Clone();
    }

    public async ValueTask DisposeAsync()
    {
        _holder.Kill();
        await _holder.WaitForExitAsync();
        _holder.Dispose();
        _network.Dispose();
        _root.Dispose();
    }

    // As systemd leaves it: every mount is shared with those who ask for it.
    private const string Setup = """
        root=$1
        mkdir -p "$root/usr" "$root/proc" "$root/sys" "$root/dev" "$root/tmp" "$root/run" "$root/etc/ssl" "$root/etc/alternatives" "$root/opt" "$root/var/lib"
        for folder in bin sbin lib lib64; do ln -s "usr/$folder" "$root/$folder"; done
        ln -s ../run "$root/var/run"
        mount --bind "$root" "$root"
        for folder in usr proc sys dev etc/ssl etc/alternatives; do mount --rbind "/$folder" "$root/$folder"; done
        mount -t tmpfs run "$root/run"
        mkdir "$root/before"
        cd "$root"
        pivot_root . before # the root of the namespace, too: a runtime enters its containers by way of it
        umount --lazy before
        rmdir before
        mount --make-rshared /
        exec chroot . sh -c 'echo ready; exec cat' # for as long as there is a test at the other end; not before its root is its own
        """;
}
