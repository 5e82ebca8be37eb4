using Multus.Cni;

namespace Multus.Wire;

/// <summary>
/// A DEL that the shim could not hand to the daemon: one file per (container id, interface) in the folder
/// <see cref="FolderName"/> below the CNI state folder. Its content is a <see cref="CniRequestBody"/>. The shim writes
/// it whole under a name ending in <see cref="TempSuffix"/> and renames it; the daemon carries it out and then removes
/// it.
/// </summary>
public static class PendingDelete
{
    public const string FolderName = "pending";
    public const string DefaultCniDir = "/var/lib/cni/multus";
    public const string TempSuffix = ".tmp";

    private const string Suffix = ".json";

    /// <summary>
    /// Neither id can hold a separator (they were validated when they were made), so the name cannot leave its folder.
    /// </summary>
    public static string FileName(SandboxId id, InterfaceName ifName) =>
        string.Concat(id.Value, ".", ifName.Value, Suffix);

    /// <summary>
    /// Whether a file of that folder is a stored request; false for a temporary one that a crash left behind.
    /// </summary>
    public static bool IsPendingFile(string fileName) =>
        fileName.EndsWith(Suffix, StringComparison.Ordinal)
        && fileName.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot
        && dot < fileName.Length - Suffix.Length - 1;
}
