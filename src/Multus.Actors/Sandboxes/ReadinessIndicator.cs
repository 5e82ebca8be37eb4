using Multus.Cni;

namespace Multus.Actors.Sandboxes;

/// <summary>
/// The file by which the cluster network says that it works on this node (wire-and-daemon.md §8). ADD waits for it,
/// before it takes a place among those that attach; STATUS, whose answer must come fast, says that it is missing; CHECK
/// and DEL do not care, since what was attached must be examined and cleaned up whatever the cluster network's state.
/// </summary>
internal static class ReadinessIndicator
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    /// <summary>Whether there is something to wait for. Any kind of file counts; an empty path is no file.</summary>
    public static bool IsMissing(string path) => path.Length > 0 && !Path.Exists(path);

    /// <exception cref="CniException">The file is missing; with this code.</exception>
    public static void Require(string path, uint code)
    {
        if (IsMissing(path))
            throw Missing(path, code, "is missing");
    }

    /// <param name="path">As above.</param>
    /// <param name="what">Who waits, for the log.</param>
    /// <exception cref="CniException">Code 11: it is still not there.</exception>
    public static async Task WaitAsync(string path, string what, SandboxServices services, CancellationToken cancel)
    {
        if (!IsMissing(path))
            return;

        SandboxLog.WaitsForReadiness(services.Log, what, path);
        var began = services.Time.GetTimestamp();
        do
        {
            if (services.Time.GetElapsedTime(began) >= Patience)
                throw Missing(path, CniErrorCode.TryAgainLater, $"is still missing after {Patience.TotalSeconds:0} s");
            await Task.Delay(PollInterval, services.Time, cancel).ConfigureAwait(false);
        } while (IsMissing(path));
    }

    private static CniException Missing(string path, uint code, string how) =>
        new(
            code,
            $"is the default network ready? readinessindicatorfile {path} {how}",
            "the cluster network's own daemon makes that file; look at its log, or correct the path in the Multus "
                + "configuration"
        );
}
