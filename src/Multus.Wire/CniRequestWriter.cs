using System.Text.Json;
using Multus.Cni;

namespace Multus.Wire;

internal static class CniRequestWriter
{
    public static byte[] Write(CniRequestBody request) =>
        CniJson.Write(writer =>
        {
            writer.WriteStartObject();
            WriteEnv(writer, request);
            if (!request.Config.IsEmpty)
                writer.WriteBase64String("config"u8, request.Config.Span);
            if (request.InterfaceAttributes is { } attributes)
                WriteAttributes(writer, attributes);
            writer.WriteEndObject();
        });

    private static void WriteEnv(Utf8JsonWriter writer, CniRequestBody request)
    {
        writer.WriteStartObject("env"u8);
        foreach (var variable in request.Env)
            writer.WriteString(variable.Key, variable.Value);
        writer.WriteEndObject();
    }

    // ips and mac are left out when empty, cni-args is always there (§3.1).
    private static void WriteAttributes(Utf8JsonWriter writer, InterfaceAttributes attributes)
    {
        writer.WriteStartObject("interfaceAttributes"u8);
        if (!attributes.Ips.IsDefaultOrEmpty)
        {
            writer.WriteStartArray("ips"u8);
            foreach (var ip in attributes.Ips)
                writer.WriteStringValue(ip);
            writer.WriteEndArray();
        }

        if (!string.IsNullOrEmpty(attributes.Mac))
            writer.WriteString("mac"u8, attributes.Mac);
        writer.WritePropertyName("cni-args"u8);
        if (attributes.CniArgs is { } args)
            args.WriteTo(writer);
        else
            writer.WriteNullValue();
        writer.WriteEndObject();
    }
}
