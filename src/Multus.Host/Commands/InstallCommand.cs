using Multus.Core.Generation;
using Multus.Engine.Installation;
using Multus.Linux.Files;
using Multus.Linux.Processes;
using Multus.Wire;

namespace Multus.Host.Commands;

/// <summary>
/// <c>multus-daemon install</c>: puts the program that the container runtime calls on the node. The runtime's
/// configuration is the daemon's business.
/// </summary>
internal sealed class InstallCommand(Flags flags, TextWriter output)
{
    public static readonly string[] Valued =
    [
        "bin-dir",
        "d",
        "dest-dir",
        "conf-dir",
        "cni-dir",
        "host-root",
        "source",
        "output",
        "t",
        "type",
        "socket-dir",
    ];

    public static readonly string[] Switches = ["thin"];

    private readonly CommandReport _report = new(output, flags.Text("text", "output") == "json");
    private readonly string _root = flags.Text("", "host-root");

    public async Task<int> RunAsync(CancellationToken stop)
    {
        try
        {
            await RunStepsAsync(stop);
            return _report.End(ExitCode.Success);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return _report.End(ExitCode.Failure, "install was told to stop; what was there still is");
        }
        catch (Exception failure) when (failure is InstallException or IOException or UnauthorizedAccessException)
        {
            return _report.End(ExitCode.Failure, $"install: {failure.Message}");
        }
    }

    private async Task RunStepsAsync(CancellationToken stop)
    {
        var isThin = flags.Has("thin") || flags.Text("thick", "t", "type") == "thin";
        var name = isThin ? "multus" : WirePaths.ShimType;
        var source = Path.Combine(flags.Text(AppContext.BaseDirectory, "source"), name);
        var folder = RootedPath.Of(_root, flags.Text("/opt/cni/bin", "bin-dir", "d", "dest-dir"));
        var cniDir = RootedPath.Of(_root, flags.Text(PendingDelete.DefaultCniDir, "cni-dir"));
        await WaitForOthersAsync(RootedPath.Of(_root, flags.Text(WirePaths.DefaultSocketDir, "socket-dir")), stop);

        var markers = new InstallMarkers(cniDir);
        if (!markers.IsInstalled)
            TakeOver(RootedPath.Of(_root, flags.Text("/etc/cni/net.d", "conf-dir")), cniDir);
        using var processes = new ProcessRunner(TimeProvider.System);
        var isNew = await new ProgramFile(processes).InstallAsync(source, folder, stop);
        _report.Say($"{Path.Combine(folder, name)} {(isNew ? "is installed" : "was there already")}");
        markers.SayInstalled(CommandLine.VersionNumber);
    }

    // Its last pod takes its configuration away as late as it ends: from then on ours stays.
    private async Task WaitForOthersAsync(string socketDir, CancellationToken stop)
    {
        var others = new OtherDaemon(WirePaths.Socket(socketDir), TimeProvider.System);
        if (!await others.IsThereAsync(stop))
            return;
        _report.Say(
            $"the daemon of another Multus listens on {others.Socket}: waiting until it has ended; delete its DaemonSet"
        );
        await others.WaitForEndAsync(stop);
        _report.Say("the daemon of the other Multus has ended");
    }

    private void TakeOver(string confDir, string cniDir)
    {
        var path = Path.Combine(confDir, RuntimeConfigTemplate.FileName);
        if (!File.Exists(path))
            return;
        var keys = InheritedKeys.TakeOver(RegularFile.Read(path), cniDir);
        if (keys.Count > 0)
            _report.Say($"taken over from {path}: {string.Join(", ", keys)}");
    }
}
