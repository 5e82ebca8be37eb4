using System.Net.Sockets;
using System.Text.Json;
using Multus.Cni.Configurations;
using Multus.Core.Json;
using Multus.Core.Planning;
using Multus.Core.Routes;

namespace Multus.Core.Records;

/// <summary>
/// Upstream's part of a record's element, every key in its order (attach.md §15). Layout: Conf, ConfList,
/// CNINetworkConfigList, Name, [ifnameRequest], [macRequest], [infinibandGUIDRequest], [ipRequest], [default-route],
/// IsFilterV4Gateway, IsFilterV6Gateway, [deviceID], [resourceName], Bytes (base64 of the configuration).
/// </summary>
internal static class UpstreamDelegate
{
    public static void Write(Utf8JsonWriter writer, PlannedAttachment attachment, DefaultRouteFilter filter)
    {
        WriteConfigurations(writer, attachment.Configuration);
        writer.WriteString("Name", attachment.DisplayName);
        WriteRequests(writer, attachment);
        writer.WriteBoolean("IsFilterV4Gateway", filter.IsTakenFrom(attachment, AddressFamily.InterNetwork));
        writer.WriteBoolean("IsFilterV6Gateway", filter.IsTakenFrom(attachment, AddressFamily.InterNetworkV6));
        WriteText(writer, "deviceID", attachment.DeviceId);
        WriteText(writer, "resourceName", attachment.ResourceName);
        writer.WriteBase64String("Bytes", attachment.Configuration.Bytes.Span);
    }

    private static void WriteConfigurations(Utf8JsonWriter writer, NetworkConfiguration configuration)
    {
        writer.WritePropertyName("Conf");
        TypedConfiguration.WriteConf(writer, JsonText.Parse(configuration.Bytes));
        writer.WritePropertyName("ConfList");
        TypedConfiguration.WriteList(writer, configuration);
        writer.WritePropertyName("CNINetworkConfigList");
        WriteParsedList(writer, configuration);
    }

    private static void WriteParsedList(Utf8JsonWriter writer, NetworkConfiguration configuration)
    {
        var list = configuration.IsList ? configuration : null;
        writer.WriteStartObject();
        writer.WriteString("Name", list?.Name ?? "");
        writer.WriteString("CNIVersion", list?.CniVersionText ?? "");
        writer.WriteBoolean("DisableCheck", list?.DisableCheck ?? false);
        writer.WriteBoolean("DisableGC", list?.DisableGc ?? false);
        writer.WriteBoolean("LoadOnlyInlinedPlugins", list?.LoadOnlyInlinedPlugins ?? false);
        writer.WritePropertyName("Plugins");
        if (list is null)
        {
            writer.WriteNullValue();
            writer.WriteNull("Bytes");
        }
        else
        {
            WriteParsedPlugins(writer, list);
            writer.WriteBase64String("Bytes", list.Bytes.Span);
        }

        writer.WriteEndObject();
    }

    private static void WriteParsedPlugins(Utf8JsonWriter writer, NetworkConfiguration list)
    {
        writer.WriteStartArray();
        foreach (var plugin in list.Plugins)
        {
            writer.WriteStartObject();
            writer.WritePropertyName("Network");
            TypedConfiguration.WriteConf(writer, JsonText.Parse(plugin.Bytes));
            writer.WriteBase64String("Bytes", plugin.Bytes.Span);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    // Upstream's DEL knows the master by its place and names it after CNI_IFNAME; the others need their name here when
    // it was asked for.
    private static void WriteRequests(Utf8JsonWriter writer, PlannedAttachment attachment)
    {
        var isOwnName = !attachment.IsMaster && attachment.Parameters.IfName != $"net{attachment.Index}";
        WriteText(
            writer,
            "ifnameRequest",
            attachment.Selection?.InterfaceRequest ?? (isOwnName ? attachment.Parameters.IfName : null)
        );
        if (attachment.Selection is not { } selection)
            return;
        WriteText(writer, "macRequest", selection.Mac);
        WriteText(writer, "infinibandGUIDRequest", selection.InfinibandGuid);
        if (!selection.Ips.IsEmpty)
            writer.WriteTexts("ipRequest", selection.Ips);
        if (selection.DefaultRoute is { } gateways)
            writer.WriteTexts("default-route", gateways);
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string? text)
    {
        if (!string.IsNullOrEmpty(text))
            writer.WriteString(name, text);
    }
}
