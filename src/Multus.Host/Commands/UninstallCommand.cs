using Multus.Cni;
using Multus.Core.Generation;
using Multus.Engine.Installation;
using Multus.Linux.Files;
using Multus.Wire;

namespace Multus.Host.Commands;

/// <summary>
/// <c>multus-daemon uninstall</c>: gives the node back. The runtime's configuration goes first, then the DELs that wait
/// are waited for, then the programs go, and what is still attached is named.
/// </summary>
internal sealed class UninstallCommand(Flags flags, TextWriter output, TimeProvider time)
{
    public static readonly string[] Valued = ["bin-dir", "conf-dir", "cni-dir", "host-root", "output", "wait"];
    public static readonly string[] Switches = ["force"];

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly CommandReport _report = new(output, flags.Text("text", "output") == "json");
    private readonly string _root = flags.Text("", "host-root");

    public async Task<int> RunAsync(CancellationToken stop)
    {
        try
        {
            return await RunStepsAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return _report.End(ExitCode.Failure, "uninstall was told to stop: it may be run again");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CniException)
        {
            return _report.End(ExitCode.Failure, $"uninstall: {failure.Message}; it may be run again");
        }
    }

    private async Task<int> RunStepsAsync(CancellationToken stop)
    {
        var cniDir = RootedPath.Of(_root, flags.Text(PendingDelete.DefaultCniDir, "cni-dir"));
        var attached = AttachedPods.On(cniDir);
        if (!attached.WithFurtherNetworks.IsEmpty && !flags.Has("force"))
        {
            return _report.End(
                ExitCode.Refused,
                "uninstall: pods with further networks are attached, and nobody else can detach them: nothing was "
                    + "changed. Delete or drain them first, or say --force",
                [.. attached.WithFurtherNetworks.Select(AttachedPods.Words)]
            );
        }

        new InstallMarkers(cniDir).SayUninstalled();
        var conf = Path.Combine(
            RootedPath.Of(_root, flags.Text("/etc/cni/net.d", "conf-dir")),
            RuntimeConfigTemplate.FileName
        );
        DurableFile.Delete(conf);
        _report.Say($"{conf} is removed: new pods get the cluster network alone");
        var left = await WaitForDeletesAsync(Path.Combine(cniDir, PendingDelete.FolderName), stop);
        RemovePrograms();
        return _report.End(
            left == 0 ? ExitCode.Success : ExitCode.Failure,
            left == 0 ? "" : $"{left} stored DELs are not carried out: start the daemon, and run uninstall again",
            [.. AttachedPods.On(cniDir).All.Select(AttachedPods.Words)]
        );
    }

    private void RemovePrograms()
    {
        var folder = RootedPath.Of(_root, flags.Text("/opt/cni/bin", "bin-dir"));
        foreach (var name in new[] { WirePaths.ShimType, "multus" })
        {
            if (ProgramFile.Remove(folder, name))
                _report.Say($"{Path.Combine(folder, name)} is removed");
        }
    }

    // The daemon carries them out.
    private async Task<int> WaitForDeletesAsync(string folder, CancellationToken stop)
    {
        var wait = int.TryParse(flags.Text("60", "wait"), out var seconds) ? seconds : 60;
        var began = time.GetTimestamp();
        using var timer = new PeriodicTimer(Pause, time);
        while (true)
        {
            var left = Directory.Exists(folder)
                ? Directory.EnumerateFiles(folder).Count(file => PendingDelete.IsPendingFile(Path.GetFileName(file)))
                : 0;
            if (left == 0 || time.GetElapsedTime(began).TotalSeconds >= wait)
                return left;
            await timer.WaitForNextTickAsync(stop);
        }
    }
}
