using System.Text.Json;
using Multus.Core.Planning;

namespace Multus.Core.Devices;

/// <summary>
/// Where the device information of one attachment is (attach.md §9.4). Both are files directly in their folders,
/// whatever the names say.
/// </summary>
/// <param name="File">The attachment's own: its plugin reads or writes it, network-status shows it, DEL removes
/// it.</param>
/// <param name="Source">The device plugin's, to be copied before ADD; <c>null</c> when no device plugin gave the
/// device.</param>
public sealed record DeviceInfoLocation(string File, string? Source)
{
    public const string DefaultFolder = "/var/run/k8s.cni.cncf.io/devinfo";

    /// <summary>The capability under which a plugin gets the path.</summary>
    internal const string Capability = "CNIDeviceInfoFile";

    private const string OwnFolder = "cni";

    /// <summary>The files of an attachment, <c>null</c> when it has no device.</summary>
    /// <remarks>
    /// A path that a runtime chose for itself is not among them: it is the runtime's to clean. Ours is known by its
    /// name, also in a record that was written when the folder was another.
    /// </remarks>
    public static DeviceInfoLocation? Of(PlannedAttachment attachment)
    {
        ArgumentNullException.ThrowIfNull(attachment);
        var parameters = attachment.Parameters;
        var offered = parameters.CapabilityArgs.FirstOrDefault(pair => pair.Key == Capability).Value;
        if (offered.ValueKind != JsonValueKind.String)
            return null;
        var file = offered.GetString()!;
        var folder = Path.GetDirectoryName(Path.GetDirectoryName(file));
        var isOurs =
            file.EndsWith(Flat($"-{parameters.Sandbox.Value}_{parameters.IfName}"), StringComparison.Ordinal)
            && !string.IsNullOrEmpty(folder)
            && file == Path.Combine(folder, OwnFolder, Path.GetFileName(file));
        if (!isOurs)
            return null;
        var source = attachment is { ResourceName: { } resource, DeviceId: { } device }
            ? Path.Combine(folder!, "dp", $"{Flat(resource)}-{Flat(device)}-device.json")
            : null;
        return new DeviceInfoLocation(file, source);
    }

    internal static string FileIn(string folder, string displayName, string containerId, string ifName) =>
        Path.Combine(folder, OwnFolder, Flat($"{displayName}-{containerId}_{ifName}"));

    // With a name before and behind it no text can be "." or "..", and without '/' none leaves the folder.
    private static string Flat(string text) => text.Replace('/', '-').Replace('\0', '-');
}
