using Multus.Cni;

namespace Multus.Actors.Sandboxes;

/// <summary>
/// The file by which the cluster network says that it works on this node (wire-and-daemon.md §8). ADD and STATUS wait for it; CHECK and DEL
/// never do, since what was attached must be examined and cleaned up whatever the cluster network's state.
/// </summary>
internal static class ReadinessIndicator
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    /// <param name="path">Any kind of file counts; empty when nothing is to be waited for.</param>
    /// <param name="what">Who waits, for the log.</param>
    /// <exception cref="CniException">Code 11: it is still not there.</exception>
    public static async Task WaitAsync(string path, string what, SandboxServices services, CancellationToken cancel)
    {
        if (path.Length == 0 || Path.Exists(path))
            return;

        SandboxLog.WaitsForReadiness(services.Log, what, path);
        var began = services.Time.GetTimestamp();
        do
        {
            if (services.Time.GetElapsedTime(began) >= Patience)
            {
                throw new CniException(CniErrorCode.TryAgainLater,
                    $"is the default network ready? readinessindicatorfile {path} is still missing after {Patience.TotalSeconds:0} s",
                    "the cluster network's own daemon makes that file; look at its log, or correct the path in the Multus configuration");
            }

            await Task.Delay(PollInterval, services.Time, cancel).ConfigureAwait(false);
        }
        while (!Path.Exists(path));
    }
}
