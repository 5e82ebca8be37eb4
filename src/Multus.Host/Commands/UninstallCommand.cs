using System.Globalization;
using Multus.Cni;
using Multus.Core.Generation;
using Multus.Engine.Installation;
using Multus.Host.PendingDeletes;
using Multus.Host.Server;
using Multus.Linux.Files;
using Multus.Wire;

namespace Multus.Host.Commands;

/// <summary>
/// <c>multus-daemon uninstall</c>: gives the node back. The runtime's configuration goes first, then the DELs that wait
/// are waited for, then the programs go, and what is still attached is named.
/// </summary>
internal sealed class UninstallCommand(Flags flags, TextWriter output, TextWriter errors, TimeProvider time)
{
    private const string DefaultWait = "60"; // seconds
    private const string ThinProgram = "multus";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PutBackPatience = 3 * RuntimeConfigKeeper.Interval;

    private readonly CommandReport _report = new(output, errors, flags.Text("text", "output") == "json");
    private readonly HostPaths _host = new(flags);

    /// <summary>Reads what follows the command.</summary>
    public static Flags Parse(IReadOnlyList<string> args) =>
        Flags
            .Parse(
                args,
                ["bin-dir", "conf-dir", "cni-dir", "host-root", "socket-dir", "config", "output", "wait"],
                ["force"]
            )
            .WithoutWords()
            .OneOf("output", "text", "json")
            .Seconds("wait");

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
        catch (Exception failure)
            when (failure is InstallException or IOException or UnauthorizedAccessException or CniException)
        {
            return _report.End(ExitCode.Failure, $"uninstall: {failure.Message}; it may be run again");
        }
    }

    private async Task<int> RunStepsAsync(CancellationToken stop)
    {
        var cniDir = _host.Folder(PendingDelete.DefaultCniDir, "cni-dir");
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
        var confDir = _host.Folder("/etc/cni/net.d", "conf-dir");
        var conf = Path.Combine(confDir, RuntimeConfigTemplate.FileName);
        _ = BridgingFile.Remove(confDir); // first: the runtime would take it for the other
        var wasThere = File.Exists(conf);
        DurableFile.Delete(conf);
        _ = DurableFile.SweepTempsOf(conf);
        _report.Say($"{conf} {(wasThere ? "is removed" : "was not there")}: new pods get the cluster network alone");
        var left = await CarryOutDeletesAsync(cniDir, stop);
        IReadOnlyList<string> still = [.. AttachedPods.On(cniDir).All.Select(AttachedPods.Words)];
        if (left > 0)
        {
            return _report.End(
                ExitCode.Failure,
                $"uninstall: {left} stored DELs are not carried out; multus-daemon pending list names them. Mend what "
                    + "is in their way, and run uninstall again, or drop them with multus-daemon pending drop. The "
                    + "programs are still there",
                still
            );
        }

        var programs = _host.Folder("/opt/cni/bin", "bin-dir");
        if (await IsPutBackAsync(programs, conf, stop))
        {
            return _report.End(
                ExitCode.Failure,
                $"uninstall: {conf} is back. multus install, the installer of thin mode, puts it there as long as it "
                    + "runs: delete its DaemonSet, and run uninstall again. The programs are still there",
                still
            );
        }

        RemovePrograms(programs);
        return _report.End(ExitCode.Success, attached: still);
    }

    // A daemon sees the marker that the node was given back. The installer of thin mode sees no records.
    private async Task<bool> IsPutBackAsync(string programs, string conf, CancellationToken stop)
    {
        if (!File.Exists(Path.Combine(programs, ThinProgram)))
            return false;
        await Task.Delay(PutBackPatience, time, stop);
        return File.Exists(conf);
    }

    private void RemovePrograms(string folder)
    {
        foreach (var name in new[] { WirePaths.ShimType, ThinProgram })
        {
            if (ProgramFile.Remove(folder, name))
                _report.Say($"{Path.Combine(folder, name)} is removed");
        }
    }

    // A daemon that runs carries them out. Where none does, this process takes its place.
    private async Task<int> CarryOutDeletesAsync(string cniDir, CancellationToken stop)
    {
        var folder = Path.Combine(cniDir, PendingDelete.FolderName);
        if (CountIn(folder) == 0)
            return 0;

        var socket = WirePaths.Socket(_host.Folder(WirePaths.DefaultSocketDir, "socket-dir"));
        if (SocketFolder.IsAlive(socket))
            return await WaitForDeletesAsync(folder, stop);
        _report.Say($"no daemon answers on {socket}: the stored DELs are carried out here");
        var wrong = new List<string>();
        var file = flags.Text(CommandLine.DefaultConfigurationFile, "config");
        var daemon = flags.Has("config") || File.Exists(file) ? DaemonSettings.LoadDaemon(file, wrong) : null;
        if (wrong.Count > 0)
            throw new InstallException(string.Join("; ", wrong));
        await OfflineDeletes.RunAsync(
            cniDir,
            flags.Text(daemon?.ChrootDir ?? "", "host-root"),
            daemon?.Json ?? default,
            new ReportLog(_report),
            stop
        );
        return CountIn(folder);
    }

    private async Task<int> WaitForDeletesAsync(string folder, CancellationToken stop)
    {
        var wait = int.Parse(flags.Text(DefaultWait, "wait"), CultureInfo.InvariantCulture);
        var began = time.GetTimestamp();
        using var timer = new PeriodicTimer(Pause, time);
        while (true)
        {
            var left = CountIn(folder);
            if (left == 0 || time.GetElapsedTime(began).TotalSeconds >= wait)
                return left;
            await timer.WaitForNextTickAsync(stop);
        }
    }

    private static int CountIn(string folder) =>
        Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder).Count(file => PendingDelete.IsPendingFile(Path.GetFileName(file)))
            : 0;
}
