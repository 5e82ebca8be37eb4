using System.Collections.Immutable;
using System.Text.Json;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Core.Json;
using Multus.Core.Networks;
using Multus.Core.Planning;
using Multus.Core.Pods;

namespace Multus.Core.Records;

/// <summary>
/// Our part of a record's element. Layout of "Attachment": formatVersion (1), containerID, cniVersion (of the answer),
/// pod {namespace, name, infraContainerID, uid}, master, list, planNetns, netnsIdentity, netnsInode, boot,
/// runtimeIfName, begun, each or absent, leftover (true) or absent, alone (true) or absent, netns, ifName, cniArgs
/// [[key, value]…], addArgs (those of ADD), capabilityArgs [[name, value]…], pluginPath […], selection {…} or absent.
/// The configuration itself is upstream's "Bytes" beside it.
/// </summary>
internal static class AttachmentCodec
{
    public const string Key = "Attachment";
    private const int FormatVersion = 1;

    public static void Write(Utf8JsonWriter writer, AttachmentPlan plan, PlannedAttachment attachment, bool isLeftover)
    {
        writer.WriteStartObject(Key);
        writer.WriteNumber("formatVersion", FormatVersion);
        writer.WriteString("containerID", plan.Sandbox.Value);
        writer.WriteString("cniVersion", plan.Version.ToString());
        WritePod(writer, plan.Pod);
        writer.WriteBoolean("master", attachment.IsMaster);
        writer.WriteBoolean("list", attachment.Configuration.IsList);
        writer.WriteString("planNetns", plan.NetNs);
        if (plan.NetNsIdentity is { } identity)
            writer.WriteString("netnsIdentity", identity);
        if (plan.NetNsInode is { } inode)
            writer.WriteNumber("netnsInode", inode);
        if (plan.Boot is { } boot)
            writer.WriteString("boot", boot);
        if (plan.RuntimeIfName is { } runtimes)
            writer.WriteString("runtimeIfName", runtimes);
        if (attachment.Begun is { } begun)
            writer.WriteNumber("begun", begun);
        if (isLeftover)
            writer.WriteBoolean("leftover", true);
        if (attachment.RunsAlone)
            writer.WriteBoolean("alone", true);
        WriteParameters(writer, attachment);
        if (attachment.Selection is { } selection)
            SelectionCodec.Write(writer, selection);
        writer.WriteEndObject();
    }

    /// <exception cref="RecordFormatException">Written by another release, or for another sandbox.</exception>
    /// <exception cref="CniException">A member is missing or has a wrong type or value.</exception>
    public static (AttachmentPlan Plan, PlannedAttachment Attachment) Read(
        JsonMembers element,
        JsonMembers ours,
        int index,
        RecordContext context
    )
    {
        RequireReadable(ours, context);
        var parameters = ReadParameters(ours, "cniArgs", context);
        var attachment = new PlannedAttachment(
            index,
            element.Text("Name") ?? "",
            ours.Flag("master"),
            ReadConfiguration(element, ours),
            parameters,
            parameters with
            {
                Args = RecordFields.Pairs(ours, "addArgs"),
            },
            ours.Object("selection") is { } selection ? SelectionCodec.Read(selection) : null
        )
        {
            RunsAlone = ours.Flag("alone"),
            DeviceId = element.Text("deviceID"),
            ResourceName = element.Text("resourceName"),
            Begun = RecordFields.CountOrNull(ours, "begun"),
        };
        var plan = new AttachmentPlan(
            context.Sandbox,
            ours.Text("planNetns") ?? "",
            ReadPod(ours),
            CniVersion.Parse(RecordFields.Required(ours, "cniVersion")),
            []
        )
        {
            NetNsIdentity = RecordFields.TextOrNull(ours, "netnsIdentity"),
            NetNsInode = RecordFields.NumberOrNull(ours, "netnsInode"),
            Boot = RecordFields.TextOrNull(ours, "boot"),
            RuntimeIfName = RecordFields.TextOrNull(ours, "runtimeIfName"),
            IsLeftover = ours.Flag("leftover"),
        };
        return (plan, attachment);
    }

    private static void RequireReadable(JsonMembers ours, RecordContext context)
    {
        if (
            ours.Find("formatVersion") is not { ValueKind: JsonValueKind.Number } version
            || !version.TryGetInt32(out var number)
        )
            throw ours.Invalid("'formatVersion' is missing, the record is not ours");
        if (number != FormatVersion)
        {
            throw new RecordFormatException(
                $"the record of sandbox {context.Sandbox} has format version {number}, this release reads version "
                    + $"{FormatVersion}; run the release that wrote it, or a later one"
            );
        }

        var container = RecordFields.Required(ours, "containerID");
        if (container != context.Sandbox.Value)
            throw new RecordFormatException($"the record of sandbox {context.Sandbox} is that of sandbox {container}");
    }

    private static void WriteParameters(Utf8JsonWriter writer, PlannedAttachment attachment)
    {
        var parameters = attachment.Parameters;
        if (parameters.NetNs is not null)
            writer.WriteString("netns", parameters.NetNs);
        writer.WriteString("ifName", parameters.IfName);
        RecordFields.WritePairs(writer, "cniArgs", parameters.Args);
        RecordFields.WritePairs(writer, "addArgs", attachment.AddParameters.Args);
        writer.WriteStartArray("capabilityArgs");
        foreach (var (name, value) in parameters.CapabilityArgs)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(name);
            writer.WriteRawValue(value.GetRawText(), skipInputValidation: true);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteTexts("pluginPath", parameters.PluginPath);
    }

    private static AttachmentParameters ReadParameters(JsonMembers ours, string args, RecordContext context)
    {
        var path = ours.Texts("pluginPath") ?? [];
        return new AttachmentParameters(
            context.Sandbox,
            RecordFields.TextOrNull(ours, "netns"),
            RecordFields.Required(ours, "ifName"),
            RecordFields.Pairs(ours, args),
            RecordFields.NamedValues(ours, "capabilityArgs"),
            path.AddRange(context.PluginPath.Except(path))
        );
    }

    private static NetworkConfiguration ReadConfiguration(JsonMembers element, JsonMembers ours)
    {
        var bytes =
            RecordFields.Base64(element, "Bytes")
            ?? throw element.Invalid("'Bytes' is missing, must be the delegate's configuration");
        return ours.Flag("list") ? NetworkConfiguration.ParseList(bytes) : NetworkConfiguration.ParseConf(bytes);
    }

    private static void WritePod(Utf8JsonWriter writer, PodIdentity pod)
    {
        writer.WriteStartObject("pod");
        writer.WriteString("namespace", pod.Namespace);
        writer.WriteString("name", pod.Name);
        writer.WriteString("infraContainerID", pod.InfraContainerId);
        writer.WriteString("uid", pod.Uid);
        writer.WriteEndObject();
    }

    private static PodIdentity ReadPod(JsonMembers ours)
    {
        if (ours.Object("pod") is not { } value)
            return PodIdentity.None;
        var pod = RecordFields.Members(value, Key + ".pod");
        return new PodIdentity(
            pod.Text("namespace") ?? "",
            pod.Text("name") ?? "",
            pod.Text("infraContainerID") ?? "",
            pod.Text("uid") ?? ""
        );
    }
}
