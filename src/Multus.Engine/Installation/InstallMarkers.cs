using Multus.Linux.Files;

namespace Multus.Engine.Installation;

/// <summary>
/// Two files beside the records: that this Multus has been installed on the node, and that it was given back.
/// </summary>
public sealed class InstallMarkers(string cniDir)
{
    public const string Uninstalled = ".uninstalled";
    private const string Installed = ".installed";

    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute;

    /// <summary>Whether it has been installed here, and not been given back since.</summary>
    public bool IsInstalled => File.Exists(Path.Combine(cniDir, Installed));

    /// <summary>From now on the daemon keeps the runtime's configuration.</summary>
    /// <param name="version">Which one.</param>
    /// <exception cref="IOException">That cannot be kept.</exception>
    public void SayInstalled(string version)
    {
        DurableFile.CreateFolder(cniDir, FolderMode);
        Sweep();
        DurableFile.Delete(Path.Combine(cniDir, Uninstalled));
        DurableFile.Replace(Path.Combine(cniDir, Installed), System.Text.Encoding.UTF8.GetBytes(version), FileMode);
    }

    /// <summary>
    /// Forgets that the node was given back when the program was put there since, by an installer that does not see
    /// this folder: that of upstream's manifests.
    /// </summary>
    /// <param name="program">Where the runtime finds it, as this process sees it.</param>
    /// <param name="version">Which one.</param>
    /// <returns>Whether it was forgotten.</returns>
    /// <exception cref="IOException">That cannot be known, or kept.</exception>
    public bool ForgetIfReinstalled(string program, string version)
    {
        if (
            FileStatus.Find(Path.Combine(cniDir, Uninstalled)) is not { } marker
            || FileStatus.Find(program) is not { } found
            || found.Changed <= marker.Changed
        )
            return false;

        SayInstalled(version);
        return true;
    }

    /// <summary>From now on a daemon that runs, or comes, takes the runtime's configuration away.</summary>
    /// <exception cref="IOException">That cannot be kept.</exception>
    public void SayUninstalled()
    {
        DurableFile.CreateFolder(cniDir, FolderMode);
        Sweep();
        DurableFile.Replace(Path.Combine(cniDir, Uninstalled), default, FileMode);
        DurableFile.Delete(Path.Combine(cniDir, Installed));
        DurableFile.Delete(Path.Combine(cniDir, InheritedKeys.FileName));
    }

    // What an installer that was killed has left.
    private void Sweep()
    {
        foreach (var name in new[] { Installed, Uninstalled, InheritedKeys.FileName })
            _ = DurableFile.SweepTempsOf(Path.Combine(cniDir, name));
    }
}
