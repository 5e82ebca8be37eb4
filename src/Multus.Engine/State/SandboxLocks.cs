using Multus.Cni;
using Multus.Core;
using Multus.Engine.Requests;
using Multus.Linux.Files;

namespace Multus.Engine.State;

/// <summary>
/// One operation at a time for each sandbox, whoever carries it out: an actor, the one that followed it after a crash,
/// a second daemon, the thin plugin. A process that ends, however it ends, has none any more.
/// </summary>
/// <remarks>
/// One byte of one file for each sandbox (docs/decisions/0028-one-lock-per-sandbox.md): nothing is made for a sandbox
/// and nothing has to be taken away. Two sandboxes whose hashes are alike wait for one another, which does no harm.
/// </remarks>
public static class SandboxLocks
{
    /// <summary>Below <c>cniDir</c>. No container's ID begins with a dot.</summary>
    public const string FileName = ".lock";

    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly Backoff Pauses = new(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(200));

    /// <summary>Waits until the sandbox is the caller's, who disposes of what is returned.</summary>
    /// <param name="request">The sandbox and its folder.</param>
    /// <param name="verb">What is to be done, for the error.</param>
    /// <param name="patience">How long.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="CniException">Code 11: somebody else still works on it.</exception>
    /// <exception cref="IOException">There can be no lock in the folder.</exception>
    public static async Task<IDisposable> TakeAsync(
        SandboxRequest request,
        string verb,
        TimeSpan patience,
        TimeProvider time,
        CancellationToken cancel
    )
    {
        var (folder, at) = PlaceOf(request);
        if (TryTake(folder, at) is { } free)
            return free;

        var began = time.GetTimestamp();
        for (var tries = 1; ; tries++)
        {
            var passed = time.GetElapsedTime(began);
            if (passed >= patience)
                throw Busy(request, verb, passed);

            await Task.Delay(Pauses.After(tries), time, cancel).ConfigureAwait(false);
            if (TryTake(folder, at) is { } now)
                return now;
        }
    }

    /// <summary>Takes the sandbox if nobody has it.</summary>
    /// <param name="request">The sandbox and its folder.</param>
    /// <returns>Null: somebody has it.</returns>
    /// <exception cref="IOException">There can be no lock in the folder.</exception>
    public static IDisposable? TryTake(SandboxRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (folder, at) = PlaceOf(request);
        return TryTake(folder, at);
    }

    private static (string Folder, long At) PlaceOf(SandboxRequest request) =>
        (request.Configuration.CniDir, (long)(StableHash.NumberOf(request.Sandbox.Value) >> 2));

    private static ByteLock? TryTake(string folder, long at)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            return ByteLock.TryTake(path, at, FileMode);
        }
        catch (FileException missing) when (missing.IsMissing)
        {
            // Not looked at again: whoever came at the same time may have made the folder since.
            DurableFile.CreateFolder(folder, FolderMode);
            return ByteLock.TryTake(path, at, FileMode);
        }
    }

    private static CniException Busy(SandboxRequest request, string verb, TimeSpan passed) =>
        new(
            CniErrorCode.TryAgainLater,
            $"{verb} of sandbox {request.Sandbox} has not begun in {passed.TotalSeconds:0.###} s: another operation of "
                + "the same sandbox is still under way, of this daemon before it was restarted or of another process",
            $"whoever works on it has locked {Path.Combine(request.Configuration.CniDir, FileName)}; lslocks "
                + "shows the process"
        );
}
