using System.Text;
using Multus.Cni;
using Multus.Linux.Files;
using Multus.Linux.Plugins;
using Multus.Linux.Processes;
using Multus.TestSupport;

namespace Multus.Linux.Tests.Processes;

/// <summary>Programs that run in another root, and how they are found there.</summary>
public sealed class RootedProcessTests : IDisposable
{
    private readonly ProcessRunner _runner = new(TimeProvider.System);
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _runner.Dispose();
        _folder.Dispose();
    }

    [RootFact]
    public async Task Only_the_child_has_the_other_root_and_many_start_at_once()
    {
        var root = RootWithShell();
        _folder.File("root/here", "inside");

        var runs = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => RunAsync(root, "pwd; read line < /here; echo $line"))
        );

        Assert.All(runs, run => Assert.Equal("/\ninside\n", Encoding.UTF8.GetString(run.Stdout.Span)));
        var outside = await _runner.RunAsync(Specs.Shell("cat /here 2>&- || echo out"), CancellationToken.None);
        Assert.Equal("out\n", Encoding.UTF8.GetString(outside.Stdout.Span));
    }

    [RootFact]
    public async Task A_root_that_is_not_there_is_the_outcome_of_the_run()
    {
        var result = await _runner.RunAsync(
            Specs.Of("/bin/sh") with
            {
                Root = _folder["nowhere"],
            },
            CancellationToken.None
        );

        Assert.NotEqual(ProcessEnd.Exited, result.End);
    }

    [RootFact]
    public void A_plugin_is_found_below_the_root_through_absolute_links()
    {
        _folder.File("root/nix/store/bridge", "");
        _folder.Folder("root", "opt", "cni");
        File.CreateSymbolicLink(_folder["root", "opt", "cni", "bin"], "/nix/store");
        File.CreateSymbolicLink(_folder["root", "nix", "store", "macvlan"], "/nix/store/bridge");

        Assert.Equal("/opt/cni/bin/bridge", PluginFinder.Find("bridge", ["/opt/cni/bin"], _folder["root"]));
        Assert.Equal("/opt/cni/bin/macvlan", PluginFinder.Find("macvlan", ["/opt/cni/bin"], _folder["root"]));
        var missing = Assert.Throws<CniException>(() => PluginFinder.Find("ipvlan", ["/opt/cni/bin"], _folder["root"]));
        Assert.Contains($"below chrootDir {_folder["root"]}", missing.Error.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public void A_folder_that_has_to_be_made_is_where_its_links_lead_below_the_root()
    {
        _folder.Folder("root", "var", "opt");
        File.CreateSymbolicLink(_folder["root", "opt"], "/var/opt");

        Assert.Equal(_folder["root", "var", "opt", "cni", "bin"], RootedPath.Of(_folder["root"], "/opt/cni/bin"));
        Assert.Equal("/opt/cni/bin", RootedPath.Of("", "/opt/cni/bin"));
    }

    private string RootWithShell()
    {
        var root = _folder.Folder("root");
        foreach (var file in ProcessTool.Run("sh", "-c", "echo /bin/sh; ldd /bin/sh | grep -o '/[^ ]*'").Split('\n'))
        {
            if (file.Trim() is not { Length: > 0 } path)
                continue;
            var target = root + path;
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            ProcessTool.Run("cp", "-L", path, target);
        }

        return root;
    }

    private Task<ProcessResult> RunAsync(string root, string script) =>
        _runner.RunAsync(
            Specs.Of("/bin/sh") with
            {
                Root = root,
                Stdin = Encoding.UTF8.GetBytes(script),
            },
            CancellationToken.None
        );
}
