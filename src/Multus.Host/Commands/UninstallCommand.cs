using System.Globalization;
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
internal sealed class UninstallCommand(Flags flags, TextWriter output, TextWriter errors, TimeProvider time)
{
    private const string DefaultWait = "60"; // seconds
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly CommandReport _report = new(output, errors, flags.Text("text", "output") == "json");
    private readonly HostPaths _host = new(flags);

    /// <summary>Reads what follows the command.</summary>
    public static Flags Parse(IReadOnlyList<string> args) =>
        Flags
            .Parse(args, ["bin-dir", "conf-dir", "cni-dir", "host-root", "output", "wait"], ["force"])
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
        var conf = Path.Combine(_host.Folder("/etc/cni/net.d", "conf-dir"), RuntimeConfigTemplate.FileName);
        DurableFile.Delete(conf);
        _report.Say($"{conf} is removed: new pods get the cluster network alone");
        var left = await WaitForDeletesAsync(Path.Combine(cniDir, PendingDelete.FolderName), stop);
        IReadOnlyList<string> still = [.. AttachedPods.On(cniDir).All.Select(AttachedPods.Words)];
        if (left > 0)
        {
            return _report.End(
                ExitCode.Failure,
                $"uninstall: {left} stored DELs are not carried out: start the daemon, and run uninstall again. The "
                    + "programs are still there",
                still
            );
        }

        RemovePrograms();
        return _report.End(ExitCode.Success, attached: still);
    }

    private void RemovePrograms()
    {
        var folder = _host.Folder("/opt/cni/bin", "bin-dir");
        foreach (var name in new[] { WirePaths.ShimType, "multus" })
        {
            if (ProgramFile.Remove(folder, name))
                _report.Say($"{Path.Combine(folder, name)} is removed");
        }
    }

    // The daemon carries them out.
    private async Task<int> WaitForDeletesAsync(string folder, CancellationToken stop)
    {
        var wait = int.Parse(flags.Text(DefaultWait, "wait"), CultureInfo.InvariantCulture);
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
