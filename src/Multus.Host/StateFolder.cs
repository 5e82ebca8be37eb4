using Multus.Engine.State;
using Multus.Linux.Files;
using Multus.Wire;

namespace Multus.Host;

/// <summary>
/// The folder of records and results, as a daemon that was killed in the middle of a write has left it.
/// </summary>
internal static class StateFolder
{
    private static readonly string[] Folders =
    [
        "",
        "results",
        "networks",
        PendingDelete.FolderName,
        StatusSpool.FolderName,
    ]; // attach.md §15, cni-runtime.md §11; the shim's own are named otherwise

    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Makes the folder, and takes it and what is in it from everybody else, whoever made it: the records say what runs
    /// as root on a DEL. What cannot be taken is said.
    /// </summary>
    public static void Close(string cniDir, ILogger log)
    {
        foreach (var folder in Folders.Select(folder => Path.Combine(cniDir, folder)))
        {
            try
            {
                if (folder.Length == Path.Combine(cniDir, "").Length)
                    DurableFile.CreateFolder(folder, FolderMode);
                CloseOne(folder, log);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                HostLog.NotClosed(log, folder, e.Message);
            }
        }
    }

    // The folder first: after that nobody else can exchange what is in it. Through a link, or another name of the same
    // file, something else would be closed.
    private static void CloseOne(string folder, ILogger log)
    {
        if (!Directory.Exists(folder) || File.GetUnixFileMode(folder) is var mode && (mode & ~FolderMode) == 0)
            return;

        File.SetUnixFileMode(folder, FolderMode);
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            if (
                FileStatus.FindLink(file) is { Kind: FileKind.RegularFile, Links: 1 }
                && (File.GetUnixFileMode(file) & ~FileMode) != 0
            )
                File.SetUnixFileMode(file, FileMode);
        }

        HostLog.Closed(log, folder, Convert.ToString((int)mode, 8));
    }

    /// <summary>
    /// Removes half-written files. Before anything is written; what cannot be removed does no harm and is said.
    /// </summary>
    public static void Sweep(string cniDir, ILogger log)
    {
        foreach (var folder in Folders)
        {
            try
            {
                if (DurableFile.SweepTemps(Path.Combine(cniDir, folder)) is > 0 and var swept)
                    HostLog.Swept(log, swept, Path.Combine(cniDir, folder));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                HostLog.NotSwept(log, Path.Combine(cniDir, folder), e.Message);
            }
        }
    }
}
