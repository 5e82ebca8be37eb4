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
/// <param name="flags">As <see cref="Parse"/> has read them.</param>
/// <param name="isUpstreams">Whether it was called as upstream's <c>install_multus</c> (wire-and-daemon.md §10), which
/// installs the program and does nothing else.</param>
/// <param name="output">Gets the steps.</param>
/// <param name="errors">Gets what went wrong.</param>
internal sealed class InstallCommand(Flags flags, bool isUpstreams, TextWriter output, TextWriter errors)
{
    private static readonly string[] Valued =
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

    private static readonly string[] GeneratedExtensions = [".conf", ".conflist"];

    private readonly CommandReport _report = new(output, errors, flags.Text("text", "output") == "json");
    private readonly HostPaths _host = new(flags);

    /// <summary>Reads the flags of upstream's program, which needs to be told the type.</summary>
    public static Flags ParseUpstreams(IReadOnlyList<string> args) => Parse(args).Required("t", "type");

    /// <summary>Reads what follows the command.</summary>
    public static Flags Parse(IReadOnlyList<string> args) =>
        Flags
            .Parse(args, Valued, ["thin"])
            .WithoutWords()
            .OneOf("output", "text", "json")
            .OneOf("t", "thick", "thin")
            .OneOf("type", "thick", "thin");

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
        var folder = _host.Folder(isUpstreams ? "/host/opt/cni/bin" : "/opt/cni/bin", "bin-dir", "d", "dest-dir");
        var cniDir = _host.Folder(PendingDelete.DefaultCniDir, "cni-dir");
        if (!File.Exists(source))
            throw new InstallException($"there is no {source}: --source names the folder that has the programs");
        var confDir = _host.Folder("/etc/cni/net.d", "conf-dir");
        if (!isUpstreams)
            await WaitForOthersAsync(_host.Folder(WirePaths.DefaultSocketDir, "socket-dir"), confDir, stop);

        using var processes = new ProcessRunner(TimeProvider.System);
        var isNew = await new ProgramFile(processes).InstallAsync(source, folder, name, stop);
        _report.Say($"{Path.Combine(folder, name)} {(isNew ? "is installed" : "was there already")}");
        if (isUpstreams)
            return; // its container sees no other folder of the node
        var markers = new InstallMarkers(cniDir);
        if (!markers.IsInstalled)
            TakeOver(confDir, cniDir);
        markers.SayInstalled(ProductVersion.Number);
    }

    // Its last pod takes its configuration away as late as it ends: from then on ours stays.
    private async Task WaitForOthersAsync(string socketDir, string confDir, CancellationToken stop)
    {
        var others = new OtherDaemon(WirePaths.Socket(socketDir), TimeProvider.System);
        if (!await others.IsThereAsync(stop))
            return;
        if (BridgingFile.Write(confDir) is { } bridge)
            _report.Say(
                $"{bridge} repeats {RuntimeConfigTemplate.FileName}, which the other Multus takes away at its end"
            );
        _report.Say(
            $"the daemon of another Multus listens on {others.Socket}: waiting until it has ended; delete its DaemonSet"
        );
        await others.WaitForEndAsync(stop);
        _report.Say("the daemon of the other Multus has ended");
    }

    private void TakeOver(string confDir, string cniDir)
    {
        // Upstream's daemon generates the first, its thin installer the second from cniVersion 1.0.0 on.
        var path = GeneratedExtensions
            .Select(extension => Path.Combine(confDir, Path.ChangeExtension(RuntimeConfigTemplate.FileName, extension)))
            .FirstOrDefault(File.Exists);
        if (path is null)
            return;
        var keys = InheritedKeys.TakeOver(RegularFile.Read(path), cniDir);
        if (keys.Count > 0)
            _report.Say($"taken over from {path}: {string.Join(", ", keys)}");
    }
}
