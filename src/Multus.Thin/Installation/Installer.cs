using System.Runtime.InteropServices;
using Multus.Cni.FrontEnd;
using Multus.Kubernetes.Api.Configuration;

namespace Multus.Thin.Installation;

/// <summary>
/// <c>multus install</c>: puts the files on the node, then keeps the kubeconfig fresh until SIGTERM.
/// </summary>
internal static class Installer
{
    private const int Failed = 1;

    // What a watch misses is found by then; a token is valid for minutes beyond its rotation.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    /// <returns>The exit status.</returns>
    public static async Task<int> RunAsync(InstallOptions options)
    {
        using var stop = new CancellationTokenSource();
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        var files = new InstalledFiles(options, Environment.GetEnvironmentVariable);
        try
        {
            // The watch begins first: what changes while the files are written is seen.
            using var changes = new FolderSignal(options.ServiceAccountDir, Blind);
            files.WriteAll();
            Say(
                $"{options.RuntimeConfiguration} and {options.Kubeconfig} are written, {options.BinDir} has the plugin"
            );
            if (options.IsOnce)
                return 0;

            await KeepFreshAsync(files, changes, stop.Token);
            if (options.RemovesConfigurationOnExit)
                files.RemoveRuntimeConfiguration();
            return 0;
        }
        catch (Exception failure) when (IsExpected(failure))
        {
            Say(failure.Message);
            return Failed;
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
                    Say("token or CA have changed: the kubeconfig is written anew");
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
        failure is IOException or UnauthorizedAccessException or ApiConfigurationException;

    private static void Say(string line) => StandardStreams.Say($"{CommandLine.Name} install: {line}");
}
