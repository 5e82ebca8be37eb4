using System.Text.Json;
using Multus.Core.Json;
using Multus.Core.Networks;

namespace Multus.Core.Records;

/// <summary>
/// What a pod asked of one network, under the annotation's own names; what was not asked for is absent.
/// </summary>
internal static class SelectionCodec
{
    private const string Key = "selection";

    public static void Write(Utf8JsonWriter writer, NetworkSelection selection)
    {
        writer.WriteStartObject(Key);
        writer.WriteString("namespace", selection.Namespace);
        writer.WriteString("name", selection.Name);
        WriteText(writer, "interface", selection.InterfaceRequest);
        if (!selection.Ips.IsEmpty)
            writer.WriteTexts("ips", selection.Ips);
        WriteText(writer, "mac", selection.Mac);
        WriteText(writer, "infiniband-guid", selection.InfinibandGuid);
        WriteValue(writer, "bandwidth", selection.Bandwidth);
        WriteValue(writer, "portMappings", selection.PortMappings);
        WriteText(writer, "deviceID", selection.DeviceId);
        WriteValue(writer, "cni-args", selection.CniArgs);
        if (selection.DefaultRoute is { } gateways)
            writer.WriteTexts("default-route", gateways);
        WriteText(writer, "ipam-claim-reference", selection.IpamClaimReference);
        WriteText(writer, "device-container", selection.DeviceContainer);
        writer.WriteEndObject();
    }

    public static NetworkSelection Read(JsonElement value)
    {
        var members = RecordFields.Members(value, Key);
        return new NetworkSelection(
            members.Text("namespace") ?? "",
            RecordFields.Required(members, "name"),
            members.Text("interface"),
            members.Texts("ips") ?? [],
            members.Text("mac"),
            members.Text("infiniband-guid"),
            members.Object("bandwidth"),
            members.Array("portMappings"),
            members.Text("deviceID"),
            members.Object("cni-args"),
            members.Texts("default-route")
        )
        {
            IpamClaimReference = members.Text("ipam-claim-reference"),
            DeviceContainer = members.Text("device-container"),
        };
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string? text)
    {
        if (text is not null)
            writer.WriteString(name, text);
    }

    private static void WriteValue(Utf8JsonWriter writer, string name, JsonElement? value)
    {
        if (value is not { } given)
            return;
        writer.WritePropertyName(name);
        writer.WriteRawValue(given.GetRawText(), skipInputValidation: true);
    }
}
