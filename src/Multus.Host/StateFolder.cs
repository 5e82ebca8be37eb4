using Multus.Actors.Annotations;
using Multus.Linux.Files;
using Multus.Wire;

namespace Multus.Host;

/// <summary>The folder of records and results, as a daemon that was killed in the middle of a write has left it.</summary>
internal static class StateFolder
{
    private static readonly string[] Folders = ["", "results", "networks", PendingDelete.FolderName, KeptStatuses.FolderName]; // attach.md §15, cni-runtime.md §11; the shim's own are named otherwise

    /// <summary>Removes half-written files. Before anything is written; what cannot be removed does no harm and is said.</summary>
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
