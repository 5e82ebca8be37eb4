using System.Text.Json;
using Multus.Core.Devices;
using Multus.Core.Planning;
using Multus.Linux.Files;

namespace Multus.Actors.Sandboxes;

/// <summary>
/// The files through which device plugin, CNI plugin and network-status speak of a device (attach.md §9.4). They inform
/// and decide nothing, so no failure here is one of ADD or DEL: it is logged.
/// </summary>
internal static class DeviceInfoFiles
{
    // Upstream makes the folder without any permission bits; whoever runs in pods must be able to read what is mounted
    // into them.
    private const UnixFileMode FolderMode =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const int MaxBytes = 1 << 16;

    /// <summary>Before ADD: what an earlier one has left is gone, and what the device plugin knows is there.</summary>
    public static void Prepare(PlannedAttachment attachment, ILogger log) =>
        Try(
            attachment,
            log,
            location =>
            {
                Delete(location.File);
                if (location.Source is not null && Read(location.Source) is { } content)
                {
                    DurableFile.CreateFolder(Path.GetDirectoryName(location.File)!, FolderMode);
                    DurableFile.ReplaceUnflushed(location.File, content, FileMode);
                }
            }
        );

    /// <summary>After ADD: what is known of the device, null when nothing is.</summary>
    public static JsonElement? Load(PlannedAttachment attachment, ILogger log)
    {
        JsonElement? loaded = null;
        Try(
            attachment,
            log,
            location =>
            {
                if (Read(location.File) is not { } content)
                    return;
                if (DeviceInformation.TryParse(content, out var information))
                    loaded = information;
                else
                    SandboxLog.DeviceInfoFailed(
                        log,
                        attachment.Parameters.Sandbox.Value,
                        location.File,
                        "it is no device information"
                    );
            }
        );
        return loaded;
    }

    /// <summary>After DEL. The device plugin's own file stays: it is the device's, not the pod's.</summary>
    public static void Remove(PlannedAttachment attachment, ILogger log) =>
        Try(attachment, log, location => Delete(location.File));

    private static void Try(PlannedAttachment attachment, ILogger log, Action<DeviceInfoLocation> work)
    {
        if (DeviceInfoLocation.Of(attachment) is not { } location)
            return;
        try
        {
            work(location);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SandboxLog.DeviceInfoFailed(log, attachment.Parameters.Sandbox.Value, location.File, e.Message);
        }
    }

    private static void Delete(string path)
    {
        if (File.Exists(path))
            File.Delete(path);
    }

    private static byte[]? Read(string path) => File.Exists(path) ? RegularFile.Read(path, MaxBytes) : null;
}
