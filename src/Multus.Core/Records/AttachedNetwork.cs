using System.Text.Json;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Core.Json;
using Multus.Core.Planning;

namespace Multus.Core.Records;

/// <summary>
/// A network to which sandboxes of this node have been attached. What GC needs to have its plugins clean up when no
/// sandbox, and so no record, is left.
/// </summary>
/// <param name="DisplayName">"namespace/name" of its definition, else the configuration's own name: two definitions may
/// use one name.</param>
/// <param name="Configuration">As the sandbox got it that was attached last.</param>
public sealed record AttachedNetwork(string DisplayName, NetworkConfiguration Configuration)
{
    private const string Kind = "multusNetworkV1";
    private const int LongestKey = 230; // 255 bytes is what a file name may have

    /// <summary>The name that plugins know.</summary>
    public string Name => Configuration.Name;

    /// <summary>Names its file: without '/', whatever the network is called, and never two networks the same.</summary>
    public string Key
    {
        get
        {
            var key = $"{Uri.EscapeDataString(DisplayName)}@{Uri.EscapeDataString(Name)}";
            return key.Length <= LongestKey ? key : $"{key[..(LongestKey - 17)]}~{StableHash.Of(key)}";
        }
    }

    public static AttachedNetwork Of(PlannedAttachment attachment)
    {
        ArgumentNullException.ThrowIfNull(attachment);
        return new AttachedNetwork(attachment.DisplayName, attachment.Configuration);
    }

    /// <summary>
    /// Layout: kind ("multusNetworkV1"), network (the display name), list (whether it is one), config (base64, the
    /// bytes).
    /// </summary>
    public byte[] ToJson() =>
        CniJson.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("kind", Kind);
            writer.WriteString("network", DisplayName);
            writer.WriteBoolean("list", Configuration.IsList);
            writer.WriteBase64String("config", Configuration.Bytes.Span);
            writer.WriteEndObject();
        });

    /// <exception cref="RecordFormatException">It is none of ours, or damaged.</exception>
    public static AttachedNetwork Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            var members = RecordFields.Members(JsonText.Parse(json), "the file of a network");
            if (members.Text("kind") != Kind)
                throw members.Invalid($"'kind' must be {Kind}");
            var config = RecordFields.Base64(members, "config") ?? throw members.Invalid("'config' is missing");
            return new AttachedNetwork(
                members.Text("network") ?? "",
                members.Flag("list") ? NetworkConfiguration.ParseList(config) : NetworkConfiguration.ParseConf(config)
            );
        }
        catch (Exception bad) when (bad is JsonException or InvalidOperationException)
        {
            throw new RecordFormatException($"the file of a network is damaged: {JsonText.OneLine(bad.Message)}", bad);
        }
        catch (CniException bad)
        {
            throw new RecordFormatException($"the file of a network is damaged: {bad.Error.Text}", bad);
        }
    }
}
