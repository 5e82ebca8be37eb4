using System.Runtime.InteropServices;
using Multus.Cni.FrontEnd;
using Multus.Engine.Installation;
using Multus.Kubernetes.Api.Configuration;
using Multus.Thin.Logging;

namespace Multus.Thin.Installation;

/// <summary>
/// <c>multus install</c>: puts the files on the node, then keeps kubeconfig and the runtime's configuration as they
/// have to be until SIGTERM.
/// </summary>
internal static class Installer
{
    private const int Failed = 1;

    // What a watch misses is found by then, and a kubeconfig that somebody took away: without it no pod starts.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <returns>The exit status.</returns>
    public static async Task<int> RunAsync(InstallOptions options)
    {
        using var stop = new CancellationTokenSource();
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var log = new ThinLog(new LogSettings("", "verbose", ToStderr: true), TimeProvider.System);
        var files = new InstalledFiles(options, Environment.GetEnvironmentVariable);
        try
        {
            // The watch begins first: what changes while the files are written is seen.
            using var changes = new FolderSignal(options.ServiceAccountDir, Blind);
            _ = files.RefreshKubeconfig(); // the likeliest to fail, before anything of the node has changed
            await files.InstallProgramAsync(stop.Token);
            Say($"{options.Kubeconfig} is written, {options.BinDir} has the plugin");
            var keeping = new KeptConfiguration(options, files.RuntimeConfig(), log);
            if (options.IsOnce)
                return await keeping.WriteOnceAsync(stop.Token) is { } problem ? Fail(problem) : 0;

            // Whichever fails, the other is not waited for: the process has to end, and say why.
            Task[] both = [KeepFreshAsync(files, changes, stop.Token), keeping.RunAsync(stop.Token)];
            await await Task.WhenAny(both);
            await Task.WhenAll(both); // both were told to stop
            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Fail("it was told to stop before all files were written; what was there still is");
        }
        catch (Exception failure) when (IsExpected(failure))
        {
            return Fail(failure.Message);
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }

        void Blind(string reason) =>
            Say(
                $"{options.ServiceAccountDir} cannot be watched, it is read every {LongestWait.TotalSeconds} s: "
                    + $"{reason}"
            );
    }

    private static async Task KeepFreshAsync(InstalledFiles files, FolderSignal changes, CancellationToken stop)
    {
        string? trouble = null;
        while (true)
        {
            try
            {
                await changes.WaitAsync(LongestWait, stop);
                if (files.RefreshKubeconfig())
                    Say("token or CA have changed, or the kubeconfig was missing or another one: it is written anew");
                trouble = null;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (IsExpected(failure))
            {
                // The kubeconfig stays as it is; the next change or wait tries again.
                if (failure.Message != trouble)
                    Say(trouble = failure.Message);
            }
        }
    }

    // What a file, a disk or the environment can do; anything else is a bug.
    private static bool IsExpected(Exception failure) =>
        failure is IOException or UnauthorizedAccessException or ApiConfigurationException or InstallException;

    private static int Fail(string problem)
    {
        Say(problem);
        return Failed;
    }

    private static void Say(string line) => StandardStreams.Say($"{CommandLine.Name} install: {line}");
}
